//! ResourceManager itself: where it is, and what its codes mean.

use crate::account::AccountErrorKind::NotFound;
use crate::cloud::rpc::api_error::Match::Under;
use crate::cloud::rpc::call::{Limit, Service};
use crate::cloud::rpc::retry::RetryClass::Final;

/// ResourceManager, one place for the whole world. It spells one code in two ways. Source: its error table.
pub const RESOURCE_MANAGER: Service = Service {
    name: "resourcemanager",
    version: "2020-03-31",
    host: "resourcemanager.aliyuncs.com",
    codes: &[
        (Under, "EntityNotExist", NotFound, Final),
        (Under, "EntityNotExists", NotFound, Final),
    ],
    // 20 a second. Source: Resource Directory, ResourceManager 2020-03-31, flow control; an older page has 50.
    limits: &[Limit {
        operation: "ListAccounts",
        rate: 17.0,
        burst: 3.0,
    }],
};
