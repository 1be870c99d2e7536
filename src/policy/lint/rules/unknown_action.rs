//! An action that its service does not know.

use super::super::pattern::{action_parts, has_wildcard, is_all, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::invalid_action::is_formed;
use super::misnamed_action::is_misnamed;
use crate::policy::catalogue;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-action",
        severity: Severity::Warning,
        why: "a name that no request carries grants nothing and refuses nothing",
        fix: "look the action up in the service's list; names of operations are not always names of actions",
    },
    check,
};

/// Services whose list of actions is complete, as far as it was published.
const COMPLETE: &[&str] = &["oss", "ram"];

/// Actions that RAM's own policies hold and the published lists do not.
/// Source: the system policy AliyunECSImageExportRolePolicy; operations of the STS SDK.
const UNLISTED: &[&str] = &[
    "oss:GetBucketUserQos",
    "sts:AssumeRoleWithOIDC",
    "sts:AssumeRoleWithSAML",
    "sts:SetSourceIdentity",
];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        let action = word.text;
        let Some((service, name)) = action_parts(action) else {
            continue;
        };
        let service = service.to_ascii_lowercase();
        if !is_formed(action) || is_all(name) || is_misnamed(action) || is_known(action) {
            continue;
        }
        let is_complete = COMPLETE.contains(&service.as_str());
        if has_wildcard(action) {
            if is_complete {
                report.at(
                    word.spot,
                    format!("{} matches no action of `{service}`", quote(action)),
                );
            }
            continue;
        }
        let names = catalogue::all().map(|known| known.name);
        // The list of ECS is a small part, and its names are near one another.
        let close = nearest(action, names).filter(|_| is_complete || service == "sts");
        let message = format!("`{service}` has no action {}", quote(action));
        match close {
            Some(close) => report.with_fix(word.spot, message, format!("did you mean `{close}`?")),
            None if is_complete => report.at(word.spot, message),
            None => {}
        }
    }
}

fn is_known(action: &str) -> bool {
    let unlisted = UNLISTED.iter().copied();
    let mut names = catalogue::all().map(|known| known.name).chain(unlisted);
    match has_wildcard(action) {
        true => names.any(|known| matches_action(action, known)),
        false => names.any(|known| known.eq_ignore_ascii_case(action)),
    }
}
