//! Bytes of a file to the text of a document, and what stands in the way.

use super::error::Place;

/// The mark that some editors put before a text. It is no part of JSON or YAML.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// Where, as far as that can be told.
    pub place: Place,
    /// What is wrong: lower case, no final stop.
    pub message: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// The text that `bytes` hold in UTF-8; a byte order mark is kept.
///
/// # Errors
/// When they hold another encoding, UTF-16 by name.
pub fn decode(bytes: Vec<u8>) -> Result<String, TextError> {
    let is_utf16 = looks_like_utf16(&bytes);
    match String::from_utf8(bytes) {
        Ok(text) if !is_utf16 => Ok(text),
        Ok(_) => Err(utf16()),
        Err(_) if is_utf16 => Err(utf16()),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let before = String::from_utf8_lossy(before);
            Err(TextError {
                place: Place::of_offset(&before, before.len()),
                message: "is not UTF-8 text",
                hint: "save the file as UTF-8",
            })
        }
    }
}

fn utf16() -> TextError {
    TextError {
        place: Place::START,
        message: "is UTF-16 text, UTF-8 is wanted",
        hint: "save the file as UTF-8; PowerShell's `>` writes UTF-16, `Out-File -Encoding utf8` does not",
    }
}

/// UTF-16 begins with its byte order mark, or has a zero byte beside its first letter.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0x7f, 0, ..] | [1..=0x7f, 0, _, 0, ..]
    )
}

/// The text without its byte order mark, if it has one.
#[must_use]
pub fn without_mark(text: &str) -> Option<&str> {
    text.strip_prefix(BYTE_ORDER_MARK)
}

/// What stands at byte `offset` of a text that should be JSON, if JSON has no such character there: the place, what
/// is wrong, and what to do.
pub(crate) fn strange_symbol(text: &str, offset: usize) -> Option<(Place, String, &'static str)> {
    let (at, symbol) = text
        .char_indices()
        .take_while(|(at, _)| *at <= offset)
        .last()
        .filter(|(_, symbol)| !symbol.is_ascii())?;
    let code = u32::from(symbol);
    let (what, hint) = match symbol {
        '\u{2018}'..='\u{201f}'
        | '\u{00ab}'
        | '\u{00bb}'
        | '\u{300c}'..='\u{300f}'
        | '\u{ff02}' => (
            format!("the typographic quotation mark `{symbol}` (U+{code:04X})"),
            "write the plain `\"`; a word processor or chat program changed it",
        ),
        '\u{ff0c}' | '\u{ff1a}' | '\u{3001}' => (
            format!("the full-width sign `{symbol}` (U+{code:04X})"),
            "write the plain `,` or `:`",
        ),
        _ => (
            format!("the character U+{code:04X}"),
            "remove it; outside of quotation marks JSON has only plain signs and blanks",
        ),
    };
    Some((Place::of_offset(text, at), what, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_named() {
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        let big: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [utf16, marked, big] {
            let error = decode(bytes).unwrap_err();
            assert_eq!(error.message, "is UTF-16 text, UTF-8 is wanted");
        }
        let error = decode(b"ab\n\xc3\xa9\xff".to_vec()).unwrap_err();
        assert_eq!(error.message, "is not UTF-8 text");
        assert_eq!(error.place, Place { line: 2, column: 2 });
        assert_eq!(decode(b"{}".to_vec()).unwrap(), "{}");
        let marked = decode("\u{feff}{}".as_bytes().to_vec()).unwrap();
        assert_eq!(without_mark(&marked), Some("{}"));
    }

    #[test]
    fn strange_symbols_are_named_where_they_stand() {
        let text = "{\n  \u{201c}Version\u{201d}: 1}";
        let (place, what, _) = strange_symbol(text, 4).unwrap();
        assert_eq!(place, Place { line: 2, column: 3 });
        assert_eq!(what, "the typographic quotation mark `\u{201c}` (U+201C)");
        assert!(strange_symbol("{x", 1).is_none());
    }
}
