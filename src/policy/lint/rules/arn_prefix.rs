//! A resource that is neither `*` nor starts with `acs:`.

use super::super::pattern::is_all;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::aws_arn::is_of_aws;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "arn-prefix",
        severity: Severity::Error,
        why: "every resource name of Alibaba Cloud starts with `acs:`; RAM's checker refuses another prefix",
        fix: "write it as `acs:<service>:<region>:<account>:<relative-id>`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources() {
        let name = word.text;
        if name.is_empty() || is_all(name) || is_of_aws(name) || name.starts_with("acs:") {
            continue;
        }
        let message = format!("{} does not start with `acs:`", quote(name));
        report.write_resource(word.spot, message, repaired(name.trim()));
    }
}

/// The name that was likely meant: letter case, blanks, or a bare bucket.
fn repaired(name: &str) -> Option<String> {
    if name
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("acs:"))
    {
        return Some(format!("acs:{}", name.get(4..)?));
    }
    if let Some(path) = name.strip_prefix("oss://") {
        return Some(format!("acs:oss:*:*:{path}"));
    }
    (!name.contains(':')).then(|| format!("acs:oss:*:*:{name}"))
}
