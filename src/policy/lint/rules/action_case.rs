//! An action in another letter case than documented.

use super::super::pattern::{action_parts, has_wildcard};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::misnamed_action::is_misnamed;
use crate::policy::catalogue;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "action-case",
        severity: Severity::Note,
        why: "letter case does not count for most services, and RAM asks to keep the documented spelling",
        fix: "write it as documented",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        let action = word.text;
        if is_misnamed(action) {
            continue;
        }
        let documented = match (catalogue::find(action), action_parts(action)) {
            (Some(known), _) => known.name.to_owned(),
            (None, Some((service, name))) if !has_wildcard(service) => {
                format!("{}:{name}", service.to_ascii_lowercase())
            }
            _ => continue,
        };
        if documented != action {
            let message = format!(
                "{} differs in letter case from {}",
                quote(action),
                quote(&documented)
            );
            report.write(word.spot, message, &documented);
        }
    }
}
