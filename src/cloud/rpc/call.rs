//! One call to one service, not yet signed.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::api_error::CodeMeaning;

/// A service that speaks RPC.
#[derive(Debug)]
pub struct Service {
    /// Its short name, as in `--endpoint NAME=URL`.
    pub name: &'static str,
    /// The version of its API, a date.
    pub version: &'static str,
    /// Where it is unless an endpoint is given.
    pub host: &'static str,
    /// What its own error codes mean; the common ones are known to all.
    pub codes: &'static [CodeMeaning],
}

/// Whether a call can change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// It cannot.
    Read,
    /// It can.
    Write,
}

/// What shows the service who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A signature with the client's credentials.
    Signature,
    /// A secret parameter of the call itself.
    Parameter,
}

/// One call. Never printed whole: documents may be long and are nobody's business in a log.
#[derive(Clone)]
pub struct Call {
    /// Who answers.
    pub service: &'static Service,
    /// The operation's name, such as `GetRole`.
    pub operation: &'static str,
    /// Whether it can change anything.
    pub kind: CallKind,
    /// What it is about, empty for nothing in particular; errors name it.
    pub subject: String,
    /// What shows who calls.
    pub proof: Proof,
    /// The operation's own parameters.
    pub params: BTreeMap<&'static str, String>,
    /// More parameters, which must not be shown.
    pub secret_params: BTreeMap<&'static str, SecretString>,
}

impl Call {
    /// A signed call that changes nothing.
    #[must_use]
    pub fn read(service: &'static Service, operation: &'static str, subject: String) -> Self {
        Self {
            service,
            operation,
            kind: CallKind::Read,
            subject,
            proof: Proof::Signature,
            params: BTreeMap::new(),
            secret_params: BTreeMap::new(),
        }
    }

    /// A signed call that may change something.
    #[must_use]
    pub fn write(service: &'static Service, operation: &'static str, subject: String) -> Self {
        Self {
            kind: CallKind::Write,
            ..Self::read(service, operation, subject)
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }

    /// Adds a parameter where there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<&impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }
}
