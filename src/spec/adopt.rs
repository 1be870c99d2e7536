//! A live account back to spec text.
//!
//! The text is read back with our own reader before it is handed out. A part that the reader would refuse, or
//! that cannot be written without changing it, is left out and named in a comment at the top: a spec that
//! leaves something out plans nothing for it.

use std::collections::{BTreeMap, BTreeSet};

use super::emit::emit;
use super::error::{Diagnostic, SpecErrors};
use super::load;
use super::written::{
    description, spelling, strict_policy, strict_trust, text, version, written_exports,
    written_tags,
};
use super::yaml::Raw;
use crate::model::{
    Export, ObservedPolicy, ObservedRole, ObservedState, PolicyName, PolicyRef, PolicyType,
    RoleName, Tags,
};
use crate::visible::visible;

/// A live account as a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The spec's text; planning it there changes nothing. What is left out is said in comments at the top.
    pub text: String,
    /// What is left out, and why, one line each; empty when everything is described.
    pub left_out: Vec<String>,
}

/// The spec that describes the roles and custom policies of `observed`.
#[must_use]
pub fn adopt(observed: &ObservedState) -> Adopted {
    let draft = Draft::of(observed, &Granted::default()).readable();
    let mut text = format!(
        "# Describes account {} as it was read. Planning this spec there changes nothing.\n",
        observed.caller.account
    );
    text.extend(draft.left_out.iter().map(|what| left_out_line(what)));
    text.push_str(&draft.text());
    Adopted {
        text,
        left_out: draft.left_out,
    }
}

/// The comment that says what is not in a spec.
pub(super) fn left_out_line(what: &str) -> String {
    // A message is one line by rule; a comment must not depend on it.
    let line = what.replace(char::is_control, " ");
    format!("# Left out: {}\n", visible(&line))
}

/// Custom policies that are written as `grant: image-export`, and the exports that this stands for.
#[derive(Debug, Default)]
pub(super) struct Granted<'a> {
    pub(super) policies: BTreeSet<&'a PolicyName>,
    pub(super) exports: &'a [Export],
}

/// A spec in the making.
pub(super) struct Draft {
    exports: Option<Raw>,
    policies: Vec<(PolicyName, Vec<(Raw, Raw)>)>,
    roles: Vec<RoleDraft>,
    pub(super) left_out: Vec<String>,
}

struct RoleDraft {
    name: RoleName,
    entries: Vec<(Raw, Raw)>,
    policies: Vec<PolicyRef>,
}

impl Draft {
    /// What `observed` holds, with the policies of `granted` written as grants.
    pub(super) fn of(observed: &ObservedState, granted: &Granted<'_>) -> Self {
        let ObservedState {
            read_at: _,
            caller: _,
            roles,
            attachments,
            policies,
            versions: _,
            role_tags,
            policy_tags,
            // Who else holds a policy is not for the spec to say.
            holders: _,
            group_attachments: _,
        } = observed;
        let mut draft = Self {
            exports: (!granted.policies.is_empty()).then(|| written_exports(granted.exports)),
            policies: Vec::new(),
            roles: Vec::new(),
            left_out: Vec::new(),
        };
        for (policy, live) in policies {
            if let (PolicyType::Custom, Some(live)) = (policy.policy_type, live) {
                let document = match granted.policies.contains(&policy.name) {
                    true => Ok((text("grant"), text("image-export"))),
                    false => strict_policy(&live.document).map(|values| (text("document"), values)),
                };
                draft.add_policy(live, document, policy_tags.get(&policy.name));
            }
        }
        for role in roles.values().flatten() {
            let attached = attachments
                .get(&role.name)
                .map(Vec::as_slice)
                .unwrap_or_default();
            draft.add_role(role, attached, role_tags.get(&role.name));
        }
        draft
    }

    fn add_policy(
        &mut self,
        live: &ObservedPolicy,
        document: Result<(Raw, Raw), String>,
        tags: Option<&Tags>,
    ) {
        let name = &live.policy.name;
        match document {
            Ok(document) => {
                let mut entries = vec![(text("name"), text(name.as_str()))];
                entries.extend(description(&live.description));
                entries.push(document);
                entries.extend(tags.and_then(written_tags));
                self.policies.push((name.clone(), entries));
            }
            Err(why) => self.left_out.push(format!("policy `{name}`: {why}")),
        }
    }

    fn add_role(&mut self, live: &ObservedRole, attached: &[PolicyRef], tags: Option<&Tags>) {
        let name = spelling(&live.name);
        if live.is_service_linked {
            self.left_out.push(format!(
                "role `{name}`: it belongs to a cloud service, which alone may edit it"
            ));
            return;
        }
        let trust = match strict_trust(&live.trust) {
            Ok(trust) => trust,
            Err(why) => {
                self.left_out.push(format!("role `{name}`: {why}"));
                return;
            }
        };
        let mut entries = vec![(text("name"), text(&name))];
        entries.extend(description(&live.description));
        let seconds = live.max_session_duration;
        entries.extend(seconds.map(|seconds| {
            (
                text("max_session_duration"),
                Raw::Number(seconds.to_string()),
            )
        }));
        entries.push((text("trust"), trust));
        entries.extend(tags.and_then(written_tags));
        let (policies, unknown): (BTreeSet<&PolicyRef>, BTreeSet<&PolicyRef>) =
            attached.iter().partition(|policy| self.can_attach(policy));
        for policy in unknown {
            self.left_out.push(format!(
                "`{policy}` on role `{name}`: its document is not in this spec"
            ));
        }
        let policies = policies.into_iter().cloned().collect();
        self.roles.push(RoleDraft {
            name: live.name.clone(),
            entries,
            policies,
        });
    }

    fn can_attach(&self, policy: &PolicyRef) -> bool {
        policy.policy_type == PolicyType::System
            || self.policies.iter().any(|(name, _)| *name == policy.name)
    }

    /// The draft without what our own reader would refuse.
    pub(super) fn readable(mut self) -> Self {
        loop {
            let is_done = match load::built_in("adopted", &self.text()) {
                Ok(_) => true,
                // Each round leaves out at least one part, so this ends.
                Err(errors) => !self.leave_out(&errors),
            };
            if is_done {
                return self;
            }
        }
    }

    /// The whole spec.
    pub(super) fn text(&self) -> String {
        let exports = self.exports.iter().cloned();
        let mut spec = vec![version()];
        spec.extend(exports.map(|exports| (text("exports"), exports)));
        spec.extend(self.parts());
        emit(&Raw::Map(spec))
    }

    /// The policies and roles of the spec.
    pub(super) fn parts(&self) -> Vec<(Raw, Raw)> {
        let mut spec = Vec::new();
        if !self.policies.is_empty() {
            let policies = self
                .policies
                .iter()
                .map(|(_, entries)| Raw::Map(entries.clone()));
            spec.push((text("policies"), Raw::List(policies.collect())));
        }
        if !self.roles.is_empty() {
            spec.push((
                text("roles"),
                Raw::List(self.roles.iter().map(RoleDraft::value).collect()),
            ));
        }
        spec
    }

    /// Whether something could be left out that `errors` are about.
    fn leave_out(&mut self, errors: &SpecErrors) -> bool {
        let mut parts: BTreeMap<Part, &Diagnostic> = BTreeMap::new();
        for error in errors.errors() {
            if let Some(part) = Part::of(&error.path) {
                parts.entry(part).or_insert(error);
            }
        }
        let before = self.left_out.len();
        // From the end, so that the numbers of what is still to go stay right.
        for (part, error) in parts.into_iter().rev() {
            self.remove(part, &error.message);
        }
        self.left_out.len() > before
    }

    fn remove(&mut self, part: Part, why: &str) {
        match part {
            Part::Policy(index) if index < self.policies.len() => {
                let (name, _) = self.policies.remove(index);
                for role in &mut self.roles {
                    role.policies
                        .retain(|policy| *policy != PolicyRef::custom(name.clone()));
                }
                self.left_out
                    .push(format!("policy `{name}`, also on roles: {why}"));
            }
            Part::Role(index, None) if index < self.roles.len() => {
                let role = self.roles.remove(index);
                self.left_out.push(format!("role `{}`: {why}", role.name));
            }
            Part::Role(index, Some(at)) => {
                if let Some(role) = self
                    .roles
                    .get_mut(index)
                    .filter(|role| at < role.policies.len())
                {
                    let policy = role.policies.remove(at);
                    self.left_out
                        .push(format!("`{policy}` on role `{}`: {why}", role.name));
                }
            }
            Part::Policy(_) | Part::Role(..) => {}
        }
    }
}

impl RoleDraft {
    fn value(&self) -> Raw {
        let policies = self.policies.iter().map(|policy| {
            let key = match policy.policy_type {
                PolicyType::Custom => "custom",
                PolicyType::System => "system",
            };
            Raw::Map(vec![(text(key), text(policy.name.as_str()))])
        });
        let mut entries = self.entries.clone();
        entries.push((text("policies"), Raw::List(policies.collect())));
        Raw::Map(entries)
    }
}

/// A part that can be left out. Ordered so that attachments come after their role, and roles after policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Policy(usize),
    Role(usize, Option<usize>),
}

impl Part {
    /// The part that `path`, as `roles[0].policies[1].system`, is in.
    fn of(path: &str) -> Option<Self> {
        if let Some(rest) = path.strip_prefix("policies[") {
            return Some(Self::Policy(rest.split_once(']')?.0.parse().ok()?));
        }
        let (index, rest) = path.strip_prefix("roles[")?.split_once(']')?;
        let policy = rest
            .strip_prefix(".policies[")
            .and_then(|rest| rest.split_once(']'))
            .and_then(|(index, _)| index.parse().ok());
        Some(Self::Role(index.parse().ok()?, policy))
    }
}
