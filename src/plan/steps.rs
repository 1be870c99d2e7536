//! Turns changes into the writes that bring them about.

use crate::model::{
    Address, ObservedState, PolicyName, PolicyRef, PolicyVersion, RoleName, Step, Tags, limit,
};
use crate::policy::{Comparison, PolicyDocument};

use super::action::Action;
use super::change::{Change, DocumentChange, FieldChange};
use super::compare;

/// One write, with what its document gains and loses.
pub(super) struct DraftStep {
    pub(super) step: Step,
    pub(super) access: Option<Comparison>,
}

impl From<Step> for DraftStep {
    fn from(step: Step) -> Self {
        Self { step, access: None }
    }
}

/// The writes of all changes, in the order of the changes.
pub(super) fn steps(changes: &[Change], observed: &ObservedState) -> Vec<DraftStep> {
    changes
        .iter()
        .flat_map(|change| steps_of(change, observed))
        .collect()
}

fn steps_of(change: &Change, observed: &ObservedState) -> Vec<DraftStep> {
    let fields = Fields::of(change);
    match (&change.address, change.action) {
        (_, Action::NoOp) => Vec::new(),
        (Address::Policy(name), Action::Create) => create_policy(name, fields),
        (Address::Policy(name), Action::Update) => update_policy(name, fields, observed),
        (Address::Policy(name), Action::Delete) => delete_policy(name, observed),
        (Address::Role(name), Action::Create) => create_role(name, fields),
        (Address::Role(name), Action::Update) => update_role(name, fields),
        (Address::Role(name), Action::Delete) => {
            vec![Step::DeleteRole { role: name.clone() }.into()]
        }
        (Address::Attachment { role, policy }, Action::Delete) => {
            let step = Step::DetachPolicy {
                role: role.clone(),
                policy: policy.clone(),
            };
            vec![DraftStep {
                step,
                access: change.access.clone(),
            }]
        }
        (
            Address::GroupAttachment {
                role,
                policy,
                group,
            },
            Action::Delete,
        ) => {
            let step = Step::DetachGroupPolicy {
                role: role.clone(),
                policy: policy.clone(),
                group: group.clone(),
            };
            vec![DraftStep {
                step,
                access: change.access.clone(),
            }]
        }
        // Nothing is ever attached for a group.
        (Address::GroupAttachment { .. }, Action::Create | Action::Update) => Vec::new(),
        // An attachment has nothing that could be updated.
        (Address::Attachment { role, policy }, Action::Create | Action::Update) => {
            let step = Step::AttachPolicy {
                role: role.clone(),
                policy: policy.clone(),
            };
            vec![DraftStep {
                step,
                access: change.access.clone(),
            }]
        }
    }
}

/// The fields of a change, each where a step wants it.
#[derive(Default)]
struct Fields<'a> {
    document: Option<&'a DocumentChange>,
    description: Option<&'a String>,
    max_session_duration: Option<u32>,
    tags: Option<&'a Tags>,
}

impl<'a> Fields<'a> {
    fn of(change: &'a Change) -> Self {
        let mut fields = Self::default();
        for field in &change.fields {
            match field {
                FieldChange::Trust(document) | FieldChange::Document(document) => {
                    fields.document = Some(document);
                }
                FieldChange::Description { before: _, after } => fields.description = Some(after),
                FieldChange::MaxSessionDuration { before: _, after } => {
                    fields.max_session_duration = Some(*after);
                }
                FieldChange::Tags { before: _, after } => fields.tags = Some(after),
            }
        }
        fields
    }
}

fn create_policy(name: &PolicyName, fields: Fields<'_>) -> Vec<DraftStep> {
    let Some(document) = fields.document else {
        return Vec::new();
    };
    let step = Step::CreatePolicy {
        policy: name.clone(),
        document: document.after.clone(),
        description: fields.description.cloned(),
        tags: fields.tags.cloned().unwrap_or_default(),
    };
    vec![DraftStep {
        step,
        access: Some(document.access.clone()),
    }]
}

fn update_policy(
    name: &PolicyName,
    fields: Fields<'_>,
    observed: &ObservedState,
) -> Vec<DraftStep> {
    let mut steps = Vec::new();
    if let Some(document) = fields.document {
        steps.extend(bring_into_force(name, document, observed));
    }
    if let Some(description) = fields.description {
        let step = Step::UpdatePolicyDescription {
            policy: name.clone(),
            description: description.clone(),
        };
        steps.push(step.into());
    }
    if let Some(tags) = fields.tags {
        steps.push(
            Step::TagPolicy {
                policy: name.clone(),
                tags: tags.clone(),
            }
            .into(),
        );
    }
    steps
}

/// Brings a document into force: by an older version that means the same where there is one, since every new
/// version costs one of five; otherwise by a new version, after dropping the oldest spare one at the limit.
fn bring_into_force(
    name: &PolicyName,
    document: &DocumentChange,
    observed: &ObservedState,
) -> Vec<DraftStep> {
    let nothing = Vec::new();
    let versions = observed.versions.get(name).unwrap_or(&nothing);
    let access = Some(document.access.clone());
    let has_the_text = |version: &&PolicyVersion| version.document == document.after;
    let mut candidates = versions
        .iter()
        .rev()
        .filter(|version| stands_for(version, &document.after));
    let same_text = candidates.clone().find(has_the_text);
    if let Some(version) = same_text.or_else(|| candidates.next()) {
        let step = Step::SetDefaultPolicyVersion {
            policy: name.clone(),
            version: version.id,
        };
        return vec![DraftStep { step, access }];
    }
    let spare = versions.iter().find(|version| !version.is_default);
    let drop = spare.filter(|_| versions.len() >= limit::POLICY_VERSIONS);
    let drop = drop.map(|oldest| {
        Step::DeletePolicyVersion {
            policy: name.clone(),
            version: oldest.id,
        }
        .into()
    });
    let step = Step::CreatePolicyVersion {
        policy: name.clone(),
        document: document.after.clone(),
    };
    drop.into_iter()
        .chain([DraftStep { step, access }])
        .collect()
}

fn stands_for(version: &PolicyVersion, wanted: &str) -> bool {
    let wanted = PolicyDocument::parse_live(wanted);
    !version.is_default
        && wanted.is_ok_and(|wanted| compare::permission(&version.document, &wanted).is_same())
}

/// RAM deletes a policy only when no version but the default one is left.
fn delete_policy(name: &PolicyName, observed: &ObservedState) -> Vec<DraftStep> {
    let spare = observed
        .versions
        .get(name)
        .into_iter()
        .flatten()
        .filter(|version| !version.is_default);
    let drops = spare.map(|version| Step::DeletePolicyVersion {
        policy: name.clone(),
        version: version.id,
    });
    drops
        .chain([Step::DeletePolicy {
            policy: name.clone(),
        }])
        .map(DraftStep::from)
        .collect()
}

fn create_role(name: &RoleName, fields: Fields<'_>) -> Vec<DraftStep> {
    let Some(trust) = fields.document else {
        return Vec::new();
    };
    let step = Step::CreateRole {
        role: name.clone(),
        trust: trust.after.clone(),
        description: fields.description.cloned(),
        max_session_duration: fields.max_session_duration,
        tags: fields.tags.cloned().unwrap_or_default(),
    };
    vec![DraftStep {
        step,
        access: Some(trust.access.clone()),
    }]
}

fn update_role(name: &RoleName, fields: Fields<'_>) -> Vec<DraftStep> {
    let Fields {
        document,
        description,
        max_session_duration,
        tags,
    } = fields;
    let mut steps = Vec::new();
    if document.is_some() || description.is_some() || max_session_duration.is_some() {
        let step = Step::UpdateRole {
            role: name.clone(),
            trust: document.map(|document| document.after.clone()),
            description: description.cloned(),
            max_session_duration,
        };
        steps.push(DraftStep {
            step,
            access: document.map(|document| document.access.clone()),
        });
    }
    if let Some(tags) = tags {
        steps.push(
            Step::TagRole {
                role: name.clone(),
                tags: tags.clone(),
            }
            .into(),
        );
    }
    steps
}

/// Whether `first` must be done before `second` can be, by RAM's own rules.
pub(super) fn must_precede(first: &Step, second: &Step) -> bool {
    let made = |role: &RoleName, policy: &PolicyRef| match first {
        Step::CreateRole { role: made, .. } => made == role,
        Step::CreatePolicy { policy: made, .. } => PolicyRef::custom(made.clone()) == *policy,
        _ => false,
    };
    match second {
        Step::AttachPolicy { role, policy } => made(role, policy),
        Step::CreatePolicyVersion { policy, .. } => {
            matches!(first, Step::DeletePolicyVersion { policy: dropped, .. } if dropped == policy)
        }
        Step::DeletePolicy { policy } => match first {
            Step::DeletePolicyVersion {
                policy: dropped, ..
            } => dropped == policy,
            Step::DetachPolicy {
                policy: detached, ..
            } => *detached == PolicyRef::custom(policy.clone()),
            _ => false,
        },
        Step::DeleteRole { role } => {
            matches!(first, Step::DetachPolicy { role: freed, .. } if freed == role)
        }
        _ => false,
    }
}
