//! What is wrong with a spec, and where.

use std::fmt;

use super::excerpt::Excerpt;
use crate::policy::Place;

/// One remark about a spec: a mistake that stops it, or a warning.
///
/// Displays on one line, `file:line:column: `path`: message`; the hint is apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file as the user would name it: a path, `<stdin>` or `preset:NAME`.
    pub file: String,
    /// Where in the file, when known.
    pub place: Option<Place>,
    /// Where in the spec or document, as `roles[0].policies[1]`; empty for the file as a whole.
    pub path: String,
    /// What is wrong: one line, lower case, no final stop, the user's words in backticks.
    pub message: String,
    /// What to do about it, if there is more to say.
    pub hint: Option<String>,
    /// The line it is about, where that can be shown.
    pub excerpt: Option<Excerpt>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if !self.path.is_empty() {
            write!(f, ": `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Every mistake of one spec, sorted by file and place, and the warnings beside them.
///
/// Displays every mistake on a line of its own, each followed by its hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecErrors {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl SpecErrors {
    pub(super) fn new(errors: Vec<Diagnostic>, warnings: Vec<Diagnostic>) -> Self {
        Self {
            errors: sorted(errors),
            warnings: sorted(warnings),
        }
    }

    pub(super) fn one(error: Diagnostic) -> Self {
        Self::new(vec![error], Vec::new())
    }

    /// The mistakes; never empty.
    #[must_use]
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    /// What is not wrong but worth saying.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

/// In the order of the file, without repeats: a document used twice is wrong once.
pub(super) fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort();
    diagnostics.dedup();
    diagnostics
}

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "error: {error}")?;
            if let Some(hint) = &error.hint {
                write!(f, "\nhint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for SpecErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line: usize, path: &str) -> Diagnostic {
        Diagnostic {
            file: "a.yaml".to_owned(),
            place: Some(Place { line, column: 3 }),
            path: path.to_owned(),
            message: "is wrong".to_owned(),
            hint: Some("right it".to_owned()),
            excerpt: None,
        }
    }

    #[test]
    fn errors_come_in_the_order_of_the_file_and_once() {
        let errors = SpecErrors::new(
            vec![diagnostic(10, "b"), diagnostic(9, ""), diagnostic(10, "b")],
            Vec::new(),
        );
        assert_eq!(
            errors.to_string(),
            "error: a.yaml:9:3: is wrong\nhint: right it\nerror: a.yaml:10:3: `b`: is wrong\nhint: right it"
        );
    }
}
