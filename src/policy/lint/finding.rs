//! What lint says: rules, findings, and the report that rules write to.

use super::resource::is_sound;
use super::tree::{Spot, Tree};
use crate::policy::error::{Place, quote};
use std::fmt;
use std::ops::Range;

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
    /// The change to the text that does so, where one can be given.
    pub edit: Option<Edit>,
}

/// A change to the text of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub range: Range<usize>,
    /// What to put in their place.
    pub text: String,
}

impl Edit {
    /// `text` after the change.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let Self { range, text: new } = self;
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        format!("{before}{new}{after}")
    }
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
        self.put(spot, message.into(), None, None);
    }

    /// A finding at `spot`, with what to do about it.
    pub(super) fn with_fix(
        &mut self,
        spot: Spot,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.put(spot, message.into(), Some(fix.into()), None);
    }

    /// A finding about a string, with what to write in its stead.
    pub(super) fn write(&mut self, spot: Spot, message: impl Into<String>, to: impl AsRef<str>) {
        let fix = format!("write {}", quote(to.as_ref()));
        self.write_saying(spot, message, to, fix);
    }

    /// As [`Report::write`], for a resource, unless lint has something against that one too.
    pub(super) fn write_resource(
        &mut self,
        spot: Spot,
        message: impl Into<String>,
        to: Option<String>,
    ) {
        match to.filter(|to| is_sound(to)) {
            Some(to) => self.write(spot, message, to),
            None => self.at(spot, message),
        }
    }

    /// As [`Report::write`], for what can be guessed only.
    pub(super) fn suggest(&mut self, spot: Spot, message: impl Into<String>, to: impl AsRef<str>) {
        let fix = format!("did you mean {}?", quote(to.as_ref()));
        self.write_saying(spot, message, to, fix);
    }

    /// As [`Report::write`], in other words.
    pub(super) fn write_saying(
        &mut self,
        spot: Spot,
        message: impl Into<String>,
        to: impl AsRef<str>,
        fix: impl Into<String>,
    ) {
        let edit = self.edit(spot, &[to.as_ref()]);
        self.put(spot, message.into(), Some(fix.into()), edit);
    }

    /// A finding about an entry of a list, with the two to write in its stead.
    pub(super) fn split(&mut self, spot: Spot, message: impl Into<String>, to: &[String; 2]) {
        let [first, second] = to;
        let fix = format!("write {} and {}", quote(first), quote(second));
        let edit = self.edit(spot, &[first, second]);
        self.put(spot, message.into(), Some(fix), edit);
    }

    /// A finding about `entry` of a list, with what to add to the list.
    pub(super) fn add(&mut self, spot: Spot, message: impl Into<String>, entry: &str, added: &str) {
        let fix = format!("add {}", quote(added));
        let edit = self.edit(spot, &[entry, added]);
        self.put(spot, message.into(), Some(fix), edit);
    }

    /// The change that puts `words` in the place of the string at `spot`.
    fn edit(&self, spot: Spot, words: &[&str]) -> Option<Edit> {
        let tree = self.tree?;
        let range = tree.range(self.text, spot)?;
        let words: Vec<String> = words.iter().map(|word| as_json(word)).collect();
        let text = words.join(", ");
        Some(Edit {
            range,
            text: match words.len() > 1 && !tree.is_item(spot) {
                true => format!("[{text}]"),
                false => text,
            },
        })
    }

    fn put(&mut self, spot: Spot, message: String, fix: Option<String>, edit: Option<Edit>) {
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
            edit,
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

/// `word` as a JSON string.
fn as_json(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}
