//! Two granting `NotAction` lists without anything in common.

use super::super::pattern::{is_all, overlap};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Statement;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "not-action-union",
        severity: Severity::Warning,
        why: "what one leaves out the other grants, so that together they grant every action",
        fix: "put the exceptions in one list, or better in a `Deny`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.is_trust || !view.is_comparable() {
        return;
    }
    let lists: Vec<&Statement<'_>> = view
        .statements
        .iter()
        .filter(|s| s.allows() && s.action.as_ref().is_some_and(|a| a.is_negated))
        .collect();
    for (at, second) in lists.iter().enumerate() {
        let mut earlier = lists.iter().take(at);
        let Some(action) = second.action.as_ref() else {
            continue;
        };
        if earlier.any(|first| shares_resource(first, second) && !shares_action(first, second)) {
            report.at(
                action.name_spot,
                "together with an earlier `NotAction` this grants every action",
            );
        }
    }
}

fn shares_resource(first: &Statement<'_>, second: &Statement<'_>) -> bool {
    let (Some(first), Some(second)) = (&first.resource, &second.resource) else {
        return false;
    };
    let is_wide = |text: &str| is_all(text);
    let pairs = first
        .words
        .iter()
        .flat_map(|a| second.words.iter().map(move |b| (a.text, b.text)));
    let plain = !first.is_negated && !second.is_negated;
    plain
        && pairs
            .into_iter()
            .any(|(a, b)| a == b || is_wide(a) || is_wide(b))
}

fn shares_action(first: &Statement<'_>, second: &Statement<'_>) -> bool {
    let words = |s: &Statement<'_>| -> Vec<String> {
        let words = s.action.iter().flat_map(|action| &action.words);
        words.map(|word| word.text.to_ascii_lowercase()).collect()
    };
    let (first, second) = (words(first), words(second));
    first.iter().any(|a| second.iter().any(|b| overlap(a, b)))
}
