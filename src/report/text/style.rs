//! The few styles of the text reports.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::visible::visible;

/// Something gained or made.
pub const ADD: Style = AnsiColor::Green.on_default();
/// Something lost or removed.
pub const REMOVE: Style = AnsiColor::Red.on_default();
/// Something changed, or worth a look.
pub const CHANGE: Style = AnsiColor::Yellow.on_default();
/// What the eye should find first.
pub const STRONG: Style = Style::new().bold();
/// What the eye may skip.
pub const DIM: Style = Style::new().dimmed();
/// An error.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();

/// A text between the codes of a style.
pub struct Styled<T>(pub Style, pub T);

impl<T: fmt::Display> fmt::Display for Styled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, text) = self;
        write!(f, "{style}{text}{style:#}")
    }
}

/// Text from elsewhere, safe to print on a terminal: what has no visible form is shown, not obeyed.
#[must_use]
pub fn safe(text: &str) -> String {
    visible(text).into_owned()
}
