//! A reply as sent, whole until an operation reads it in its own shape.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::transport::HttpResponse;
use crate::model::NameError;

/// What kept a reply from being read, on one line.
#[derive(Debug)]
pub struct Unreadable(pub String);

impl From<NameError> for Unreadable {
    fn from(error: NameError) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Unreadable {
    // serde's text may quote the value it tripped over, so only the kinds that name members are passed on.
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        Self(if text.starts_with("missing field") {
            text.to_owned()
        } else {
            "a member has an unexpected type".to_owned()
        })
    }
}

/// A reply, known to be the service's: of RPC an object of JSON with a request id, of OSS whatever was asked for. It
/// may hold keys, so it does not print and is wiped when dropped.
pub struct Reply {
    body: Zeroizing<Vec<u8>>,
    request_id: String,
    /// Of OSS alone.
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "RequestId")]
    request_id: Option<String>,
    #[serde(rename = "requestId")]
    request_id_in_lower_case: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PageMembers {
    next_token: Option<Value>,
    is_truncated: Option<Value>,
    marker: Option<Value>,
}

impl Reply {
    /// Reads a body. Every answer of the service has a `RequestId`, so what has none is somebody else's.
    #[must_use]
    pub fn parse(body: Vec<u8>) -> Option<Self> {
        let body = Zeroizing::new(body);
        // serde would take a list for a struct.
        body.iter()
            .find(|byte| !byte.is_ascii_whitespace())
            .filter(|byte| **byte == b'{')?;
        let envelope: Envelope = serde_json::from_slice(&body).ok()?;
        let request_id = envelope.request_id.or(envelope.request_id_in_lower_case);
        let request_id = request_id.filter(|id| !id.is_empty())?;
        Some(Self {
            body,
            request_id,
            headers: Vec::new(),
        })
    }

    /// An answer of OSS, its body of the kind that was asked for.
    pub(super) fn of_oss(request_id: String, answer: HttpResponse) -> Self {
        let HttpResponse {
            status: _,
            headers,
            body,
        } = answer;
        Self {
            body: Zeroizing::new(body),
            request_id,
            headers,
        }
    }

    /// The service's number for the call.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The reply in its own shape.
    ///
    /// # Errors
    /// When a member is missing or of another type.
    pub fn read<'a, S: Deserialize<'a>>(&'a self) -> Result<S, Unreadable> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// The reply in XML, in its own shape.
    ///
    /// # Errors
    /// When it is not text, or a member is missing or of another type.
    pub fn read_xml<S: DeserializeOwned>(&self) -> Result<S, Unreadable> {
        let fail = |problem: &str| Err(Unreadable(problem.to_owned()));
        let Ok(text) = std::str::from_utf8(&self.body) else {
            return fail("it is not text");
        };
        // The parser's own words may quote what it tripped over.
        match quick_xml::de::from_str(text) {
            Ok(read) => Ok(read),
            Err(_) => fail("an element is missing or has an unexpected content"),
        }
    }

    /// The body as it came.
    ///
    /// # Errors
    /// When it is not text.
    pub fn text(&self) -> Result<String, Unreadable> {
        let text = std::str::from_utf8(&self.body).map(str::to_owned);
        text.map_err(|_| Unreadable("it is not text".to_owned()))
    }

    /// The first value of a header of OSS, its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter();
        found
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Where a list goes on: `Ok(None)` at its end.
    ///
    /// # Errors
    /// When the list is cut short without saying where it goes on.
    pub fn next_page(&self) -> Result<Option<Page>, Unreadable> {
        let PageMembers {
            next_token,
            is_truncated,
            marker,
        } = self.read()?;
        let text = |member: Option<Value>| match member {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        if let Some(token) = text(next_token) {
            return Ok(Some(Page("NextToken", token)));
        }
        if is_truncated.is_none_or(|cut| cut == Value::Bool(false)) {
            return Ok(None);
        }
        match text(marker) {
            Some(marker) => Ok(Some(Page("Marker", marker))),
            None => Err(Unreadable("the list is cut and has no `Marker`".to_owned())),
        }
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.request_id, self.body.len())
    }
}

/// The parameter that asks for the next page, and its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page(pub &'static str, pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_request_id_is_not_the_services() {
        for body in [
            "",
            "{}",
            "[]",
            "[\"a\", \"b\"]",
            "null",
            "\"x\"",
            "<html>",
            "{\"RequestId\":\"\"}",
            "{\"RequestId\":1}",
            "{\"RequestId\":\"a\"",
        ] {
            assert!(Reply::parse(body.into()).is_none(), "{body}");
        }
        let deep = format!("{{\"RequestId\":\"a\",\"x\":{}", "[".repeat(1_000_000));
        assert!(Reply::parse(deep.into()).is_none());
    }

    #[test]
    fn pages_go_on_by_marker_or_token() {
        let page = |json: &str| Reply::parse(json.into()).unwrap().next_page();
        assert_eq!(
            page(r#"{"RequestId":"r","IsTruncated":false,"Marker":"m"}"#).unwrap(),
            None
        );
        assert_eq!(
            page(r#"{"RequestId":"r","IsTruncated":true,"Marker":"m"}"#).unwrap(),
            Some(Page("Marker", "m".to_owned()))
        );
        assert_eq!(
            page(r#"{"RequestId":"r","NextToken":"t"}"#).unwrap(),
            Some(Page("NextToken", "t".to_owned()))
        );
        assert_eq!(page(r#"{"RequestId":"r","NextToken":""}"#).unwrap(), None);
        assert!(page(r#"{"RequestId":"r","IsTruncated":true}"#).is_err());
        assert!(page(r#"{"RequestId":"r","IsTruncated":"true"}"#).is_err());
    }
}
