//! The parts of a saved plan, field for field, and the way to and from the model.

mod desired;
mod observed;

use serde::{Deserialize, Serialize};

pub(super) use desired::DesiredShape;
pub(super) use observed::ObservedShape;

use super::SavedPlanError;
use crate::model::{PolicyName, PolicyRef, PolicyType};

type Result<T> = std::result::Result<T, SavedPlanError>;

fn bad(error: impl std::fmt::Display) -> SavedPlanError {
    SavedPlanError::Value(error.to_string())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyShape {
    #[serde(rename = "type")]
    policy_type: String,
    name: String,
}

impl PolicyShape {
    fn new(policy: &PolicyRef) -> Self {
        Self {
            policy_type: policy.policy_type.as_str().to_owned(),
            name: policy.name.to_string(),
        }
    }

    fn into_model(self) -> Result<PolicyRef> {
        let name = PolicyName::new(&self.name).map_err(bad)?;
        match self.policy_type.as_str() {
            "Custom" => Ok(PolicyRef {
                policy_type: PolicyType::Custom,
                name,
            }),
            "System" => Ok(PolicyRef {
                policy_type: PolicyType::System,
                name,
            }),
            other => Err(bad(format!("`{}` is no policy type", other.escape_debug()))),
        }
    }
}

fn policies_into<C: FromIterator<PolicyRef>>(shapes: Vec<PolicyShape>) -> Result<C> {
    shapes.into_iter().map(PolicyShape::into_model).collect()
}
