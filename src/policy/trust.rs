//! The typed model of a trust policy: who may assume a role.

use super::document::{ActionMatch, Condition, Effect, Remarks};
use super::error::PolicyError;
use std::fmt;

/// A trust policy (`AssumeRolePolicyDocument`). The role itself is the resource.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrustPolicy {
    statements: Vec<TrustStatement>,
    remarks: Remarks,
    /// The text to send, where it is not ours.
    text: Option<String>,
}

impl TrustPolicy {
    /// A trust policy of these statements.
    pub fn new(statements: Vec<TrustStatement>) -> Self {
        Self {
            statements,
            remarks: Remarks::default(),
            text: None,
        }
    }

    pub(crate) fn with_remarks(statements: Vec<TrustStatement>, remarks: Remarks) -> Self {
        Self {
            statements,
            remarks,
            text: None,
        }
    }

    /// The same policy, to be sent as `text`, byte for byte, if RAM takes such a text. `text` is what it was read from.
    #[must_use]
    pub(crate) fn with_text(self, text: &str) -> Self {
        let is_kept = self.to_json() != text && Self::parse(text).is_ok();
        let text = is_kept.then(|| text.to_owned());
        Self { text, ..self }
    }

    /// The text to send: what it was read from where that is to be kept, else [`TrustPolicy::to_json`].
    pub fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.to_json())
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

    /// The statements, as written.
    pub fn statements(&self) -> &[TrustStatement] {
        &self.statements
    }

    /// What was read by stretching the grammar, one sentence each. A strict read stretches it for a byte order mark
    /// and for `"Condition": {}` only.
    pub fn notes(&self) -> &[String] {
        &self.remarks.notes
    }

    /// The first part that was read without being understood.
    pub(crate) fn first_not_understood(&self) -> Option<&PolicyError> {
        self.remarks.not_understood.first()
    }
}

/// Saved files hold a document as its compact text.
impl TryFrom<String> for TrustPolicy {
    type Error = PolicyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self::parse_live(&text)?.with_text(&text))
    }
}

impl From<TrustPolicy> for String {
    fn from(document: TrustPolicy) -> Self {
        document.text()
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

/// A service principal: `<service>` alone acts for the role's own account, `<uid>@<service>` for account `<uid>`.
///
/// Source: Log Service, "Grant access across accounts"; RAM, "Edit the trust policy of a RAM role", 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePrincipal<'a> {
    /// The account that the service acts for; `None` for the role's own.
    pub account: Option<&'a str>,
    /// The service, as `log.aliyuncs.com`.
    pub service: &'a str,
}

impl<'a> ServicePrincipal<'a> {
    /// The parts of an identifier under `Service`; any text has some.
    #[must_use]
    pub fn read(id: &'a str) -> Self {
        match id.split_once('@') {
            Some((account, service)) => Self {
                account: Some(account),
                service,
            },
            None => Self {
                account: None,
                service: id,
            },
        }
    }
}

impl fmt::Display for ServicePrincipal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, service } = self;
        match account {
            Some(account) => write!(f, "account {account} through service {service}"),
            None => write!(f, "service {service}"),
        }
    }
}
