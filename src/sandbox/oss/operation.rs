//! Which operation a request asks for, and which action allows it.

use super::request::OssRequest;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    GetBucketInfo,
    GetBucketLocation,
    GetBucketPolicy,
    GetBucketWorm,
    ListObjects,
    HeadObject,
    GetObject,
}

impl Operation {
    pub(super) fn of(request: &OssRequest<'_>) -> Option<Self> {
        let method = request.http.method.as_str();
        request.bucket.as_ref()?;
        if request.key.is_some() {
            return match method {
                "HEAD" => Some(Self::HeadObject),
                "GET" => Some(Self::GetObject),
                _ => None,
            };
        }
        if method != "GET" {
            return None;
        }
        let has = |name| request.query_value(name).is_some();
        match request.query_value("list-type") {
            Some("2") => Some(Self::ListObjects),
            _ if has("bucketInfo") => Some(Self::GetBucketInfo),
            _ if has("location") => Some(Self::GetBucketLocation),
            _ if has("policy") => Some(Self::GetBucketPolicy),
            _ if has("worm") => Some(Self::GetBucketWorm),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GetBucketInfo => "GetBucketInfo",
            Self::GetBucketLocation => "GetBucketLocation",
            Self::GetBucketPolicy => "GetBucketPolicy",
            Self::GetBucketWorm => "GetBucketWorm",
            Self::ListObjects => "ListObjectsV2",
            Self::HeadObject => "HeadObject",
            Self::GetObject => "GetObject",
        }
    }

    /// Source: OSS, authorization table: both lists are `ListObjects`, HEAD is `GetObject`.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::GetBucketInfo => "oss:GetBucketInfo",
            Self::GetBucketLocation => "oss:GetBucketLocation",
            Self::GetBucketPolicy => "oss:GetBucketPolicy",
            Self::GetBucketWorm => "oss:GetBucketWorm",
            Self::ListObjects => "oss:ListObjects",
            Self::HeadObject | Self::GetObject => "oss:GetObject",
        }
    }
}
