//! A service that acts for another account.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::ServicePrincipal;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "service-of-other-account",
        severity: Severity::Warning,
        why: "`<uid>@<service>` lets account `<uid>` use the role through the service, and nobody here sees who that is",
        fix: "write the service alone, or the uid of the role's own account",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let allowed = view.statements.iter().filter(|s| s.allows());
    let members = allowed.flat_map(|s| &s.principals);
    let services = members.filter(|principal| principal.member == "Service");
    for word in services.flat_map(|principal| &principal.words) {
        let principal = ServicePrincipal::read(word.text);
        let Some(account) = principal.account.filter(|uid| is_uid(uid)) else {
            continue;
        };
        if view.options.account != Some(account) {
            let message = format!("{principal} may use the role");
            report.at(word.spot, message);
        }
    }
}

fn is_uid(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
