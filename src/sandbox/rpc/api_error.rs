//! Error answers: code, HTTP status and message as documented.
//!
//! Source of codes and messages: RAM API Reference, "Error messages" (document 28754); the gateway's are those of
//! its common error list. Where neither gives one, the comment says what it was modelled on.

use serde_json::{Value, json};

/// One error answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// `AccessDeniedDetail`, where a permission was missing.
    pub(crate) denied: Option<Value>,
    /// Header `x-acs-retry-after`, in milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            denied: None,
            retry_after_ms: None,
        }
    }

    /// A parameter that the operation needs is missing.
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(
            400,
            format!("Missing{parameter}"),
            format!("{parameter} is mandatory for this action."),
        )
    }

    /// A parameter that the gateway needs is missing.
    pub(crate) fn missing_common(parameter: &str) -> Self {
        Self::new(
            400,
            "MissingParameter",
            format!(
                "The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied."
            ),
        )
    }

    pub(crate) fn invalid_chars(parameter: &str) -> Self {
        Self::new(
            400,
            format!("InvalidParameter.{parameter}.InvalidChars"),
            format!("The parameter - \"{parameter}\" contains invalid chars."),
        )
    }

    pub(crate) fn too_long(parameter: &str) -> Self {
        Self::new(
            400,
            format!("InvalidParameter.{parameter}.Length"),
            format!("The parameter - \"{parameter}\" beyond the length limit."),
        )
    }

    pub(crate) fn bad_format(parameter: &str) -> Self {
        Self::new(
            400,
            format!("InvalidParameter.{parameter}.Format"),
            format!("The format of the parameter - \"{parameter}\" is incorrect."),
        )
    }

    pub(crate) fn incorrect(parameter: &str) -> Self {
        Self::new(
            400,
            format!("InvalidParameter.{parameter}"),
            format!("The parameter - \"{parameter}\" is incorrect."),
        )
    }

    /// Modelled on the documented `InvalidParameter.MinimumPasswordLength.Range`.
    pub(crate) fn out_of_range(parameter: &str, least: u32, most: u32) -> Self {
        Self::new(
            400,
            format!("InvalidParameter.{parameter}.Range"),
            format!("The parameter - \"{parameter}\" MUST be in the range of {least} and {most}."),
        )
    }

    /// The documented message is free text with details.
    pub(crate) fn malformed_document(details: impl Into<String>) -> Self {
        Self::new(400, "MalformedPolicyDocument", details)
    }

    pub(crate) fn no_role() -> Self {
        Self::new(404, "EntityNotExist.Role", "The role does not exist.")
    }

    pub(crate) fn no_policy() -> Self {
        Self::new(404, "EntityNotExist.Policy", "The policy does not exist.")
    }

    pub(crate) fn no_policy_version() -> Self {
        Self::new(
            404,
            "EntityNotExist.Policy.Version",
            "The policy version does not exist.",
        )
    }

    pub(crate) fn no_user() -> Self {
        Self::new(404, "EntityNotExist.User", "The user does not exist.")
    }

    /// Modelled on the documented message of `EntityNotExist.Group.Policy`.
    pub(crate) fn not_attached_to_role() -> Self {
        Self::new(
            404,
            "EntityNotExist.Role.Policy",
            "The indicate policy attached to the role does not exist.",
        )
    }

    pub(crate) fn not_attached_to_user() -> Self {
        Self::new(
            404,
            "EntityNotExist.User.Policy",
            "The indicate policy of the user does not exist.",
        )
    }

    pub(crate) fn already_exists(entity: &str, message: &str) -> Self {
        Self::new(409, format!("EntityAlreadyExists.{entity}"), message)
    }

    pub(crate) fn delete_conflict(entity: &str, message: &str) -> Self {
        Self::new(409, format!("DeleteConflict.{entity}"), message)
    }

    pub(crate) fn limit_exceeded(entity: &str, message: &str) -> Self {
        Self::new(409, format!("LimitExceeded.{entity}"), message)
    }

    /// The documented rule has no documented code; this one is made up.
    pub(crate) fn service_linked() -> Self {
        Self::new(
            403,
            "NoPermission",
            "The role is a service-linked role and can only be changed by the cloud service it is linked to.",
        )
    }

    /// A permission was missing, without RAM's account of it.
    pub(crate) fn no_permission() -> Self {
        Self::new(
            403,
            "NoPermission",
            "You are not authorized to do this action. You should be authorized by RAM.",
        )
    }

    /// A permission was missing: RAM says which, and whether nothing allows it or something denies it.
    /// Source: error field `AccessDeniedDetail`.
    pub(crate) fn denied(denial: &Denial<'_>) -> Self {
        let Denial {
            action,
            principal_type,
            principal,
            owner,
            kind,
            layer,
        } = denial;
        let mut error = Self::no_permission();
        error.denied = Some(json!({
            "AuthAction": action,
            "AuthPrincipalType": principal_type,
            "AuthPrincipalDisplayName": principal,
            "AuthPrincipalOwnerId": owner,
            "NoPermissionType": kind,
            "PolicyType": layer,
            "EncodedDiagnosticMessage": "U2FuZGJveA==",
        }));
        error
    }

    /// The same in the words of ECS. Source: ECS, common error codes.
    pub(crate) fn of_ecs(self) -> Self {
        Self {
            code: "Forbidden.RAM".to_owned(),
            message: "User not authorized to operate on the specified resource, or this API doesn't support RAM."
                .to_owned(),
            ..self
        }
    }

    pub(crate) fn throttled(retry_after_ms: Option<u64>) -> Self {
        let mut error = Self::new(
            400,
            "Throttling.User",
            "Request was denied due to user flow control.",
        );
        error.retry_after_ms = retry_after_ms;
        error
    }

    pub(crate) fn server_error(status: u16) -> Self {
        if status == 503 {
            return Self::new(
                status,
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.",
            );
        }
        Self::new(status, "InternalError", "An internal error occurred.")
    }

    /// The body's members but for `RequestId`.
    pub(crate) fn body(&self, host: &str) -> Value {
        let mut body = json!({
            "HostId": host,
            "Code": self.code,
            "Message": self.message,
            "Recommend": format!("https://api.aliyun.com/troubleshoot?q={}", self.code),
        });
        if let (Some(denied), Some(members)) = (&self.denied, body.as_object_mut()) {
            members.insert("AccessDeniedDetail".to_owned(), denied.clone());
        }
        body
    }
}

/// Which permission was missing, and why.
pub(crate) struct Denial<'a> {
    pub(crate) action: &'a str,
    pub(crate) principal_type: &'a str,
    pub(crate) principal: &'a str,
    /// The account id; empty when it is not known.
    pub(crate) owner: &'a str,
    /// `ImplicitDeny` or `ExplicitDeny`.
    pub(crate) kind: &'a str,
    /// RAM's name for the layer that decided, such as `ControlPolicy`.
    pub(crate) layer: &'a str,
}
