//! Makes other people's words fit to be shown.

use secrecy::{ExposeSecret, SecretString};

use crate::ram::encoding::encode;

/// Longest text of a service that is shown. Unit: characters.
const LONGEST: usize = 300;

/// Makes `text`, which came from outside, one line without any of `secrets`.
///
/// A service may quote the request, in which a token stands percent-encoded once or twice, so each secret
/// is struck out in all three forms.
pub(super) fn clean(text: &str, secrets: &[&SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let plain = secret.expose_secret();
        let once = encode(plain);
        let twice = encode(&once);
        // The longest form first: a shorter one may be part of it.
        for form in [twice.as_ref(), once.as_ref(), plain] {
            if !form.is_empty() {
                text = text.replace(form, "***");
            }
        }
    }
    let blanks = text.replace(|c: char| c.is_control() || is_bidi(c), " ");
    let mut line: String = blanks.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// Characters that change the order in which a terminal shows others.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A word of an answer, such as an error code: shown only when it looks like one, because anything may stand
/// where a code was expected.
pub(super) fn code(text: &str) -> &str {
    let is_code = (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if is_code { text } else { "an unreadable code" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_in_every_form_and_lines_stay_short() {
        let token = SecretString::from("CAIS+canary/def==");
        let text = "a CAIS+canary/def== CAIS%2Bcanary%2Fdef%3D%3D CAIS%252Bcanary%252Fdef%253D%253D \n\u{1b}b";
        assert_eq!(clean(text, &[&token]), "a *** *** *** b");
        assert_eq!(clean(&"é".repeat(999), &[]).chars().count(), LONGEST + 1);
        assert_eq!(clean("whole", &[&SecretString::from("")]), "whole");
    }

    #[test]
    fn a_code_is_a_word() {
        assert_eq!(code("NoPermission.X1"), "NoPermission.X1");
        for odd in ["", "a b", "a\nb", "a=b", &"a".repeat(65)] {
            assert_eq!(code(odd), "an unreadable code");
        }
    }
}
