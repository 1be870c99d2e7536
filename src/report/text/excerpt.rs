//! A line of a file with a part of it underlined.

use textwrap::core::display_width;

use super::style::{ERROR, Styled, safe};

/// The line `number` in its three parts, and the underlining below it.
#[must_use]
pub fn excerpt(number: usize, before: &str, marked: &str, after: &str) -> String {
    let shown = |text: &str| safe(&text.replace('\t', "    "));
    let (before, marked, after) = (shown(before), shown(marked), shown(after));
    let gutter = number.to_string();
    let indent = " ".repeat(display_width(&before));
    let underline = "^".repeat(display_width(&marked).max(1));
    format!(
        "{gutter:>4} | {}\n{:>4} | {indent}{}\n",
        format_args!("{before}{marked}{after}"),
        "",
        Styled(ERROR, underline)
    )
}
