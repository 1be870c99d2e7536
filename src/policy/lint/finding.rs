//! What lint says: rules, findings, and the report that rules write to.

use super::tree::{Spot, Tree};
use crate::policy::error::Place;
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// RAM refuses the document, or the export it is for cannot work, or anyone gets in.
    Error,
    /// Taken by RAM, and surely not what was meant, or wider than it looks.
    Warning,
    /// Works as written; could be said better.
    Note,
}

impl Severity {
    /// One lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule is about, for lists of rules and for reports.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Kebab-case name, stable.
    pub id: &'static str,
    /// How bad each of its findings is.
    pub severity: Severity,
    /// Why it matters, one line.
    pub why: &'static str,
    /// What to do about it in general, one line.
    pub fix: &'static str,
}

/// One thing that a rule found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// Where in the text.
    pub place: Place,
    /// Where in the document, as `Statement[0].Action[1]`; empty for the document as a whole.
    pub path: String,
    /// What is wrong: one line, lower case, no final stop, the author's words in backticks.
    pub message: String,
    /// What to do about this very finding, where more can be said than [`RuleInfo::fix`].
    pub fix: Option<String>,
}

impl Finding {
    /// What to do: for this finding, else in general.
    pub fn fix_text(&self) -> &str {
        self.fix.as_deref().unwrap_or(self.rule.fix)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        let (severity, id) = (self.rule.severity, self.rule.id);
        write!(f, "{line}:{column}: {severity}[{id}]: ")?;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Where a rule puts its findings.
pub(crate) struct Report<'v> {
    pub(super) rule: &'static RuleInfo,
    pub(super) tree: Option<&'v Tree>,
    pub(super) text: &'v str,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    /// A finding at `spot`.
    pub(super) fn at(&mut self, spot: Spot, message: impl Into<String>) {
        self.put(spot, message.into(), None);
    }

    /// A finding at `spot`, with what to do about it.
    pub(super) fn with_fix(
        &mut self,
        spot: Spot,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.put(spot, message.into(), Some(fix.into()));
    }

    fn put(&mut self, spot: Spot, message: String, fix: Option<String>) {
        let (place, path) = match self.tree {
            Some(tree) => (tree.place(self.text, spot), tree.path(spot)),
            None => (Place::START, String::new()),
        };
        self.push(Finding {
            rule: self.rule,
            place,
            path,
            message,
            fix,
        });
    }

    /// A finding whose place is known by other means.
    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether any rule so far found an error.
    pub(super) fn has_error(&self) -> bool {
        let severities = self.findings.iter().map(|finding| finding.rule.severity);
        severities.min() == Some(Severity::Error)
    }
}
