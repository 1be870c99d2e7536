//! Lint for the RAM dialect: what is wrong with a document, or likely not meant.
//!
//! In: the text of a permission or trust policy. Out: [`Finding`]s in the order of the text, each with
//! its rule, place, and what to do. A document that does not parse still gets findings.
//!
//! One rule a file, under `rules/`; file, id, and the case file of its tests have the same name.
//! Rules that must be exact ask the engine; the rest look at the document alone.

mod finding;
mod level;
mod options;
mod pattern;
mod resource;
mod rule;
mod rules;
mod suggest;
mod tree;
mod view;

pub use finding::{Edit, Finding, RuleInfo, Severity};
pub use options::{Export, Kind, Options};

use crate::policy::text::without_mark;
use finding::Report;
use tree::{MAX_TEXT_LENGTH, Tree};
use view::View;

/// All rules, sorted by id.
pub fn rules() -> impl Iterator<Item = &'static RuleInfo> {
    rules::ALL.iter().map(|rule| &rule.info)
}

/// Everything that is wrong with a document, or likely not meant, in the order of the text.
pub fn lint(given: &str, options: &Options<'_>) -> Vec<Finding> {
    let unmarked = without_mark(given);
    let has_mark = unmarked.is_some();
    let text = unmarked.unwrap_or(given);
    let tree = (text.len() <= MAX_TEXT_LENGTH).then(|| Tree::read(text));
    let tree = tree.flatten();
    let view = View::new(text, has_mark, options, tree.as_ref());
    let mut report = Report {
        rule: &rules::MALFORMED.info,
        tree: tree.as_ref(),
        text,
        findings: Vec::new(),
    };
    for rule in rules::ALL.iter().copied() {
        report.rule = &rule.info;
        (rule.check)(&view, &mut report);
    }
    // What the strict reading refuses is never passed over, even if no rule knows it.
    if let Some(refusal) = view.refusal.filter(|_| !report.has_error()) {
        report.push(Finding {
            rule: &rules::MALFORMED.info,
            place: refusal.place,
            fix: refusal.hint().map(str::to_owned),
            path: refusal.path,
            message: refusal.message,
            edit: None,
        });
    }
    let mut findings = report.findings;
    // The text that rules saw begins after the mark.
    let shift = given.len() - text.len();
    for edit in findings
        .iter_mut()
        .filter_map(|finding| finding.edit.as_mut())
    {
        edit.range = edit.range.start + shift..edit.range.end + shift;
    }
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.place, f.rule.severity, f.rule.id);
        key(a).cmp(&key(b))
    });
    findings
}
