//! Keeps secrets and odd characters out of what we show of other people's words.

use secrecy::{ExposeSecret, SecretString};

use super::encoding::encode;
use crate::visible::visible;

/// Longest text of the service that is shown. Unit: characters.
const LONGEST: usize = 600;

/// Makes `text`, which came from outside, one line without any of `secrets`.
///
/// An answer about a wrong signature quotes the string to sign, in which a security token stands percent-encoded
/// twice; so each secret is struck out plain, encoded once, and encoded twice.
#[must_use]
pub fn clean<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
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
    one_line(&text)
}

/// Makes `text` one line of bounded length: control characters become blanks, and what has no visible form is escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    let blanks = text.replace(char::is_control, " ");
    let line = blanks.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line = visible(&line).into_owned();
    if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// An error code of an answer: shown only when it looks like one, because anything may stand where a code was
/// expected.
#[must_use]
pub fn code(text: &str) -> &str {
    let is_of_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_code = (1..=128).contains(&text.len()) && text.chars().all(is_of_code);
    if is_code { text } else { "an unreadable code" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_in_every_form() {
        let secrets = [
            SecretString::from("can=ary"),
            SecretString::from("CAIS+canary/def=="),
            SecretString::from(""),
        ];
        let text = "plain CAIS+canary/def== once CAIS%2Bcanary%2Fdef%3D%3D \
                    twice CAIS%252Bcanary%252Fdef%253D%253D key can=ary can%3Dary can%253Dary";
        assert_eq!(
            clean(text, &secrets),
            "plain *** once *** twice *** key *** *** ***"
        );
    }

    #[test]
    fn the_rest_is_one_short_line() {
        assert_eq!(
            one_line(" a\r\n\tb \u{1b}[31mc\u{202e} "),
            "a b [31mc\\u{202e}"
        );
        assert_eq!(one_line(&"é".repeat(1000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_code_is_a_word() {
        assert_eq!(code("NoPermission.X1"), "NoPermission.X1");
        for odd in ["", "a b", "a\nb", "a=b", &"a".repeat(129)] {
            assert_eq!(code(odd), "an unreadable code");
        }
    }
}
