//! Lint for the RAM dialect: what is wrong with a document, or likely not meant.
//!
//! In: the text of a permission or trust policy. Out: [`Finding`]s in the order of the text, each with
//! its rule, place, and what to do. A document that does not parse still gets findings.
//!
//! One rule a file, under `rules/`; file, id, and the case file of its tests have the same name.
//! Rules that must be exact ask the engine; the rest look at the document alone.

mod finding;
mod level;
mod pattern;
mod rules;
mod suggest;
mod tree;
mod view;

pub use finding::{Finding, RuleInfo, Severity};

use finding::Report;
use tree::Tree;
use view::View;

/// Longest text that is looked into. Unit: bytes. Above every document of RAM, its own long system
/// policies included; what is longer gets one finding that says so.
const MAX_TEXT_LENGTH: usize = 1 << 16;

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// What the identities it is attached to may do.
    Permission,
    /// Who may assume a role.
    Trust,
    /// By what is in it: principals and no resources make a trust policy.
    #[default]
    Auto,
}

/// Where an image is to be exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The `OSSPrefix` that exports are started with.
    pub prefix: Option<&'a str>,
}

/// What lint is told beside the document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// What kind of document it is.
    pub kind: Kind,
    /// The exports that the document must make possible; an empty list means some export. `None`: not
    /// known, and then a document that names nearly all of the actions is taken to be meant for it.
    pub exports: Option<&'a [Export<'a>]>,
    /// The uid of the account that the document is for, and that owns the buckets.
    pub account: Option<&'a str>,
}

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
            line: refusal.line,
            column: refusal.column,
            fix: refusal.hint().map(str::to_owned),
            path: refusal.path,
            message: refusal.message,
        });
    }
    let mut findings = report.findings;
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.line, f.column, f.rule.severity, f.rule.id);
        key(a).cmp(&key(b))
    });
    findings
}
