//! The role for image export, and documents of it.

use serde_json::{Value, json};

pub(crate) const ROLE: &str = "AliyunECSImageExportDefaultRole";

/// What ExportImage needs.
pub(crate) const NEEDED: [&str; 8] = [
    "oss:GetObject",
    "oss:PutObject",
    "oss:DeleteObject",
    "oss:GetBucketLocation",
    "oss:GetBucketInfo",
    "oss:AbortMultipartUpload",
    "oss:ListMultipartUploads",
    "oss:ListParts",
];

/// A trust policy that lets `principal` in.
pub(crate) fn trust(principal: Value) -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" },
    ]})
}

/// A document that allows `actions` everywhere.
pub(crate) fn allow(actions: &[&str]) -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": actions, "Resource": "*" },
    ]})
}
