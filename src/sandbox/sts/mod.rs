//! STS 2015-04-01: who is calling, and becoming a role. Shapes follow the official SDK's models (1.2.0).

mod oidc;
mod roles;
pub(super) mod sessions;

use super::rpc::operation::{Operation, Run, Service, any_resource};
use super::rpc::parameters::Parameters;
use crate::model::AccountId;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation {
        service: Service::Sts,
        name: "GetCallerIdentity",
        // Source: STS, `GetCallerIdentity` needs no permission.
        action_prefix: "",
        resources: any_resource,
        run: Run::Call(roles::caller_identity),
    },
    Operation {
        service: Service::Sts,
        name: "AssumeRole",
        action_prefix: "sts",
        resources: the_role,
        run: Run::Session(roles::assume_role),
    },
    Operation {
        service: Service::Sts,
        name: "AssumeRoleWithOIDC",
        action_prefix: "",
        resources: the_role,
        run: Run::Session(oidc::assume_role),
    },
];

fn the_role(_: &'static str, _: &AccountId, parameters: &Parameters) -> Vec<String> {
    vec![parameters.optional("RoleArn").unwrap_or("*").to_owned()]
}
