//! The roles of an account as they are: who may assume them, which policies they hold, what each says.

use serde::Serialize;

use crate::model::{GroupAttachments, ObservedRole, ObservedState, PolicyRef};
use crate::policy::{PolicyDocument, TrustPolicy};

/// One role.
#[derive(Serialize)]
pub(super) struct Role {
    name: String,
    /// `None` where the live text cannot be interpreted.
    trusted_by: Option<Vec<Trusted>>,
    policies: Vec<Policy>,
}

/// Who a statement of the trust policy names.
#[derive(Serialize)]
struct Trusted {
    effect: &'static str,
    /// `Service`, `RAM` or `Federated`, as in the document.
    kind: &'static str,
    id: String,
    conditional: bool,
}

/// An attached policy.
#[derive(Serialize)]
struct Policy {
    name: String,
    /// The resource group it is attached for; none: the whole account.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group: Option<String>,
    /// `None` where the live text cannot be interpreted.
    statements: Option<Vec<Statement>>,
}

#[derive(Serialize)]
struct Statement {
    effect: &'static str,
    /// Whether `actions` says what is not meant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_actions: bool,
    actions: Vec<String>,
    /// Whether `resources` says what is not meant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_resources: bool,
    resources: Vec<String>,
    conditional: bool,
}

/// Every role that was asked about and exists.
pub(super) fn roles(observed: &ObservedState) -> Vec<Role> {
    let existing = observed.roles.values().flatten();
    existing.map(|role| of_role(role, observed)).collect()
}

fn of_role(role: &ObservedRole, observed: &ObservedState) -> Role {
    let everywhere = observed.attachments.get(&role.name);
    let everywhere = everywhere.into_iter().flatten();
    let mut policies: Vec<Policy> = everywhere
        .map(|policy| of_policy(policy, None, observed))
        .collect();
    if let GroupAttachments::Read(held) = &observed.group_attachments {
        let held = held.get(&role.name).into_iter().flatten();
        policies.extend(held.map(|held| of_policy(&held.policy, Some(&held.group), observed)));
    }
    Role {
        name: role.name.to_string(),
        trusted_by: TrustPolicy::parse_live(&role.trust)
            .ok()
            .map(|trust| trusted(&trust)),
        policies,
    }
}

fn trusted(trust: &TrustPolicy) -> Vec<Trusted> {
    let statements = trust.statements().iter();
    let named = statements.flat_map(|statement| {
        let members = statement.principal.members();
        members.flat_map(move |(kind, ids)| {
            ids.iter().map(move |id| Trusted {
                effect: statement.effect.as_str(),
                kind,
                id: id.clone(),
                conditional: !statement.condition.is_empty(),
            })
        })
    });
    named.collect()
}

fn of_policy(policy: &PolicyRef, group: Option<&String>, observed: &ObservedState) -> Policy {
    let found = observed.policies.get(policy).and_then(Option::as_ref);
    let document = found.and_then(|found| PolicyDocument::parse_live(&found.document).ok());
    Policy {
        name: policy.to_string(),
        resource_group: group.cloned(),
        statements: document.map(|document| document.statements().iter().map(statement).collect()),
    }
}

fn statement(statement: &crate::policy::Statement) -> Statement {
    Statement {
        effect: statement.effect.as_str(),
        not_actions: statement.action.is_negated(),
        actions: statement.action.patterns().to_vec(),
        not_resources: statement.resource.is_negated(),
        resources: statement.resource.patterns().to_vec(),
        conditional: !statement.condition.is_empty(),
    }
}
