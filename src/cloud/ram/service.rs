//! RAM itself: where it is, and what its codes mean.

use crate::account::AccountErrorKind::{AlreadyExists, Conflict, LimitExceeded, NotFound};
use crate::cloud::rpc::api_error::Match::Under;
use crate::cloud::rpc::call::Service;
use crate::cloud::rpc::retry::RetryClass::Final;

/// RAM, one place for the whole world and both sites. Source: RAM API Reference, "Endpoints" and the error tables.
pub const RAM: Service = Service {
    name: "ram",
    version: "2015-05-01",
    host: "ram.aliyuncs.com",
    codes: &[
        (Under, "EntityNotExist", NotFound, Final),
        (Under, "EntityAlreadyExists", AlreadyExists, Final),
        (Under, "EntityAlreadyExist", AlreadyExists, Final),
        (Under, "DeleteConflict", Conflict, Final),
        (Under, "LimitExceeded", LimitExceeded, Final),
    ],
    limits: &[],
};
