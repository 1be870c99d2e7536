//! From a plan to findings.

use super::entity::{self, Assessment};
use super::export;
use super::finding::{DriftReport, Finding, Value};
use super::identity::{canonical, digest, id, state_of_values};
use super::never;
use crate::model::{Address, DesiredState, ObservedState};
use crate::plan::{Action, Change, FieldChange, Plan, Reason, breaches};

/// Reports on what `plan` would change, on what it leaves although the spec does not name it, on exports that are
/// blocked, and on sentences of `never` that do not hold. The plan is the one from `observed` to `desired`.
#[must_use]
pub fn audit(desired: &DesiredState, observed: &ObservedState, plan: &Plan) -> DriftReport {
    let audit = Audit { desired, observed };
    let changes = plan
        .changes
        .iter()
        .flat_map(|change| audit.of_change(change));
    let export = plan
        .verdict
        .as_ref()
        .and_then(|verdict| export::finding(&observed.caller.account, verdict));
    let account = &observed.caller.account;
    let broken = breaches(desired, observed)
        .into_iter()
        .map(|breach| never::finding(account, breach));
    let mut findings: Vec<Finding> = changes.chain(export).chain(broken).collect();
    findings.sort_by(|a, b| a.address.cmp(&b.address));
    DriftReport {
        findings,
        gone: None,
    }
}

struct Audit<'a> {
    desired: &'a DesiredState,
    observed: &'a ObservedState,
}

impl Audit<'_> {
    fn of_change(&self, change: &Change) -> Vec<Finding> {
        let address = &change.address;
        let assessment = match (change.action, change.reason, address) {
            (Action::Update, _, _) => {
                let fields = change.fields.iter();
                return fields.map(|field| self.of_field(address, field)).collect();
            }
            (Action::Create, _, Address::Attachment { role, policy }) => {
                entity::missing_attachment(role, policy, self.desired, self.observed)
            }
            (Action::Create, _, _) => entity::missing(),
            (Action::NoOp, Reason::Unmanaged, Address::Attachment { role, policy })
            | (Action::Delete, _, Address::Attachment { role, policy }) => {
                entity::extra_attachment(role, policy, self.observed)
            }
            (Action::NoOp, Reason::Unmanaged, Address::GroupAttachment { role, policy, .. })
            | (Action::Delete, _, Address::GroupAttachment { role, policy, .. }) => {
                entity::extra_group_attachment(role, policy, self.observed)
            }
            (Action::NoOp | Action::Delete, _, _) => return Vec::new(),
        };
        let state = digest([self.live_document(address)]);
        vec![self.finding(address, "", assessment, state)]
    }

    fn of_field(&self, address: &Address, field: &FieldChange) -> Finding {
        let own = self.observed.caller.account.as_str();
        let (part, live, spec) = values(field);
        let state = state_of_values(live.as_ref(), Some(&spec));
        let assessment = entity::of_field(field, own);
        Finding {
            live,
            spec: Some(spec),
            ..self.finding(address, part, assessment, state)
        }
    }

    /// The live document of an attached policy; empty for anything else, and where there is none.
    fn live_document(&self, address: &Address) -> String {
        let (Address::Attachment { policy, .. } | Address::GroupAttachment { policy, .. }) =
            address
        else {
            return String::new();
        };
        let policy = self.observed.policies.get(policy).and_then(Option::as_ref);
        policy.map_or_else(String::new, |policy| canonical(&policy.document))
    }

    fn finding(
        &self,
        address: &Address,
        part: &'static str,
        assessment: Assessment,
        state: String,
    ) -> Finding {
        let Assessment {
            kind,
            severity,
            access,
        } = assessment;
        Finding {
            address: address.clone(),
            part,
            kind,
            severity,
            id: id(&self.observed.caller.account, address, part, kind),
            state,
            live: None,
            spec: None,
            access,
            sentence: None,
            acceptance: None,
            since: None,
        }
    }
}

/// The part's name, and its values in the account and in the spec.
fn values(field: &FieldChange) -> (&'static str, Option<Value>, Value) {
    let text = |text: &String| Value::Text(text.clone());
    match field {
        FieldChange::Trust(change) => (
            "trust",
            change.before.as_ref().map(text),
            text(&change.after),
        ),
        FieldChange::Document(change) => (
            "document",
            change.before.as_ref().map(text),
            text(&change.after),
        ),
        FieldChange::Description { before, after } => {
            ("description", before.as_ref().map(text), text(after))
        }
        FieldChange::MaxSessionDuration { before, after } => (
            "max_session_duration",
            before.map(Value::Seconds),
            Value::Seconds(*after),
        ),
        FieldChange::Tags { before, after } => (
            "tags",
            Some(Value::Tags(before.clone())),
            Value::Tags(after.clone()),
        ),
    }
}
