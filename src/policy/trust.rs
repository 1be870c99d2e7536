//! The typed model of a trust policy: who may assume a role.

use super::document::{ActionMatch, Condition, Effect, Remarks};
use super::error::PolicyError;
use super::read::{self, Mode};
use super::write;

/// A trust policy (`AssumeRolePolicyDocument`). The role itself is the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPolicy {
    statements: Vec<TrustStatement>,
    remarks: Remarks,
}

impl TrustPolicy {
    /// A trust policy of these statements.
    pub fn new(statements: Vec<TrustStatement>) -> Self {
        Self {
            statements,
            remarks: Remarks::default(),
        }
    }

    pub(crate) fn with_remarks(statements: Vec<TrustStatement>, remarks: Remarks) -> Self {
        Self {
            statements,
            remarks,
        }
    }

    /// A trust policy that lets one cloud service assume the role, as `ecs.aliyuncs.com`.
    pub fn for_service(service: &str) -> Self {
        Self::new(vec![TrustStatement {
            sid: None,
            effect: Effect::Allow,
            principal: Principal {
                service: vec![service.to_owned()],
                ..Principal::default()
            },
            action: ActionMatch::Action(vec![super::catalogue::ASSUME_ROLE.to_owned()]),
            condition: Condition::default(),
        }])
    }

    /// Reads a trust policy that we or our users wrote, strictly.
    ///
    /// # Errors
    /// As [`super::PolicyDocument::parse`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        read::trust(text, Mode::Strict)
    }

    /// Reads a trust policy that the service returned, taking what the service may have taken.
    ///
    /// # Errors
    /// As [`super::PolicyDocument::parse_live`].
    pub fn parse_live(text: &str) -> Result<Self, PolicyError> {
        read::trust(text, Mode::Live)
    }

    /// The statements, as written.
    pub fn statements(&self) -> &[TrustStatement] {
        &self.statements
    }

    /// What was read by stretching the grammar, one sentence each; empty for a strict read.
    pub fn notes(&self) -> &[String] {
        &self.remarks.notes
    }

    /// Compact JSON in a stable member order, suitable to send. Lists keep the author's order.
    pub fn to_json(&self) -> String {
        write::compact(&write::trust(&self.statements))
    }

    /// As [`TrustPolicy::to_json`], for replacing a document that was read from the service.
    ///
    /// # Errors
    /// When the document holds something that was read but not understood.
    pub fn rewrite(&self) -> Result<String, PolicyError> {
        match self.remarks.not_understood.first() {
            Some(error) => Err(error.clone()),
            None => Ok(self.to_json()),
        }
    }

    /// Indented JSON in canonical order (statements and lists sorted, repeats dropped), for text diffs.
    pub fn pretty(&self) -> String {
        write::indented(&write::canonical(write::trust(&self.statements)))
    }
}

/// One statement of a trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustStatement {
    /// A label without meaning; not in RAM's grammar, met in live documents.
    pub sid: Option<String>,
    /// Whether it admits or refuses.
    pub effect: Effect,
    /// Who it is about.
    pub principal: Principal,
    /// Which actions it is about, normally `sts:AssumeRole` alone.
    pub action: ActionMatch,
    /// When it applies; empty means always.
    pub condition: Condition,
}

/// Who a trust policy names: anyone in any of the lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Principal {
    /// Cloud services, as `ecs.aliyuncs.com`.
    pub service: Vec<String>,
    /// RAM identities: `acs:ram::<uid>:root` (everyone in that account), `…:user/<name>`, `…:role/<name>`.
    pub ram: Vec<String>,
    /// Identity providers: `acs:ram::<uid>:saml-provider/<name>`, `…:oidc-provider/<name>`.
    pub federated: Vec<String>,
}

impl Principal {
    /// Each member that names someone, with RAM's spelling.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let Principal {
            service,
            ram,
            federated,
        } = self;
        [("Service", service), ("RAM", ram), ("Federated", federated)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(member, names)| (member, names.as_slice()))
    }
}
