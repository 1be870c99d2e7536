//! ECS itself: where it is when no region is meant, and what its codes mean.

use crate::account::AccountErrorKind::LimitExceeded;
use crate::cloud::rpc::api_error::Match::Has;
use crate::cloud::rpc::call::Service;
use crate::cloud::rpc::retry::RetryClass::Final;

/// ECS. Its host here answers for the regions that have none of their own. Source: ECS, error table of `ExportImage`;
/// the endpoint table of the official SDK (July 2026).
pub const ECS: Service = Service {
    name: "ecs",
    version: "2014-05-26",
    host: "ecs-cn-hangzhou.aliyuncs.com",
    codes: &[(Has, "QuotaExceed", LimitExceeded, Final)],
    limits: &[],
};
