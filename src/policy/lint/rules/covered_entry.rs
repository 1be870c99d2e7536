//! An entry that a wider one in its list covers.

use super::super::pattern::{covers, resource_covers};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "covered-entry",
        severity: Severity::Note,
        why: "it says nothing beyond the wider one, and makes the list look tighter than it is",
        fix: "remove it, or narrow the wider one if this one is what was meant",
    },
    check,
};

/// Most entries of a list that are compared with one another.
const MAX_ENTRIES: usize = 256;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is_comparable() {
        return;
    }
    for statement in &view.statements {
        if let Some(action) = &statement.action {
            covered(
                &action.words,
                |wide, narrow| covers(&wide.to_ascii_lowercase(), &narrow.to_ascii_lowercase()),
                report,
            );
        }
        if let Some(resource) = &statement.resource {
            covered(&resource.words, resource_covers, report);
        }
    }
}

fn covered(words: &[Word<'_>], covers: impl Fn(&str, &str) -> bool, report: &mut Report<'_>) {
    let words = words.get(..MAX_ENTRIES).unwrap_or(words);
    for (at, narrow) in words.iter().enumerate() {
        let mut others = words.iter().enumerate().filter(|(other, _)| *other != at);
        // Equal ones are a business of `duplicate-entry`; of two that cover each other one stays.
        let wider = others.find(|(other, wide)| {
            let is_wider =
                !wide.text.eq_ignore_ascii_case(narrow.text) && covers(wide.text, narrow.text);
            is_wider && (*other < at || !covers(narrow.text, wide.text))
        });
        if let Some((_, wide)) = wider {
            report.at(
                narrow.spot,
                format!("{} is covered by {}", quote(narrow.text), quote(wide.text)),
            );
        }
    }
}
