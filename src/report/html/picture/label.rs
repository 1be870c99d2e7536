//! Labels that fit their boxes.

use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WrapAlgorithm};

/// Longest line that fits a box. Unit: columns of a fixed-width font.
pub(super) const LINE: usize = 31;

/// The label in at most two lines, broken where a name has its joints. Of a longer one the middle is left out: names
/// of one kind begin alike, and differ at their ends.
pub(super) fn lines(label: &str) -> Vec<String> {
    let options = Options::new(LINE)
        .word_separator(WordSeparator::Custom(joints))
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(true);
    let all = textwrap::wrap(label, options);
    match all.as_slice() {
        [] | [_] | [_, _] => all.iter().map(ToString::to_string).collect(),
        [first, ..] => vec![first.to_string(), format!("…{}", end(label))],
    }
}

fn joints(text: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let parts = text.split_inclusive([':', '/', '-', '.', '@', ' ']);
    Box::new(parts.map(Word::from))
}

/// As much of the end as fits behind an ellipsis.
fn end(label: &str) -> &str {
    let starts = label.char_indices().map(|(at, _)| label.split_at(at).1);
    let mut fitting = starts.skip_while(|rest| display_width(rest) >= LINE);
    fitting.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_break_at_joints_and_lose_their_middle() {
        for (label, shown) in [
            ("short", &["short"] as &[&str]),
            (
                "AliyunECSImageExportDefaultRole",
                &["AliyunECSImageExportDefaultRole"],
            ),
            (
                "system:AliyunECSImageExportRolePolicy",
                &["system:", "AliyunECSImageExportRolePolicy"],
            ),
            (
                "acs:ram::1234567890123456:role/backup-of-images-a-very-long-name-indeed",
                &[
                    "acs:ram::1234567890123456:role/",
                    "…images-a-very-long-name-indeed",
                ],
            ),
            (
                &"x".repeat(40),
                &["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxx"],
            ),
        ] {
            assert_eq!(lines(label), shown);
        }
    }

    #[test]
    fn no_line_is_wider_than_a_box() {
        for label in ["漢字".repeat(20), "漢字-".repeat(40), "a".repeat(400)] {
            for line in lines(&label) {
                assert!(display_width(&line) <= LINE, "{line}");
            }
        }
    }
}
