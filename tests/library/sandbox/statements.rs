//! Parts of statements that an export may have to do with.

use serde_json::{Value, json};

pub(super) fn document(statements: &[Value]) -> Value {
    json!({ "Version": "1", "Statement": statements })
}

/// What a statement may be about; the widest first.
pub(super) fn actions() -> Vec<Value> {
    vec![
        json!({ "Action": "oss:*" }),
        json!({ "Action": "*" }),
        json!({ "Action": ["oss:GetObject", "oss:PutObject", "oss:DeleteObject", "oss:AbortMultipartUpload", "oss:ListParts"] }),
        json!({ "Action": ["oss:GetBucket*", "oss:ListMultipartUploads"] }),
        json!({ "Action": ["oss:ListObjects", "oss:DeleteBucket"] }),
        json!({ "Action": "OSS:Put?bject" }),
        json!({ "NotAction": "oss:DeleteObject" }),
    ]
}

pub(super) fn conditions() -> Vec<Value> {
    vec![
        json!({ "Bool": { "acs:SecureTransport": "false" } }),
        json!({ "Bool": { "acs:SecureTransport": "true" } }),
        json!({ "NotIpAddress": { "acs:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"] } }),
        json!({ "IpAddress": { "acs:SourceIp": "10.0.0.0/8" } }),
        json!({ "StringEquals": { "acs:SourceVpc": "vpc-office" } }),
        json!({ "StringNotEquals": { "acs:SourceVpc": "vpc-office" } }),
        json!({ "DateLessThan": { "acs:CurrentTime": "2020-01-01T00:00:00Z" } }),
        json!({ "DateGreaterThan": { "acs:CurrentTime": "2020-01-01T00:00:00Z" } }),
        json!({ "Bool": { "acs:MFAPresent": "true" } }),
    ]
}
