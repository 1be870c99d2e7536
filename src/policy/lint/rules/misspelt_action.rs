//! An action that misses a known one by a letter or two.

use super::super::pattern::{action_parts, has_wildcard, is_all, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::super::view::Word;
use super::invalid_action::is_formed;
use super::misnamed_action::is_misnamed;
use crate::policy::catalogue;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misspelt-action",
        severity: Severity::Warning,
        why: "a name that no request carries grants nothing and refuses nothing",
        fix: "write the action as documented",
    },
    check,
};

/// Services whose list of actions is complete, as far as it was published.
const LISTED: &[&str] = &["oss", "ram"];

/// In the system policy AliyunECSImageExportRolePolicy, and in no published list.
const UNLISTED: &str = "oss:GetBucketUserQos";

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for word in unknown(view) {
        if let Some(close) = meant(word.text) {
            let service = close.split(':').next().unwrap_or_default();
            let message = format!("`{service}` has no action {}", quote(word.text));
            report.suggest(word.spot, message, close);
        }
    }
}

/// The actions that are well formed and not known.
pub(super) fn unknown<'a>(view: &'a View<'_>) -> impl Iterator<Item = Word<'a>> {
    let words = view.actions().map(|(_, word)| word);
    words.filter(|word| {
        let is_whole_service = action_parts(word.text).is_some_and(|(_, name)| is_all(name));
        let is_settled = is_whole_service || is_misnamed(word.text) || is_known(word.text);
        is_formed(word.text) && !is_settled
    })
}

/// Whether the action is of a service whose actions are listed.
pub(super) fn is_listed(action: &str) -> bool {
    let service = action_parts(action).map_or("", |(service, _)| service);
    LISTED
        .iter()
        .any(|listed| listed.eq_ignore_ascii_case(service))
}

/// The known action that was meant, if the word is near one.
pub(super) fn meant(action: &str) -> Option<&'static str> {
    // The list of ECS is a small part, and its names are near one another.
    let of_sts = action
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("sts:"));
    if has_wildcard(action) || !(is_listed(action) || of_sts) {
        return None;
    }
    nearest(action, catalogue::all().map(|known| known.name))
}

fn is_known(action: &str) -> bool {
    let mut names = catalogue::all().map(|known| known.name);
    match has_wildcard(action) {
        true => names.any(|known| matches_action(action, known)),
        false => catalogue::find(action).is_some() || action.eq_ignore_ascii_case(UNLISTED),
    }
}
