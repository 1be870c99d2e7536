//! What a service says when it refuses a call, and what a caller may do about each code.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;

use super::retry::RetryClass;
use crate::account::{AccessDenied, AccountErrorKind};

/// An error body as sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ApiError {
    /// The code, such as `EntityNotExist.Role`.
    pub code: String,
    /// The service's own words.
    pub message: String,
    /// The id under which the service keeps the request.
    pub request_id: Option<String>,
    /// A page of the vendor about the error.
    pub recommend: Option<String>,
    /// Which policy refused what to whom.
    pub access_denied: Option<Box<AccessDenied>>,
    /// Where OSS says that the bucket must be asked.
    pub endpoint: Option<String>,
    /// What OSS signed when it found another signature.
    pub string_to_sign: Option<String>,
}

impl ApiError {
    /// Reads an error body, JSON or XML; `None` when it is neither or names no code.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let error = match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
            b'{' => parse_json(body)?,
            b'<' | 0xef => parse_xml(std::str::from_utf8(body).ok()?)?,
            _ => return None,
        };
        (!error.code.is_empty()).then_some(error)
    }
}

#[derive(Deserialize)]
struct ErrorShape {
    #[serde(rename = "Code", alias = "code")]
    code: String,
    #[serde(rename = "Message", alias = "message", default)]
    message: Option<String>,
    #[serde(
        rename = "RequestId",
        alias = "requestId",
        alias = "request_id",
        default
    )]
    request_id: Option<String>,
    #[serde(rename = "Recommend", alias = "recommend", default)]
    recommend: Option<String>,
    #[serde(rename = "AccessDeniedDetail", alias = "accessDeniedDetail", default)]
    access_denied: Option<AccessDeniedShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct AccessDeniedShape {
    auth_action: Option<String>,
    auth_principal_type: Option<String>,
    auth_principal_display_name: Option<String>,
    no_permission_type: Option<String>,
    policy_type: Option<String>,
}

fn parse_json(body: &[u8]) -> Option<ApiError> {
    let shape: ErrorShape = serde_json::from_slice(body).ok()?;
    Some(ApiError {
        code: shape.code,
        message: shape.message.unwrap_or_default(),
        request_id: shape.request_id,
        recommend: shape.recommend,
        access_denied: shape.access_denied.map(|detail| {
            Box::new(AccessDenied {
                action: detail.auth_action.unwrap_or_default(),
                principal_type: detail.auth_principal_type.unwrap_or_default(),
                principal: detail.auth_principal_display_name.unwrap_or_default(),
                no_permission_type: detail.no_permission_type.unwrap_or_default(),
                policy_type: detail.policy_type.unwrap_or_default(),
            })
        }),
        ..ApiError::default()
    })
}

/// `<Error><Code/><Message/>…</Error>`. Some gateways send it even though JSON was asked for. Entities other
/// than XML's own five stay unread, so a body cannot grow while it is read.
fn parse_xml(body: &str) -> Option<ApiError> {
    let mut reader = Reader::from_str(body);
    let mut path: Vec<String> = Vec::new();
    let mut error = ApiError::default();
    let mut denied = AccessDenied::default();
    loop {
        let text = match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                continue;
            }
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(entity) => resolve(&entity),
            Event::Eof if path.is_empty() => break,
            Event::Eof => return None,
            _ => continue,
        };
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["Error", "Code"] => error.code.push_str(&text),
            ["Error", "Message"] => error.message.push_str(&text),
            ["Error", "RequestId"] => error.request_id.get_or_insert_default().push_str(&text),
            ["Error", "Recommend"] => error.recommend.get_or_insert_default().push_str(&text),
            ["Error", "Endpoint"] => error.endpoint.get_or_insert_default().push_str(&text),
            ["Error", "StringToSign"] => {
                error.string_to_sign.get_or_insert_default().push_str(&text)
            }
            ["Error", "AccessDeniedDetail", member] => {
                if let Some(place) = denied_member(&mut denied, member) {
                    place.push_str(&text);
                }
            }
            _ => {}
        }
    }
    error.access_denied = (denied != AccessDenied::default()).then(|| Box::new(denied));
    Some(error)
}

fn denied_member<'a>(denied: &'a mut AccessDenied, name: &str) -> Option<&'a mut String> {
    match name {
        "AuthAction" => Some(&mut denied.action),
        "AuthPrincipalType" => Some(&mut denied.principal_type),
        "AuthPrincipalDisplayName" => Some(&mut denied.principal),
        "NoPermissionType" => Some(&mut denied.no_permission_type),
        "PolicyType" => Some(&mut denied.policy_type),
        _ => None,
    }
}

fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.to_string();
    }
    let name: &str = entity;
    quick_xml::escape::resolve_predefined_entity(name)
        .unwrap_or_default()
        .to_owned()
}

/// How a code is compared with a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The whole code.
    Is,
    /// Its beginning, up to a dot or its end.
    Under,
    /// Any part of it.
    Has,
}

/// A row of a table of codes: how it is compared, the code, and what may be done about it.
pub type CodeMeaning = (Match, &'static str, AccountErrorKind, RetryClass);

/// The codes that every service may answer with; the first row that matches counts.
///
/// Source: the common codes of the gateway.
const COMMON: &[CodeMeaning] = {
    use AccountErrorKind::{Clock, Credential, Denied, Rejected, Throttled, Unavailable};
    use Match::{Has, Is, Under};
    use RetryClass as Class;
    &[
        (Has, "Throttling", Throttled, Class::Throttled),
        (Under, "NoPermission", Denied, Class::Final),
        (Under, "Forbidden", Denied, Class::Final),
        (Is, "InvalidTimeStamp.Expired", Clock, Class::Clock),
        (Is, "SignatureNonceUsed", Rejected, Class::Nonce),
        (Is, "SignatureDoesNotMatch", Credential, Class::Credential),
        (Under, "InvalidAccessKeyId", Credential, Class::Credential),
        (Under, "InvalidSecurityToken", Credential, Class::Credential),
        (Is, "MissingSecurityToken", Credential, Class::Credential),
        (Under, "ServiceUnavailable", Unavailable, Class::Transient),
        (Under, "InternalError", Unavailable, Class::Transient),
        (Is, "UnknownError", Unavailable, Class::Transient),
    ]
};

/// What may be done about an answer with this code and status. `own` are the codes of the service itself. A code that
/// nobody knows goes by the status.
pub(super) fn classify(
    own: &[CodeMeaning],
    code: &str,
    status: u16,
) -> (AccountErrorKind, RetryClass) {
    let row = own.iter().chain(COMMON).find(|(how, text, ..)| match how {
        Match::Is => code == *text,
        Match::Under => code
            .strip_prefix(text)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
        Match::Has => code.contains(text),
    });
    match (row, status) {
        (Some((_, _, kind, class)), _) => (*kind, *class),
        (None, 429) => (AccountErrorKind::Throttled, RetryClass::Throttled),
        (None, 500..) => (AccountErrorKind::Unavailable, RetryClass::Transient),
        (None, _) => (AccountErrorKind::Rejected, RetryClass::Final),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_errors_keep_everything() {
        let error = ApiError::parse(
            br#" {"RequestId":"0DEB","HostId":"ram.aliyuncs.com","Code":"NoPermission","Message":"no","Recommend":"https://x",
              "AccessDeniedDetail":{"AuthAction":"ram:GetRole","AuthPrincipalType":"SubUser","AuthPrincipalOwnerId":"1",
              "AuthPrincipalDisplayName":"21","NoPermissionType":"ImplicitDeny","PolicyType":"ControlPolicy","EncodedDiagnosticMessage":"x"}}"#,
        )
        .unwrap();
        assert_eq!(error.code, "NoPermission");
        assert_eq!(error.request_id.as_deref(), Some("0DEB"));
        assert_eq!(error.recommend.as_deref(), Some("https://x"));
        let denied = error.access_denied.unwrap();
        assert_eq!(denied.action, "ram:GetRole");
        assert_eq!(denied.principal_type, "SubUser");
        assert_eq!(denied.principal, "21");
        assert_eq!(denied.no_permission_type, "ImplicitDeny");
        assert_eq!(denied.policy_type, "ControlPolicy");
    }

    #[test]
    fn lower_case_members_are_taken() {
        let error =
            ApiError::parse(br#"{"code":"Throttling","message":"slow","requestId":"r"}"#).unwrap();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("Throttling", "slow")
        );
        assert_eq!(error.request_id.as_deref(), Some("r"));
    }

    #[test]
    fn xml_errors_are_read_with_entities_and_cdata() {
        let error = ApiError::parse(
            b"<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r</RequestId><HostId>h</HostId>\
              <Code>NoPermission</Code><Message>a &lt;b&gt; &amp; &#x27;c&#39; <![CDATA[<d>]]> &bomb;</Message>\
              <AccessDeniedDetail><AuthAction>ram:GetRole</AuthAction></AccessDeniedDetail></Error>",
        )
        .unwrap();
        assert_eq!(error.code, "NoPermission");
        assert_eq!(error.message, "a <b> & 'c' <d> ");
        assert_eq!(error.request_id.as_deref(), Some("r"));
        assert_eq!(error.access_denied.unwrap().action, "ram:GetRole");
    }

    #[test]
    fn what_is_no_error_body_is_not_taken_for_one() {
        for body in [
            "",
            "  ",
            "oops",
            "{}",
            "[]",
            r#"{"Code":""}"#,
            r#"{"Code":404}"#,
            r#"{"Code":"EntityNotExist.Role""#,
            "<html><body><Code>EntityNotExist.Role</Code></body></html>",
            "<Error><Code>EntityNotExist.Role</Code>",
            "<Error></Error>",
        ] {
            assert_eq!(ApiError::parse(body.as_bytes()), None, "{body}");
        }
        assert_eq!(ApiError::parse(&[b'<', 0xff]), None);
    }

    #[test]
    fn codes_go_by_prefix() {
        use AccountErrorKind as Kind;
        let own: &[CodeMeaning] = &[(
            Match::Under,
            "EntityNotExist",
            Kind::NotFound,
            RetryClass::Final,
        )];
        for (code, status, kind, class) in [
            (
                "EntityNotExist.Role",
                404,
                Kind::NotFound,
                RetryClass::Final,
            ),
            ("EntityNotExistence", 404, Kind::Rejected, RetryClass::Final),
            ("NoPermission", 403, Kind::Denied, RetryClass::Final),
            ("Forbidden.RAM", 403, Kind::Denied, RetryClass::Final),
            ("Throttling", 400, Kind::Throttled, RetryClass::Throttled),
            (
                "Throttling.User",
                503,
                Kind::Throttled,
                RetryClass::Throttled,
            ),
            (
                "Rejected.Throttling",
                400,
                Kind::Throttled,
                RetryClass::Throttled,
            ),
            ("Odd", 429, Kind::Throttled, RetryClass::Throttled),
            (
                "InternalError",
                500,
                Kind::Unavailable,
                RetryClass::Transient,
            ),
            (
                "ServiceUnavailable",
                503,
                Kind::Unavailable,
                RetryClass::Transient,
            ),
            ("Odd", 502, Kind::Unavailable, RetryClass::Transient),
            (
                "InvalidTimeStamp.Expired",
                400,
                Kind::Clock,
                RetryClass::Clock,
            ),
            (
                "InvalidTimeStamp.Format",
                400,
                Kind::Rejected,
                RetryClass::Final,
            ),
            ("SignatureNonceUsed", 400, Kind::Rejected, RetryClass::Nonce),
            (
                "InvalidAccessKeyId.NotFound",
                404,
                Kind::Credential,
                RetryClass::Credential,
            ),
            (
                "InvalidSecurityToken.Expired",
                400,
                Kind::Credential,
                RetryClass::Credential,
            ),
            (
                "MalformedPolicyDocument",
                400,
                Kind::Rejected,
                RetryClass::Final,
            ),
            ("Inactive", 403, Kind::Rejected, RetryClass::Final),
        ] {
            assert_eq!(classify(own, code, status), (kind, class), "{code}");
        }
    }
}
