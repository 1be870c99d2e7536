//! The error codes of OSS. Source: OSS error pages, by EC number.

use serde_json::{Value, json};

use crate::sandbox::rpc::api_error::ApiError;

/// One error answer.
#[derive(Debug)]
pub(super) struct OssError {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
    /// The detailed number.
    pub(super) ec: Option<&'static str>,
    /// More elements of the body.
    pub(super) more: Vec<(&'static str, Value)>,
}

impl OssError {
    fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            ec: None,
            more: Vec::new(),
        }
    }

    fn ec(mut self, ec: &'static str) -> Self {
        self.ec = Some(ec);
        self
    }

    /// The same fault in the words of OSS.
    pub(super) fn of_fault(error: &ApiError) -> Self {
        let (status, code) = match error.code.as_str() {
            "Throttling.User" => (503, "SlowDown"),
            "NoPermission" => (403, "AccessDenied"),
            "InvalidSecurityToken.Expired" => (403, "SecurityTokenExpired"),
            "ServiceUnavailable" => (503, "ServiceUnavailable"),
            _ => (error.status, "InternalError"),
        };
        Self::new(status, code, &error.message)
    }
}

pub(super) fn no_bucket() -> OssError {
    let message = "The specified bucket does not exist.";
    OssError::new(404, "NoSuchBucket", message).ec("0015-00000101")
}

pub(super) fn no_key() -> OssError {
    OssError::new(404, "NoSuchKey", "The specified key does not exist.").ec("0026-00000001")
}

pub(super) fn no_policy() -> OssError {
    let message = "The bucket policy does not exist.";
    OssError::new(404, "NoSuchBucketPolicy", message).ec("0015-00000301")
}

pub(super) fn no_worm() -> OssError {
    let message = "The WORM Configuration does not exist.";
    OssError::new(404, "NoSuchWORMConfiguration", message)
}

pub(super) fn archived() -> OssError {
    let message = "The operation is not valid for the object's state";
    OssError::new(403, "InvalidObjectState", message)
}

pub(super) fn not_implemented() -> OssError {
    let message = "A header you provided implies functionality that is not implemented.";
    OssError::new(501, "NotImplemented", message)
}

pub(super) fn invalid_argument(message: &str) -> OssError {
    OssError::new(400, "InvalidArgument", message)
}

/// The bucket is in another region than the request was signed for.
pub(super) fn other_endpoint(region: &str) -> OssError {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
                   send all future requests to this endpoint.";
    let mut error = OssError::new(403, "AccessDenied", message).ec("0003-00001403");
    let endpoint = format!("oss-{region}.aliyuncs.com");
    error.more.push(("Endpoint", json!(endpoint)));
    error
}

pub(super) fn no_signature() -> OssError {
    let message = "Anonymous access is forbidden for this operation.";
    OssError::new(403, "AccessDenied", message)
}

pub(super) fn old_signature() -> OssError {
    let message = "Signature version 1 is not allowed.";
    OssError::new(403, "AccessDenied", message).ec("0002-00000080")
}

pub(super) fn malformed_authorization() -> OssError {
    let message = "The authorization header or query is malformed.";
    OssError::new(400, "InvalidArgument", message)
}

pub(super) fn signing_region() -> OssError {
    let message = "Invalid signing region in Authorization header.";
    OssError::new(400, "InvalidArgument", message).ec("0002-00000226")
}

pub(super) fn expires() -> OssError {
    let message = "The x-oss-expires must be between 1 and 604800.";
    OssError::new(400, "InvalidArgument", message).ec("0002-00000232")
}

pub(super) fn expired() -> OssError {
    OssError::new(403, "AccessDenied", "Request has expired.")
}

pub(super) fn skewed() -> OssError {
    let message = "The difference between the request time and the current time is too large.";
    OssError::new(403, "RequestTimeTooSkewed", message)
}

pub(super) fn no_key_id() -> OssError {
    let message = "The OSS Access Key Id you provided does not exist in our records.";
    OssError::new(403, "InvalidAccessKeyId", message)
}

pub(super) fn inactive_key_id() -> OssError {
    let message = "The OSS Access Key Id you provided is disabled.";
    OssError::new(403, "InvalidAccessKeyId", message)
}

pub(super) fn wrong_token() -> OssError {
    let message = "The security token you provided is invalid.";
    OssError::new(403, "InvalidSecurityToken", message)
}

pub(super) fn expired_token() -> OssError {
    let message = "The security token you provided has expired.";
    OssError::new(403, "SecurityTokenExpired", message)
}

/// With the string to sign, so that a client can tell which stage differs.
pub(super) fn wrong_signature(string_to_sign: &str, canonical_request: &str) -> OssError {
    let message = "The request signature we calculated does not match the signature you provided. Check your key \
                   and signing method.";
    let mut error = OssError::new(403, "SignatureDoesNotMatch", message).ec("0002-00000001");
    error.more.push(("StringToSign", json!(string_to_sign)));
    error
        .more
        .push(("CanonicalRequest", json!(canonical_request)));
    error
}

/// The sentence is the same for RAM's refusals; what decided is in the details.
pub(super) fn denied(detail: Option<Value>) -> OssError {
    let mut error = OssError::new(403, "AccessDenied", "Access denied by bucket policy.");
    error.ec = Some("0003-00000201");
    error
        .more
        .extend(detail.map(|detail| ("AccessDeniedDetail", detail)));
    error
}
