//! STS itself: where it is, and what its codes mean.

use crate::account::AccountErrorKind::{Denied, NotFound};
use crate::cloud::rpc::api_error::Match::Under;
use crate::cloud::rpc::call::{Limit, Service};
use crate::cloud::rpc::retry::RetryClass::Final;

/// STS at its one address for the whole world. Source: STS API Reference, error table.
pub const STS: Service = Service {
    name: "sts",
    version: "2015-04-01",
    host: "sts.aliyuncs.com",
    codes: &[
        (Under, "EntityNotExist", NotFound, Final),
        (Under, "AuthenticationFail", Denied, Final),
    ],
    // 100 a second, of all that one account has. Source: STS API Reference, flow control, July 2025.
    limits: &[Limit {
        operation: "AssumeRole",
        rate: 97.0,
        burst: 3.0,
    }],
};

/// Regions without an address of their own. Source: the endpoint map of the official STS SDK.
const WITHOUT_OWN: [&str; 2] = ["ap-south-1", "ap-southeast-2"];

/// The host of STS in a region, which is nearer than the global one; inside a VPC where `is_vpc`.
#[must_use]
pub fn regional_host(region: &str, is_vpc: bool) -> String {
    match is_vpc {
        true => format!("sts-vpc.{region}.aliyuncs.com"),
        false if WITHOUT_OWN.contains(&region) => STS.host.to_owned(),
        false => format!("sts.{region}.aliyuncs.com"),
    }
}
