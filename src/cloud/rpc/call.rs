//! One call to one service, not yet signed, in one of two protocols: RPC, or that of OSS.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::api_error::CodeMeaning;

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Its short name, as in `--endpoint NAME=URL`.
    pub name: &'static str,
    /// The version of its API, a date; empty for OSS, which has none.
    pub version: &'static str,
    /// Where it is unless an endpoint is given, or the call names a host.
    pub host: &'static str,
    /// What its own error codes mean; the common ones are known to all.
    pub codes: &'static [CodeMeaning],
    /// The operations that would reach their own limit.
    pub limits: &'static [Limit],
}

/// How often one account may call an operation. Within a second, no more than the sum of both numbers go out.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The operation.
    pub operation: &'static str,
    /// Calls a second.
    pub rate: f64,
    /// How many may go out at once after a pause.
    pub burst: f64,
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

/// How a call is put on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protocol {
    /// One POST with a form body, answered in JSON.
    Rpc,
    /// A method on a bucket or an object, answered in the way that is expected of it.
    Oss(OssTarget),
}

/// What a call to OSS is about, and how it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OssTarget {
    /// The region it is signed for, as ECS calls it.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The object's key; `None` for the bucket itself.
    pub key: Option<String>,
    /// Method and answer.
    pub answer: OssAnswer,
}

/// What answers a call to OSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OssAnswer {
    /// A document of XML, to `GET`.
    Xml,
    /// A document of JSON, to `GET`.
    Json,
    /// Headers alone, to `HEAD`.
    Headers,
}

/// One call. Never printed whole: documents may be long and are nobody's business in a log.
#[derive(Clone)]
pub struct Call {
    /// Who answers.
    pub service: &'static Service,
    /// The operation's name, such as `GetRole`.
    pub operation: &'static str,
    /// How it is put on the wire.
    pub protocol: Protocol,
    /// Where it goes unless an endpoint is given; `None` for the service's own host.
    pub host: Option<String>,
    /// Whether it can change anything.
    pub kind: CallKind,
    /// What it is about, empty for nothing in particular; errors name it.
    pub subject: String,
    /// What shows who calls.
    pub proof: Proof,
    /// The operation's own parameters; to OSS they go in the query, where an empty value stands for none.
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
            protocol: Protocol::Rpc,
            host: None,
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

    /// Sends it to this host, unless an endpoint is given.
    #[must_use]
    pub fn to(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
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
