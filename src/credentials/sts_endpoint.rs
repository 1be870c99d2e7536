//! Which address of STS is asked.

use super::address;
use super::context::Context;
use crate::cloud::rpc::credentials::CredentialError;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::sts::service::{STS, regional_host};

/// What command line and profile say about the endpoint. Each beats the environment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Preferences<'a> {
    /// From the command line; beats everything.
    pub(super) given: Option<&'a str>,
    /// The profile's `sts_endpoint`.
    pub(super) endpoint: Option<&'a str>,
    /// The profile's `sts_region`.
    pub(super) region: Option<&'a str>,
    /// The profile's `enable_vpc`.
    pub(super) is_vpc: Option<bool>,
}

/// Where STS is: an endpoint if one is given, else the region's, else the global one. The VPC
/// switch alone changes nothing, as in the SDKs.
///
/// # Errors
/// When the endpoint is no host or URL, or plain `http` to anything but this machine, or when the region is none.
pub(super) fn endpoint(
    context: &Context,
    preferences: Preferences<'_>,
) -> Result<Endpoint, CredentialError> {
    const ENDPOINT: &str = "ALIBABA_CLOUD_STS_ENDPOINT";
    const REGION: &str = "ALIBABA_CLOUD_STS_REGION";
    if let Some(text) = preferences.given {
        return from_endpoint("command line", "sts", text);
    }
    if let Some(text) = preferences.endpoint {
        return from_endpoint("profile", "sts_endpoint", text);
    }
    if preferences.region.is_none()
        && let Some(text) = context.variable(ENDPOINT)
    {
        return from_endpoint("environment", ENDPOINT, &text);
    }
    let from_environment = context.variable(REGION);
    let (origin, name, region) = match (preferences.region, &from_environment) {
        (Some(region), _) => ("profile", "sts_region", region),
        (None, Some(region)) => ("environment", REGION, region.as_str()),
        (None, None) => return Ok(Endpoint::public(STS.host)),
    };
    let is_region = region
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_region || region.is_empty() {
        let shown = region.escape_debug();
        return Err(CredentialError::new(
            origin,
            format!("`{name}` is `{shown}`, which is no region"),
            format!("set `{name}` to a region like `cn-hangzhou`, or leave it out"),
        ));
    }
    let is_vpc = preferences
        .is_vpc
        .unwrap_or_else(|| context.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"));
    Ok(Endpoint::public(&regional_host(region, is_vpc)))
}

fn from_endpoint(origin: &str, name: &str, text: &str) -> Result<Endpoint, CredentialError> {
    let fail = |problem: &str| {
        Err(CredentialError::new(
            origin,
            format!("the endpoint `{name}` {problem}"),
            "give a host such as `sts.cn-hangzhou.aliyuncs.com`, or an https URL without a path",
        ))
    };
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = match address::check(&with_scheme) {
        Ok((url, _)) => url,
        Err(problem) => return fail(problem),
    };
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return fail("has a path or query");
    }
    Endpoint::new(url.as_str()).or_else(|_| fail("is not a URL"))
}
