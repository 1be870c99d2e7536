//! Compares what is wanted with what was read, one function per kind of entity.

use crate::model::{
    Address, DesiredPolicy, DesiredRole, DesiredState, ObservedRole, ObservedState, PolicyRef, Tags,
};
use crate::policy::Comparison;

use super::action::{Action, Reason};
use super::attachments;
use super::change::{Change, DocumentChange, FieldChange};
use super::compare;

/// Every address that is wanted, and every extra attachment on the roles among them.
pub(super) fn diff(desired: &DesiredState, observed: &ObservedState) -> Vec<Change> {
    let policies = desired
        .policies
        .values()
        .map(|policy| diff_policy(policy, observed));
    let roles = desired.roles.values().map(|role| diff_role(role, observed));
    let attachments = desired
        .roles
        .values()
        .flat_map(|role| attachments::diff(role, desired, observed));
    policies.chain(roles).chain(attachments).collect()
}

fn diff_policy(wanted: &DesiredPolicy, observed: &ObservedState) -> Change {
    let DesiredPolicy {
        name,
        document,
        description,
        tags,
    } = wanted;
    let address = Address::Policy(name.clone());
    let live = observed
        .policies
        .get(&PolicyRef::custom(name.clone()))
        .and_then(Option::as_ref);
    let Some(live) = live else {
        let access = compare::new_permission(document);
        let document = FieldChange::Document(DocumentChange {
            before: None,
            after: document.text(),
            access,
        });
        let fields = [
            Some(document),
            new_description(description.as_ref()),
            new_tags(tags.as_ref()),
        ];
        return create(address, fields);
    };
    let access = compare::permission(&live.document, document);
    let text_differs = live.document != document.text();
    let fields = [
        changed_document(&live.document, document.text(), &access).map(FieldChange::Document),
        changed_description(&live.description, description.as_ref()),
        changed_tags(observed.policy_tags.get(name), tags.as_ref()),
    ];
    let notes = spelling_note(name.as_str(), live.policy.name.as_str());
    update(address, fields, text_differs, notes)
}

fn diff_role(wanted: &DesiredRole, observed: &ObservedState) -> Change {
    let DesiredRole {
        name,
        trust,
        description,
        max_session_duration,
        policies: _,
        extra_policies: _,
        tags,
    } = wanted;
    let address = Address::Role(name.clone());
    let Some(live) = observed.roles.get(name).and_then(Option::as_ref) else {
        let access = compare::new_trust(trust);
        let trust = FieldChange::Trust(DocumentChange {
            before: None,
            after: trust.text(),
            access,
        });
        let session = max_session_duration.map(|after| FieldChange::MaxSessionDuration {
            before: None,
            after,
        });
        let fields = [
            Some(trust),
            new_description(description.as_ref()),
            session,
            new_tags(tags.as_ref()),
        ];
        return create(address, fields);
    };
    let access = compare::trust(&live.trust, trust);
    let text_differs = live.trust != trust.text();
    let fields = [
        changed_document(&live.trust, trust.text(), &access).map(FieldChange::Trust),
        changed_description(&live.description, description.as_ref()),
        changed_session(live, *max_session_duration),
        changed_tags(observed.role_tags.get(name), tags.as_ref()),
    ];
    update(
        address,
        fields,
        text_differs,
        spelling_note(name.as_str(), live.name.as_str()),
    )
}

fn create<const N: usize>(address: Address, fields: [Option<FieldChange>; N]) -> Change {
    let fields = fields.into_iter().flatten().collect();
    Change {
        address,
        action: Action::Create,
        reason: Reason::Missing,
        fields,
        access: None,
        notes: Vec::new(),
    }
}

fn update<const N: usize>(
    address: Address,
    fields: [Option<FieldChange>; N],
    text_differs: bool,
    notes: Vec<String>,
) -> Change {
    let fields: Vec<FieldChange> = fields.into_iter().flatten().collect();
    let (action, reason) = match (fields.is_empty(), text_differs) {
        (false, _) => (Action::Update, Reason::Differs),
        (true, true) => (Action::NoOp, Reason::SameAccess),
        (true, false) => (Action::NoOp, Reason::InSync),
    };
    Change {
        address,
        action,
        reason,
        fields,
        access: None,
        notes,
    }
}

fn changed_document(live: &str, wanted: String, access: &Comparison) -> Option<DocumentChange> {
    (!access.is_same()).then(|| DocumentChange {
        before: Some(live.to_owned()),
        after: wanted,
        access: access.clone(),
    })
}

fn new_description(wanted: Option<&String>) -> Option<FieldChange> {
    wanted.map(|after| FieldChange::Description {
        before: None,
        after: after.clone(),
    })
}

fn changed_description(live: &str, wanted: Option<&String>) -> Option<FieldChange> {
    let after = wanted.filter(|wanted| *wanted != live)?;
    Some(FieldChange::Description {
        before: Some(live.to_owned()),
        after: after.clone(),
    })
}

fn changed_session(live: &ObservedRole, wanted: Option<u32>) -> Option<FieldChange> {
    let after = wanted.filter(|wanted| live.session_duration() != *wanted)?;
    Some(FieldChange::MaxSessionDuration {
        before: Some(live.session_duration()),
        after,
    })
}

fn new_tags(wanted: Option<&Tags>) -> Option<FieldChange> {
    let after = wanted.filter(|tags| !tags.is_empty())?;
    Some(FieldChange::Tags {
        before: Tags::new(),
        after: after.clone(),
    })
}

fn changed_tags(live: Option<&Tags>, wanted: Option<&Tags>) -> Option<FieldChange> {
    let live_value = |key: &String| live.and_then(|tags| tags.get(key));
    let differing = wanted?
        .iter()
        .filter(|(key, value)| live_value(key) != Some(value));
    let after: Tags = differing
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let before = after
        .keys()
        .filter_map(|key| Some((key.clone(), live_value(key)?.clone())))
        .collect();
    (!after.is_empty()).then_some(FieldChange::Tags { before, after })
}

/// RAM ignores case, so another spelling is the same entity; say it, since people search by spelling.
fn spelling_note(wanted: &str, live: &str) -> Vec<String> {
    match wanted == live {
        true => Vec::new(),
        false => vec![format!(
            "the account spells it `{live}`; RAM takes both as the same name"
        )],
    }
}
