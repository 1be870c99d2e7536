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
mod rule;
mod rules;
mod suggest;
mod tree;
mod view;

pub use finding::{Finding, RuleInfo, Severity};
pub use options::{Export, Kind, Options};

use finding::Report;
use tree::{MAX_TEXT_LENGTH, Tree};
use view::View;

/// All rules, sorted by id.
pub fn rules() -> impl Iterator<Item = &'static RuleInfo> {
    rules::ALL.iter().map(|rule| &rule.info)
}

/// Everything that is wrong with a document, or likely not meant, in the order of the text.
pub fn lint(text: &str, options: &Options<'_>) -> Vec<Finding> {
    let tree = (text.len() <= MAX_TEXT_LENGTH).then(|| Tree::read(text));
    let tree = tree.flatten();
    let view = View::new(text, options, tree.as_ref());
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
        });
    }
    let mut findings = report.findings;
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.place, f.rule.severity, f.rule.id);
        key(a).cmp(&key(b))
    });
    findings
}
