//! The service's errors: what their bodies say, and what a caller may do about each code.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;

use super::retry::RetryClass;
use crate::account::{AccessDenied, AccountErrorKind};

/// An error body as sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) recommend: Option<String>,
    pub(super) access_denied: Option<Box<AccessDenied>>,
}

/// Reads an error body, JSON or XML; `None` when it is neither or names no code.
pub(super) fn parse(body: &[u8]) -> Option<ServiceError> {
    let error = match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'{' => parse_json(body)?,
        b'<' | 0xef => parse_xml(std::str::from_utf8(body).ok()?)?,
        _ => return None,
    };
    (!error.code.is_empty()).then_some(error)
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

fn parse_json(body: &[u8]) -> Option<ServiceError> {
    let shape: ErrorShape = serde_json::from_slice(body).ok()?;
    Some(ServiceError {
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
    })
}

/// `<Error><Code/><Message/>…</Error>`. Some gateways send it even though JSON was asked for. Entities other
/// than XML's own five stay unread, so a body cannot grow while it is read.
fn parse_xml(body: &str) -> Option<ServiceError> {
    let mut reader = Reader::from_str(body);
    let mut path: Vec<String> = Vec::new();
    let mut error = ServiceError::default();
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

/// How a code of the table is compared.
#[derive(Debug, Clone, Copy)]
enum Match {
    /// The whole code.
    Is,
    /// Its beginning, up to a dot or its end.
    Under,
    /// Any part of it.
    Has,
}

/// What may be done about each code; the first row that matches counts. A code in no row goes by its status.
///
/// Source: RAM and STS error tables, and the gateway's common codes. RAM spells `EntityNotExist`, the resource
/// directory `EntityNotExists`; so the longer spelling has its own row.
const TABLE: &[(Match, &str, AccountErrorKind, RetryClass)] = {
    use AccountErrorKind as Kind;
    use Match::{Has, Is, Under};
    use RetryClass as Class;
    &[
        (Has, "Throttling", Kind::Throttled, Class::Throttled),
        (Under, "EntityNotExist", Kind::NotFound, Class::Final),
        (Under, "EntityNotExists", Kind::NotFound, Class::Final),
        (
            Under,
            "EntityAlreadyExists",
            Kind::AlreadyExists,
            Class::Final,
        ),
        (
            Under,
            "EntityAlreadyExist",
            Kind::AlreadyExists,
            Class::Final,
        ),
        (Under, "DeleteConflict", Kind::Conflict, Class::Final),
        (Under, "LimitExceeded", Kind::LimitExceeded, Class::Final),
        (Under, "NoPermission", Kind::Denied, Class::Final),
        (Under, "Forbidden", Kind::Denied, Class::Final),
        (Under, "AuthenticationFail", Kind::Denied, Class::Final),
        (Is, "InvalidTimeStamp.Expired", Kind::Clock, Class::Clock),
        (Is, "SignatureNonceUsed", Kind::Rejected, Class::Nonce),
        (
            Is,
            "SignatureDoesNotMatch",
            Kind::Credential,
            Class::Credential,
        ),
        (
            Under,
            "InvalidAccessKeyId",
            Kind::Credential,
            Class::Credential,
        ),
        (
            Under,
            "InvalidSecurityToken",
            Kind::Credential,
            Class::Credential,
        ),
        (
            Is,
            "MissingSecurityToken",
            Kind::Credential,
            Class::Credential,
        ),
        (
            Under,
            "ServiceUnavailable",
            Kind::Unavailable,
            Class::Transient,
        ),
        (Under, "InternalError", Kind::Unavailable, Class::Transient),
        (Is, "UnknownError", Kind::Unavailable, Class::Transient),
    ]
};

/// What may be done about an answer with this code and status.
pub(super) fn classify(code: &str, status: u16) -> (AccountErrorKind, RetryClass) {
    let row = TABLE.iter().find(|(how, text, ..)| match how {
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
        let error = parse(
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
        let error = parse(br#"{"code":"Throttling","message":"slow","requestId":"r"}"#).unwrap();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("Throttling", "slow")
        );
        assert_eq!(error.request_id.as_deref(), Some("r"));
    }

    #[test]
    fn xml_errors_are_read_with_entities_and_cdata() {
        let error = parse(
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
            assert_eq!(parse(body.as_bytes()), None, "{body}");
        }
        assert_eq!(parse(&[b'<', 0xff]), None);
    }

    #[test]
    fn codes_go_by_prefix() {
        use AccountErrorKind as Kind;
        for (code, status, kind, class) in [
            (
                "EntityNotExist.Role",
                404,
                Kind::NotFound,
                RetryClass::Final,
            ),
            (
                "EntityNotExists.ResourceDirectory",
                404,
                Kind::NotFound,
                RetryClass::Final,
            ),
            ("EntityNotExistence", 404, Kind::Rejected, RetryClass::Final),
            (
                "EntityAlreadyExists.Role.Policy",
                409,
                Kind::AlreadyExists,
                RetryClass::Final,
            ),
            (
                "DeleteConflict.Policy.Version",
                409,
                Kind::Conflict,
                RetryClass::Final,
            ),
            (
                "LimitExceeded.Policy.Version",
                409,
                Kind::LimitExceeded,
                RetryClass::Final,
            ),
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
            assert_eq!(classify(code, status), (kind, class), "{code}");
        }
    }
}
