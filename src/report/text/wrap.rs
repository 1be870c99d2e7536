//! Lines that fit a terminal.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How much further a continued line is indented. Unit: columns.
const HANGING_INDENT: usize = 4;

/// Narrowest terminal that lines are broken for. Unit: columns.
const NARROWEST: usize = 30;

/// What stands before a command that settles something.
const SETTLE: &str = "to settle it: ";

/// How the commands begin that are shown to be copied.
const COMMANDS: &[&str] = &["export-iam ", "aliyun "];

/// Breaks lines that are longer than `width` columns between words, each with a hanging indent. A word that is too
/// long by itself stays whole, and so does a command: both are there to be copied. Styles take no room.
#[must_use]
pub fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (content, end) = match line.strip_suffix('\n') {
            Some(content) => (content, "\n"),
            None => (line, ""),
        };
        wrapped.push_str(&wrap_line(content, width.max(NARROWEST)));
        wrapped.push_str(end);
    }
    wrapped
}

fn wrap_line(line: &str, width: usize) -> String {
    if textwrap::core::display_width(line) <= width || is_command(line) {
        return line.to_owned();
    }
    let indent = indent_of(line).min(width / 2) + HANGING_INDENT;
    let indent = " ".repeat(indent);
    let options = Options::new(width)
        .subsequent_indent(&indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false);
    textwrap::fill(line, options)
}

/// Whether the line is a command for a shell, alone or behind the words of [`SETTLE`].
fn is_command(line: &str) -> bool {
    let plain = anstream::adapter::strip_str(line).to_string();
    let said = plain.trim_start_matches(' ');
    let said = said.strip_prefix(SETTLE).unwrap_or(said);
    COMMANDS.iter().any(|program| said.starts_with(program))
}

/// Spaces at the start of a line, styles left out. Unit: columns.
fn indent_of(line: &str) -> usize {
    let plain = anstream::adapter::strip_str(line).to_string();
    plain.len() - plain.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        "    + oss:GetObject, oss:ListParts, oss:AbortMultipartUpload on bucket exports-hz\n";

    #[test]
    fn lines_break_between_words_with_a_hanging_indent() {
        assert_eq!(
            wrap(LINE, 40),
            "    + oss:GetObject, oss:ListParts,\n        oss:AbortMultipartUpload on\n        bucket exports-hz\n"
        );
        assert_eq!(wrap(LINE, 100), LINE);
        assert_eq!(wrap("a\n\nb", 40), "a\n\nb");
    }

    #[test]
    fn a_long_word_stays_whole() {
        let word = "x".repeat(60);
        assert_eq!(
            wrap(&format!("fix: {word} now"), 40),
            format!("fix:\n    {word}\n    now")
        );
    }

    #[test]
    fn a_command_stays_whole() {
        for line in [
            "       aliyun ecs DescribeImages --RegionId REGION --ImageId IMAGE_ID",
            "\u{1b}[2m       to settle it: aliyun oss mb oss://exports-hz --region cn-hangzhou\u{1b}[0m",
            "       export-iam plan preset:image-export-scoped --show-documents",
        ] {
            assert_eq!(wrap(line, 40), line);
        }
        let prose = "       to settle it: name an image of this region, or copy the image";
        assert_eq!(wrap(prose, 40).matches('\n').count(), 2);
    }

    #[test]
    fn styles_take_no_room() {
        let styled = format!("\u{1b}[32m{}\u{1b}[0m", LINE.trim_end());
        assert_eq!(wrap(&styled, LINE.trim_end().len()), styled);
        assert_eq!(wrap(&styled, 40).matches('\n').count(), 2);
    }
}
