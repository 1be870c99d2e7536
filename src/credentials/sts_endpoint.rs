//! Which address of STS is asked.

use super::address;
use super::setup::Setup;
use crate::cloud::rpc::credentials::CredentialError;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::sts::service::{STS, regional_host};

const ENDPOINT: &str = "ALIBABA_CLOUD_STS_ENDPOINT";

/// The variables that name the region, STS's own first. Source: the official SDKs; the second is the aliyun CLI's.
const REGIONS: [&str; 2] = ["ALIBABA_CLOUD_STS_REGION", "ALIBABA_CLOUD_REGION_ID"];

/// What a profile says about STS.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProfileSettings<'a> {
    /// `sts_endpoint`.
    pub(super) endpoint: Option<&'a str>,
    /// `sts_region`, and `region_id` after it.
    pub(super) regions: [Option<&'a str>; 2],
    /// `enable_vpc`.
    pub(super) is_vpc: Option<bool>,
}

/// Where STS is, for every call to it: an endpoint that is given by the command line, the profile or the environment;
/// else that of the region from the command line, the environment or the profile; else the global one. The VPC switch
/// alone changes nothing, as in the SDKs.
///
/// # Errors
/// When the endpoint is no host or URL, or plain `http` to anything but this machine, or when the region is none.
pub(super) fn endpoint(
    setup: Setup<'_>,
    profile: ProfileSettings<'_>,
) -> Result<Endpoint, CredentialError> {
    let context = setup.context;
    if let Some(text) = setup.sts_endpoint {
        return from_endpoint("command line", "sts", text);
    }
    if let Some(text) = profile.endpoint {
        return from_endpoint("profile", "sts_endpoint", text);
    }
    if let Some(text) = context.variable(ENDPOINT) {
        return from_endpoint("environment", ENDPOINT, &text);
    }
    let Some((origin, name, region)) = region(setup, profile) else {
        return Ok(Endpoint::public(STS.host));
    };
    let is_of_region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !region.chars().all(is_of_region) {
        let shown = region.escape_debug();
        return Err(CredentialError::new(
            origin,
            format!("`{name}` is `{shown}`, which is no region"),
            format!("set `{name}` to a region like `cn-hangzhou`, or leave it out"),
        ));
    }
    let is_vpc = profile
        .is_vpc
        .unwrap_or_else(|| context.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"));
    Ok(Endpoint::public(&regional_host(&region, is_vpc)))
}

/// The region, with the place that names it and what it is called there. Empty counts as not set.
fn region(
    setup: Setup<'_>,
    profile: ProfileSettings<'_>,
) -> Option<(&'static str, &'static str, String)> {
    let is_filled = |text: &&str| !text.is_empty();
    let given = setup.region.filter(is_filled);
    let given = given.map(|region| ("command line", "--region", region.to_owned()));
    let from_environment = || {
        REGIONS
            .iter()
            .find_map(|name| Some(("environment", *name, setup.context.variable(name)?)))
    };
    let from_profile = || {
        ["sts_region", "region_id"]
            .into_iter()
            .zip(profile.regions)
            .find_map(|(name, region)| {
                Some(("profile", name, region.filter(is_filled)?.to_owned()))
            })
    };
    given.or_else(from_environment).or_else(from_profile)
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
