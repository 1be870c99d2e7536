//! What to do about an error, apart from the error itself.

use crate::account::{AccessDenied, AccountError, AccountErrorKind};

/// What a person should do about `error`, on one line without a final stop.
#[must_use]
pub fn hint(error: &AccountError) -> Option<String> {
    if let Some(advice) = &error.advice {
        return Some(advice.clone());
    }
    let code = error.code.as_deref().unwrap_or_default();
    let text = match error.kind {
        AccountErrorKind::Denied => return Some(denied(error)),
        AccountErrorKind::Credential => credential(code).to_owned(),
        AccountErrorKind::NotFound => {
            "it may have been deleted meanwhile; run again to plan from what is there".to_owned()
        }
        AccountErrorKind::AlreadyExists => {
            "somebody else made it, with another content; run again to see the difference".to_owned()
        }
        AccountErrorKind::Conflict => {
            "something still depends on it; detach or delete that first, or leave this in place".to_owned()
        }
        AccountErrorKind::LimitExceeded => {
            "free some of the quota, or ask for more in Quota Center".to_owned()
        }
        AccountErrorKind::Throttled => {
            "other tools call RAM for this account at the same time; wait a minute and run again".to_owned()
        }
        AccountErrorKind::Unavailable => {
            "run again later; what is already done will be seen and not repeated".to_owned()
        }
        AccountErrorKind::Unreachable => {
            "check the network, `HTTPS_PROXY` and `NO_PROXY`, and any endpoint given; a proxy that opens TLS \
             needs `--ca-bundle`"
                .to_owned()
        }
        AccountErrorKind::Clock => {
            "set this machine's clock; the service takes at most 15 minutes of difference".to_owned()
        }
        AccountErrorKind::BadAnswer => {
            "something between here and the service answered in its place; check the endpoint and the proxy"
                .to_owned()
        }
        AccountErrorKind::OutcomeUnknown => {
            "run again: whether it took effect will be seen, and nothing is done twice".to_owned()
        }
        AccountErrorKind::Rejected => return rejected(code).map(str::to_owned),
    };
    Some(text)
}

fn credential(code: &str) -> &'static str {
    match code {
        "SignatureDoesNotMatch" => {
            "the secret does not belong to this access key id; copy both again"
        }
        "InvalidAccessKeyId.Inactive" => {
            "the access key is disabled; enable it in the RAM console or use another"
        }
        "InvalidSecurityToken.Expired" | "SecurityTokenExpired" => {
            "the session has ended; get a new one and run again"
        }
        _ if code.starts_with("InvalidAccessKeyId") => {
            "the access key id is unknown; check it for a typing error or a deleted key"
        }
        _ if code.contains("SecurityToken") => {
            "key id, secret and security token must come from the same session; get a new one"
        }
        _ => "check where the access key comes from with `export-iam whoami`",
    }
}

fn rejected(code: &str) -> Option<&'static str> {
    match code {
        "Inactive" => Some("activate RAM for this account in the console, then run again"),
        "InvalidApi.NotFound" | "InvalidAction.NotFound" | "InvalidVersion" => {
            Some("the endpoint is not the service's; check any endpoint given")
        }
        "InvalidProtocol.NeedSsl" => Some("use an https endpoint"),
        "SignatureNonceUsed" => {
            Some("a proxy may be sending requests twice; check the proxy, then run again")
        }
        _ => None,
    }
}

/// The action that allows an operation, where the service did not name it. Source: the authorization tables of the
/// services.
fn action(operation: &str) -> String {
    let (service, action) = match operation {
        "GetCallerIdentity" => ("sts", operation),
        "ExportImage" | "CancelTask" => ("ecs", operation),
        "ListObjectsV2" => ("oss", "ListObjects"),
        "HeadObject" => ("oss", "GetObject"),
        "GetObject" => ("oss", operation),
        _ if operation.starts_with("Describe") => ("ecs", operation),
        _ if operation.starts_with("GetBucket") => ("oss", operation),
        _ => ("ram", operation),
    };
    format!("{service}:{action}")
}

/// The permission to ask for, and from whom: it depends on the layer that said no.
fn denied(error: &AccountError) -> String {
    let unknown = AccessDenied::default();
    let detail = error.access_denied.as_deref().unwrap_or(&unknown);
    let action = if detail.action.is_empty() {
        action(&error.operation)
    } else {
        detail.action.clone()
    };
    let who = match (detail.principal_type.as_str(), detail.principal.as_str()) {
        (_, "") => "the caller".to_owned(),
        ("", name) => format!("`{name}`"),
        (kind, name) => format!("`{name}` ({kind})"),
    };
    let explicit = detail.no_permission_type == "ExplicitDeny";
    match (detail.policy_type.as_str(), explicit) {
        ("ControlPolicy", _) => format!(
            "a control policy of the resource directory forbids `{action}`; only the directory's management \
             account can change that, nothing in this account can"
        ),
        ("SessionPolicy", _) => format!(
            "the policy given when the session was opened does not allow `{action}`; open a session without it"
        ),
        ("AssumeRolePolicy", _) => {
            format!("the trust policy of the role does not allow {who} `{action}`; change it there")
        }
        ("ResourceGroupLevelIdentityBasedPolicy", false) => format!(
            "{who} has a policy for `{action}` in a resource group only; RAM needs it for the whole account"
        ),
        (_, true) => {
            format!(
                "a policy of {who} denies `{action}`; a Deny wins over every Allow, so remove it"
            )
        }
        (_, false) => format!("allow {who} `{action}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: AccountErrorKind, code: &str, denied: Option<AccessDenied>) -> AccountError {
        AccountError {
            operation: "CreateRole".to_owned(),
            subject: "role/ci".to_owned(),
            kind,
            code: Some(code.to_owned()),
            message: "no".to_owned(),
            http_status: Some(403),
            request_id: None,
            access_denied: denied.map(Box::new),
            recommend: None,
            advice: None,
            attempts: 1,
        }
    }

    fn denied_by(policy_type: &str, no_permission_type: &str) -> String {
        let detail = AccessDenied {
            action: "ram:CreateRole".to_owned(),
            principal_type: "SubUser".to_owned(),
            principal: "alice".to_owned(),
            no_permission_type: no_permission_type.to_owned(),
            policy_type: policy_type.to_owned(),
        };
        hint(&error(
            AccountErrorKind::Denied,
            "NoPermission",
            Some(detail),
        ))
        .unwrap()
    }

    #[test]
    fn a_missing_permission_names_action_and_layer() {
        let bare = hint(&error(AccountErrorKind::Denied, "NoPermission", None)).unwrap();
        assert_eq!(bare, "allow the caller `ram:CreateRole`");
        let plain = denied_by("AccountLevelIdentityBasedPolicy", "ImplicitDeny");
        assert!(
            plain.starts_with("allow `alice` (SubUser) `ram:CreateRole`"),
            "{plain}"
        );
        let explicit = denied_by("AccountLevelIdentityBasedPolicy", "ExplicitDeny");
        assert!(explicit.contains("denies `ram:CreateRole`"), "{explicit}");
        let control = denied_by("ControlPolicy", "ExplicitDeny");
        assert!(control.contains("nothing in this account can"), "{control}");
        assert!(denied_by("SessionPolicy", "ImplicitDeny").contains("session"));
    }

    #[test]
    fn every_kind_but_an_unknown_refusal_says_what_to_do() {
        use AccountErrorKind as Kind;
        for kind in [
            Kind::NotFound,
            Kind::AlreadyExists,
            Kind::Conflict,
            Kind::LimitExceeded,
            Kind::Denied,
            Kind::Throttled,
            Kind::Unavailable,
            Kind::Unreachable,
            Kind::Credential,
            Kind::Clock,
            Kind::BadAnswer,
            Kind::OutcomeUnknown,
        ] {
            let text = hint(&error(kind, "X", None)).unwrap();
            assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
        }
        assert_eq!(
            hint(&error(Kind::Rejected, "MalformedPolicyDocument", None)),
            None
        );
        assert!(hint(&error(Kind::Rejected, "Inactive", None)).is_some());
    }
}
