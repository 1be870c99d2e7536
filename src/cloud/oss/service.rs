//! OSS itself: what its codes mean.

use crate::account::AccountErrorKind::{Clock, Credential, Denied, NotFound, Throttled};
use crate::cloud::rpc::api_error::Match::{Has, Is};
use crate::cloud::rpc::call::Service;
use crate::cloud::rpc::retry::RetryClass;

/// OSS. Each call names the host of its region. Source: OSS, error pages.
pub const OSS: Service = Service {
    name: "oss",
    version: "",
    host: "oss-cn-hangzhou.aliyuncs.com",
    codes: &[
        (Has, "NoSuch", NotFound, RetryClass::Final),
        (Is, "AccessDenied", Denied, RetryClass::Final),
        (
            Is,
            "SecurityTokenExpired",
            Credential,
            RetryClass::Credential,
        ),
        (Is, "RequestTimeTooSkewed", Clock, RetryClass::Clock),
        (Is, "SlowDown", Throttled, RetryClass::Throttled),
        (Is, "QpsLimitExceeded", Throttled, RetryClass::Throttled),
        (
            Is,
            "DownloadTrafficRateLimitExceeded",
            Throttled,
            RetryClass::Throttled,
        ),
    ],
    limits: &[],
};
