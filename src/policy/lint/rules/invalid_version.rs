//! A language version that does not exist.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;
use super::aws_version::AWS_VERSIONS;
use crate::policy::LANGUAGE_VERSION;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-version",
        severity: Severity::Error,
        why: "the only version of the policy language is the string `1`; RAM refuses every other",
        fix: "write `\"Version\": \"1\"`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(version) = view.root.and_then(|root| root.member("Version")) else {
        return;
    };
    let message = match &version.value.shape {
        Shape::Text(text) if text == LANGUAGE_VERSION || AWS_VERSIONS.contains(&text.as_str()) => {
            return;
        }
        Shape::Text(text) => format!("there is no version {}", quote(text)),
        _ => format!(
            "`Version` must be the string `1`, not {}",
            version.value.kind()
        ),
    };
    report.at(version.value.spot, message);
}
