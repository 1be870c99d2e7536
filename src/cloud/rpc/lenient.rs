//! Members of answers whose type differs between documents, models and what is sent.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text, also where a number was sent; empty where nothing was.
///
/// # Errors
/// When it is neither.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(serde::de::Error::custom("neither text nor number")),
    }
}

/// Yes or no, also where it was sent as a text; `None` where nothing was.
///
/// # Errors
/// When it is neither.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(Some(flag)),
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        _ => Err(serde::de::Error::custom("neither yes nor no")),
    }
}

/// A count, also where it was sent as a text; `None` where nothing was.
///
/// # Errors
/// When it is neither.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    };
    let wrong = || serde::de::Error::custom("not a count");
    number.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_taken_in_every_form_that_was_seen() {
        assert_eq!(text(json!("a")).unwrap(), "a");
        assert_eq!(
            text(json!(1_234_567_890_123_456_u64)).unwrap(),
            "1234567890123456"
        );
        assert_eq!(text(json!(null)).unwrap(), "");
        assert!(text(json!([])).is_err());
        for yes in [json!(true), json!("true"), json!("True")] {
            assert_eq!(flag(yes).unwrap(), Some(true));
        }
        assert_eq!(flag(json!("False")).unwrap(), Some(false));
        assert_eq!(flag(json!("")).unwrap(), None);
        assert!(flag(json!("maybe")).is_err());
        assert_eq!(count(json!("40")).unwrap(), Some(40));
        assert_eq!(count(json!(40)).unwrap(), Some(40));
        assert_eq!(count(json!(null)).unwrap(), None);
        assert!(count(json!("forty")).is_err());
        assert!(count(json!(-1)).is_err());
    }
}
