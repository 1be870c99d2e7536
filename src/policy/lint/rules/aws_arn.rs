//! An AWS resource name.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-arn",
        severity: Severity::Error,
        why: "RAM's resource names start with `acs:`; a name of AWS matches nothing here",
        fix: "write it as `acs:<service>:<region>:<account>:<relative-id>`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let resources = view.resources().map(|(_, word)| word);
    for word in resources.chain(view.principals().map(|(_, word)| word)) {
        if !is_of_aws(word.text) {
            continue;
        }
        let message = format!("{} is a resource name of AWS", quote(word.text));
        // arn:aws:s3:::bucket/key → acs:oss:*:*:bucket/key
        let path = word
            .text
            .strip_prefix("arn:aws:s3:::")
            .filter(|path| !path.is_empty());
        let own = path.map(|path| format!("acs:oss:*:*:{path}"));
        report.write_resource(word.spot, message, own);
    }
}

/// Whether the word is a resource name of AWS.
pub(super) fn is_of_aws(word: &str) -> bool {
    word.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("arn:"))
}
