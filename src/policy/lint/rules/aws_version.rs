//! AWS's version of the policy language.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-version",
        severity: Severity::Error,
        why: "RAM knows only version `1` and refuses the date that AWS uses",
        fix: "write `\"Version\": \"1\"`",
    },
    check,
};

/// The versions of AWS's policy language.
pub(super) const AWS_VERSIONS: &[&str] = &["2012-10-17", "2008-10-17"];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let version = view.root.and_then(|root| root.member("Version"));
    if let Some(version) = version
        && let Some(text) = version
            .value
            .text()
            .filter(|text| AWS_VERSIONS.contains(text))
    {
        report.at(
            version.value.spot,
            format!("{} is the version of AWS's policy language", quote(text)),
        );
    }
}
