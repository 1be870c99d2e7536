//! What is wrong with a policy document, and where.

use std::fmt;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in the line, in characters, from 1.
    pub column: usize,
}

impl Place {
    /// Where every text begins.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte offset. An offset past the end is taken as the end.
    pub(crate) fn of_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        write!(f, "line {line}, column {column}")
    }
}

/// Why a policy document was refused.
///
/// One line when displayed: the place first, then what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}{message}", PathPrefix(path))]
#[non_exhaustive]
pub struct PolicyError {
    /// Which rule was broken, for callers that branch.
    pub kind: PolicyErrorKind,
    /// What is wrong: lower case, no final stop, the author's words in backticks.
    pub message: String,
    /// Where in the text.
    pub place: Place,
    /// Where in the document, as `Statement[0].Action[1]`; empty for the document as a whole.
    pub path: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

/// The kinds of [`PolicyError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The text is not JSON. Correct the text.
    Syntax,
    /// The text is larger or nested deeper than any policy document. It is not one.
    TooLarge,
    /// JSON, but not in RAM's grammar for policy documents. Correct the element named.
    Grammar,
    /// A document read from the service holds something whose meaning is not known.
    /// Callers answer "unknown", never "equal" and never "absent".
    CannotInterpret,
}

impl PolicyError {
    /// What to do about the mistake, if something more can be said than what is wrong.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

struct PathPrefix<'a>(&'a str);

impl fmt::Display for PathPrefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, "`{}`: ", self.0)
        }
    }
}

/// Most characters of an author's word that a message repeats.
const MAX_QUOTED: usize = 80;

/// An author's word in backticks, on one line, without control characters, cut when long.
#[must_use]
pub fn quote(word: &str) -> String {
    let mut quoted = String::from("`");
    for (at, symbol) in word.chars().enumerate() {
        if at == MAX_QUOTED {
            quoted.push('…');
            break;
        }
        match symbol {
            '"' | '\'' => quoted.push(symbol),
            _ => quoted.extend(symbol.escape_debug()),
        }
    }
    quoted.push('`');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_stay_on_one_line_and_short() {
        assert_eq!(quote("a\nb\u{1b}"), "`a\\nb\\u{1b}`");
        assert_eq!(quote("it's"), "`it's`");
        assert_eq!(quote(&"x".repeat(200)).chars().count(), MAX_QUOTED + 3);
    }
}
