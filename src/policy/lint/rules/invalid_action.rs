//! An action that is not in the form RAM takes.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-action",
        severity: Severity::Error,
        why: "RAM takes `<service>:<name>` or `*` alone, in ASCII, and refuses the rest",
        fix: "write it as `oss:GetObject`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        let action = word.text;
        if action.is_empty() || action == "*" || is_formed(action) {
            continue;
        }
        if !action.is_ascii() {
            report.at(word.spot, format!("action {} is not ASCII", quote(action)));
            continue;
        }
        let message = format!(
            "action {} is not `<service>:<name>` and not `*`",
            quote(action)
        );
        match repaired(action) {
            Some(repaired) => report.write(word.spot, message, repaired),
            None => report.at(word.spot, message),
        }
    }
}

/// Whether `action` has a service and a name and nothing else.
pub(super) fn is_formed(action: &str) -> bool {
    let parts: Vec<&str> = action.split(':').collect();
    let plain = action.chars().all(|c| c.is_ascii_graphic());
    parts.len() == 2 && parts.iter().all(|part| !part.is_empty()) && plain
}

/// The known action that was meant, if only the service or a blank is at fault.
fn repaired(action: &str) -> Option<&'static str> {
    let trimmed = action.trim();
    let known = catalogue::find(trimmed).or_else(|| catalogue::find(&format!("oss:{trimmed}")));
    known.map(|known| known.name)
}
