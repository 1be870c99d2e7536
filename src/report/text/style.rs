//! The few styles of the text reports.

use std::fmt;

use anstyle::{AnsiColor, Style};

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

/// Text from elsewhere, safe to print on a terminal: control characters are shown, not obeyed.
#[must_use]
pub fn safe(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            // Overrides of the writing direction can make a line read as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => shown.extend(c.escape_unicode()),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_obeyed() {
        assert_eq!(safe("a\u{1b}[31mred\u{7}"), "a\\u{1b}[31mred\\u{7}");
        assert_eq!(safe("left\u{202e}right"), "left\\u{202e}right");
        assert_eq!(safe("镜像 é\n"), "镜像 é\n");
    }
}
