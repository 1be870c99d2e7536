//! The JSON in which services and helpers give session keys.

use std::fmt;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Visitor};

use crate::cloud::rpc::credentials::Credentials;

/// A JSON string that goes straight into a type that does not print and is wiped.
pub(crate) struct Hidden(pub(crate) SecretString);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Hidden;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Hidden, E> {
                Ok(Hidden(SecretString::from(text)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The keys as sent. STS, metadata and credentials URIs write `AccessKeyId`, the OAuth service `accessKeyId`, a
/// helper `access_key_id`. Source: the official SDKs and the aliyun CLI.
#[derive(serde::Deserialize)]
pub(crate) struct Keys {
    /// `Success`, where the service has such a member.
    #[serde(alias = "Code")]
    pub(crate) code: Option<String>,
    /// What kind of key a helper gives.
    pub(crate) mode: Option<String>,
    #[serde(alias = "AccessKeyId", alias = "accessKeyId")]
    access_key_id: Option<String>,
    #[serde(alias = "AccessKeySecret", alias = "accessKeySecret")]
    access_key_secret: Option<Hidden>,
    #[serde(
        alias = "SecurityToken",
        alias = "securityToken",
        alias = "security_token"
    )]
    sts_token: Option<Hidden>,
    #[serde(alias = "Expiration")]
    expiration: Option<String>,
}

/// What an answer must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Key, secret, token and the time they end.
    Session,
    /// Key and secret; no token.
    Permanent,
    /// Key, secret and token; the time they end may be unknown.
    SessionMaybeTimed,
}

impl Keys {
    /// Reads an answer. The parser's own words are left out: they may quote the answer.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        serde_json::from_slice(body).map_err(|_| "is not the JSON that was expected")
    }

    /// Checks that nothing is missing.
    ///
    /// # Errors
    /// With what is wrong, to be put behind `the answer`.
    pub(crate) fn into_credentials(self, shape: Shape) -> Result<Credentials, &'static str> {
        let filled = |text: &String| !text.trim().is_empty();
        let id = self
            .access_key_id
            .filter(filled)
            .ok_or("has no access key id")?;
        if !id.chars().all(|c| c.is_ascii_graphic()) {
            return Err("has an access key id with odd characters");
        }
        let secret = self.access_key_secret.and_then(Hidden::filled);
        let token = self.sts_token.and_then(Hidden::filled);
        let security_token = match shape {
            Shape::Permanent => None,
            Shape::Session | Shape::SessionMaybeTimed => {
                Some(token.ok_or("has no security token")?)
            }
        };
        let expires_at = match (shape, self.expiration.filter(filled)) {
            (Shape::Permanent, _) | (Shape::SessionMaybeTimed, None) => None,
            (Shape::Session, None) => return Err("has no expiration"),
            (_, Some(text)) => {
                let at: Timestamp = text
                    .trim()
                    .parse()
                    .map_err(|_| "has an expiration that is no time")?;
                Some(at)
            }
        };
        let found = Credentials {
            access_key_id: id,
            secret: secret.ok_or("has no access key secret")?,
            security_token,
            expires_at,
        };
        if found.lacks_token() {
            return Err("has the key of a session but no security token");
        }
        Ok(found)
    }
}

impl Hidden {
    /// Itself, unless it is empty.
    fn filled(self) -> Option<SecretString> {
        use secrecy::ExposeSecret;
        (!self.0.expose_secret().trim().is_empty()).then_some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const AT: &str = "2026-01-02T03:04:05Z";

    #[test]
    fn every_spelling_is_read() {
        for body in [
            format!(
                r#"{{"AccessKeyId":"i","AccessKeySecret":"s","SecurityToken":"t","Expiration":"{AT}","Code":"Success","LastUpdated":1}}"#
            ),
            format!(
                r#"{{"accessKeyId":"i","accessKeySecret":"s","securityToken":"t","expiration":"{AT}"}}"#
            ),
            format!(
                r#"{{"access_key_id":"i","access_key_secret":"s","sts_token":"t","expiration":"{AT}","mode":"StsToken"}}"#
            ),
        ] {
            let keys = Keys::parse(body.as_bytes()).unwrap();
            let found = keys.into_credentials(Shape::Session).unwrap();
            assert_eq!(found.access_key_id, "i");
            assert_eq!(found.secret.expose_secret(), "s");
            assert_eq!(found.security_token.unwrap().expose_secret(), "t");
            assert_eq!(found.expires_at.unwrap().to_string(), AT);
        }
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_quoted() {
        for (body, shape, problem) in [
            ("", Shape::Session, "is not the JSON that was expected"),
            (
                r#"["canary"]"#,
                Shape::Session,
                "is not the JSON that was expected",
            ),
            (
                r#"{"AccessKeyId":"i","AccessKeySecret":7}"#,
                Shape::Session,
                "is not the JSON that was expected",
            ),
            ("{}", Shape::Session, "has no access key id"),
            (
                r#"{"AccessKeyId":"a\nb"}"#,
                Shape::Session,
                "has an access key id with odd characters",
            ),
            (
                r#"{"AccessKeyId":" ","AccessKeySecret":"canary"}"#,
                Shape::Session,
                "has no access key id",
            ),
            (
                r#"{"AccessKeyId":"i","AccessKeySecret":"canary"}"#,
                Shape::Session,
                "has no security token",
            ),
            (
                r#"{"AccessKeyId":"i","SecurityToken":"canary"}"#,
                Shape::SessionMaybeTimed,
                "has no access key secret",
            ),
            (
                r#"{"AccessKeyId":"i","AccessKeySecret":"canary","SecurityToken":"t"}"#,
                Shape::Session,
                "has no expiration",
            ),
            (
                r#"{"AccessKeyId":"i","AccessKeySecret":"canary","SecurityToken":"t","Expiration":"soon"}"#,
                Shape::SessionMaybeTimed,
                "has an expiration that is no time",
            ),
            (
                r#"{"AccessKeyId":"STS.i","AccessKeySecret":"canary"}"#,
                Shape::Permanent,
                "has the key of a session but no security token",
            ),
        ] {
            let result = Keys::parse(body.as_bytes()).and_then(|keys| keys.into_credentials(shape));
            assert_eq!(result.unwrap_err(), problem, "{body}");
        }
    }
}
