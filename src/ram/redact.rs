//! Keeps secrets and odd characters out of what we show of other people's words.

use secrecy::ExposeSecret;

use super::encoding::encode;
use crate::credentials::Credentials;

/// Longest text of the service that is shown. Unit: characters.
const LONGEST: usize = 600;

/// Makes `text`, which came from outside, one line without secrets.
///
/// An answer about a wrong signature quotes the string to sign, in which a security token stands percent-encoded
/// twice; so the secret and the token are struck out plain, encoded once, and encoded twice.
pub(super) fn clean(text: &str, credentials: &Credentials) -> String {
    let token = credentials.security_token.as_ref();
    let secrets = [Some(&credentials.secret), token];
    let mut text = text.to_owned();
    for secret in secrets.into_iter().flatten() {
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

/// Makes `text` one line of bounded length; control characters become blanks.
pub(super) fn one_line(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn secrets_go_in_every_form() {
        let credentials = Credentials {
            security_token: Some(SecretString::from("CAIS+canary/def==")),
            ..Credentials::permanent("id", "can=ary")
        };
        let text = "plain CAIS+canary/def== once CAIS%2Bcanary%2Fdef%3D%3D \
                    twice CAIS%252Bcanary%252Fdef%253D%253D key can=ary can%3Dary can%253Dary";
        assert_eq!(
            clean(text, &credentials),
            "plain *** once *** twice *** key *** *** ***"
        );
    }

    #[test]
    fn the_rest_is_one_short_line() {
        assert_eq!(one_line(" a\r\n\tb \u{1b}[31mc\u{202e} "), "a b [31mc");
        assert_eq!(one_line(&"é".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
