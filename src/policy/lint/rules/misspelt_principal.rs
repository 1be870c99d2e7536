//! A service principal that misses a known one by a letter.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::misspelt_service::meant;
use crate::policy::ServicePrincipal;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misspelt-principal",
        severity: Severity::Warning,
        why: "a service that does not exist cannot assume the role, and the one that was meant may not",
        fix: "write the service's name, as `ecs.aliyuncs.com`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.principals().filter(|(member, _)| *member == "Service") {
        let ServicePrincipal { account, service } = ServicePrincipal::read(word.text);
        let code = service
            .strip_suffix(".aliyuncs.com")
            .filter(|code| !code.contains('.'));
        if let Some(meant) = code.and_then(meant) {
            let message = format!("no service {} is known", quote(word.text));
            let account = account.map_or_else(String::new, |account| format!("{account}@"));
            report.suggest(word.spot, message, format!("{account}{meant}.aliyuncs.com"));
        }
    }
}
