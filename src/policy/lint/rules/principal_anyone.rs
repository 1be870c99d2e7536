//! A principal that is everyone.

use super::super::pattern::has_wildcard;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "principal-anyone",
        severity: Severity::Error,
        why: "whoever it names may take on the role's permissions, people outside of your accounts included",
        fix: "name the service, user or role that needs the role",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let members = view
        .statements
        .iter()
        .filter(|_| !view.is_bucket)
        .filter_map(|s| s.node.member("Principal"));
    for member in members.filter(|member| member.value.text() == Some("*")) {
        report.at(member.value.spot, "`*` is everyone");
    }
    for (_, word) in view
        .principals()
        .filter(|(_, word)| has_wildcard(word.text))
    {
        report.at(
            word.spot,
            format!("{} names whoever fits", quote(word.text)),
        );
    }
}
