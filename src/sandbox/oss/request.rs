//! A request to OSS, taken apart: bucket and key from the path or the host, and the query.

use percent_encoding::percent_decode_str;

use crate::cloud::rpc::transport::HttpRequest;

/// One received request, nothing of it trusted yet.
pub(super) struct OssRequest<'a> {
    pub(super) http: &'a HttpRequest,
    pub(super) host: String,
    pub(super) bucket: Option<String>,
    /// Decoded.
    pub(super) key: Option<String>,
    /// Decoded, in the order sent; `None` and an empty value are the same.
    pub(super) query: Vec<(String, String)>,
}

impl<'a> OssRequest<'a> {
    /// `None` when the request is not for OSS: it carries neither its signature nor its headers, and its path or host
    /// names no bucket.
    pub(super) fn read(http: &'a HttpRequest) -> Option<Self> {
        let (own_host, rest) = split(&http.url);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (decode(name), decode(value))
            })
            .collect();
        let host = header(http, "host").unwrap_or(own_host).to_owned();
        let in_host = bucket_of_host(&host);
        if !is_for_oss(http, path, &query, in_host.is_some()) {
            return None;
        }
        let path = path.strip_prefix('/').unwrap_or(path);
        let (bucket, key) = match in_host {
            Some(bucket) => (bucket.to_owned(), path),
            None => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                (decode(bucket), key)
            }
        };
        Some(Self {
            http,
            host,
            bucket: Some(bucket).filter(|bucket| !bucket.is_empty()),
            key: Some(decode(key)).filter(|key| !key.is_empty()),
            query,
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.http, name)
    }

    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// `/bucket/key`, decoded, as it is signed: with the bucket also where that is in the host.
    pub(super) fn resource(&self) -> String {
        match (&self.bucket, &self.key) {
            (Some(bucket), key) => format!("/{bucket}/{}", key.as_deref().unwrap_or_default()),
            (None, _) => "/".to_owned(),
        }
    }
}

/// Calls of the RPC services name an action; those to the sandbox itself and to the metadata server have their paths.
fn is_for_oss(
    http: &HttpRequest,
    path: &str,
    query: &[(String, String)],
    has_bucket_in_host: bool,
) -> bool {
    let authorization = header(http, "authorization").unwrap_or_default();
    let has_header = http
        .headers
        .iter()
        .any(|(name, _)| name.to_ascii_lowercase().starts_with("x-oss-"));
    let is_signed_in_query = query
        .iter()
        .any(|(name, _)| name.starts_with("x-oss-") || name == "OSSAccessKeyId");
    if authorization.starts_with("OSS") || has_header || is_signed_in_query {
        return true;
    }
    let is_rpc = header(http, "x-acs-action").is_some()
        || query.iter().any(|(name, _)| name == "Action")
        || http.method == "POST";
    let is_other = path.starts_with("/_sandbox/") || path.starts_with("/latest/");
    !is_rpc && !is_other && (has_bucket_in_host || path.len() > 1)
}

/// The bucket of `bucket.oss-cn-hangzhou.aliyuncs.com` or `bucket.localhost:8080`; none in other hosts.
fn bucket_of_host(host: &str) -> Option<&str> {
    let name = host.split(':').next().unwrap_or_default();
    let (bucket, rest) = name.split_once('.')?;
    let is_oss = rest.starts_with("oss-") && rest.ends_with(".aliyuncs.com");
    (is_oss || rest == "localhost").then_some(bucket)
}

fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = rest.find(['/', '?']).unwrap_or(rest.len());
    rest.split_at(place)
}

/// `+` is a plus sign: OSS decodes as in paths, not as forms do.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn header<'a>(http: &'a HttpRequest, name: &str) -> Option<&'a str> {
    http.headers
        .iter()
        .find(|(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
