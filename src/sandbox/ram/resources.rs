//! Which resources a RAM call touches. Source: RAM, "Actions and resources": create and list touch `role/*`, attaching
//! touches both ends.

use crate::model::AccountId;
use crate::sandbox::rpc::parameters::Parameters;

pub(super) fn of(
    operation: &'static str,
    account: &AccountId,
    parameters: &Parameters,
) -> Vec<String> {
    let of_account = |entity: &str| format!("acs:ram:*:{account}:{entity}");
    match operation {
        "CreateRole" | "ListRoles" => return vec![of_account("role/*")],
        "CreatePolicy" | "ListPolicies" => return vec![of_account("policy/*")],
        "CreateUser" => return vec![of_account("user/*")],
        "TagResources" | "UntagResources" | "ListTagResources" => {
            let kind = parameters.optional("ResourceType").unwrap_or("*");
            let names = parameters.texts("ResourceNames").unwrap_or_default();
            if names.is_empty() {
                return vec![of_account(&format!("{kind}/*"))];
            }
            let arn = |name: &String| of_account(&format!("{kind}/{name}"));
            return names.iter().map(arn).collect();
        }
        _ => {}
    }
    let mut resources = Vec::new();
    if let Some(role) = parameters.optional("RoleName") {
        resources.push(of_account(&format!("role/{role}")));
    }
    if let Some(user) = parameters.optional("UserName") {
        resources.push(of_account(&format!("user/{user}")));
    }
    if let Some(policy) = parameters.optional("PolicyName") {
        let is_system = parameters.optional("PolicyType") == Some("System");
        resources.push(if is_system {
            format!("acs:ram:*:system:policy/{policy}")
        } else {
            of_account(&format!("policy/{policy}"))
        });
    }
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    resources
}
