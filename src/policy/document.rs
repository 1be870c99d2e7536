//! The typed model of a permission policy, and the parts it shares with trust policies.

use super::error::PolicyError;
use std::collections::BTreeMap;

/// Most that RAM keeps of one custom policy document, whitespace included.
///
/// Unit: characters by the limits page and `CreatePolicy`, bytes by `CreatePolicyVersion`; both are
/// checked. Source: RAM, "Limits", 2025. Beyond it RAM answers `InvalidParameter.PolicyDocument.Length`.
pub const MAX_DOCUMENT_LENGTH: usize = 6144;

/// The only language version there is. Source: RAM, "Policy structure and syntax".
pub const LANGUAGE_VERSION: &str = "1";

/// A permission policy: what the identities it is attached to may do.
///
/// Equality of the type is equality of the text's structure. For "the same policy" ask
/// [`crate::policy::equivalence`].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PolicyDocument {
    statements: Vec<Statement>,
    remarks: Remarks,
    /// The text to send, where it is not ours.
    text: Option<String>,
}

/// What was noticed while reading that does not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Remarks {
    pub(crate) notes: Vec<String>,
    pub(crate) not_understood: Vec<PolicyError>,
}

impl PolicyDocument {
    /// A document of these statements.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self {
            statements,
            remarks: Remarks::default(),
            text: None,
        }
    }

    pub(crate) fn with_remarks(statements: Vec<Statement>, remarks: Remarks) -> Self {
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

    /// The text to send: what it was read from where that is to be kept, else [`PolicyDocument::to_json`].
    pub fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.to_json())
    }

    /// The statements, as written.
    pub fn statements(&self) -> &[Statement] {
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
impl TryFrom<String> for PolicyDocument {
    type Error = PolicyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self::parse_live(&text)?.with_text(&text))
    }
}

impl From<PolicyDocument> for String {
    fn from(document: PolicyDocument) -> Self {
        document.text()
    }
}

/// One statement of a permission policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// A label without meaning; not in RAM's grammar, met in live documents.
    pub sid: Option<String>,
    /// Whether it grants or refuses.
    pub effect: Effect,
    /// Which actions it is about.
    pub action: ActionMatch,
    /// Which resources it is about.
    pub resource: ResourceMatch,
    /// When it applies; empty means always.
    pub condition: Condition,
}

/// Whether a statement grants or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Grants, unless something refuses.
    Allow,
    /// Refuses, whatever grants.
    Deny,
}

impl Effect {
    /// RAM's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

/// `Action` or `NotAction`: patterns with `*` and `?`, letter case without meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionMatch {
    /// Actions that match any of these.
    Action(Vec<String>),
    /// Actions that match none of these.
    NotAction(Vec<String>),
}

impl ActionMatch {
    /// The patterns, as written.
    pub fn patterns(&self) -> &[String] {
        match self {
            ActionMatch::Action(patterns) | ActionMatch::NotAction(patterns) => patterns,
        }
    }

    /// Whether the patterns say what is *not* meant.
    pub fn is_negated(&self) -> bool {
        matches!(self, ActionMatch::NotAction(_))
    }
}

/// `Resource` or `NotResource`: patterns with `*` and `?`, letter case counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceMatch {
    /// Resources that match any of these.
    Resource(Vec<String>),
    /// Resources that match none of these. In the grammar of the 2018-2020 pages only.
    NotResource(Vec<String>),
}

impl ResourceMatch {
    /// The patterns, as written.
    pub fn patterns(&self) -> &[String] {
        match self {
            ResourceMatch::Resource(patterns) | ResourceMatch::NotResource(patterns) => patterns,
        }
    }

    /// Whether the patterns say what is *not* meant.
    pub fn is_negated(&self) -> bool {
        matches!(self, ResourceMatch::NotResource(_))
    }
}

/// A condition block: operator, key, values. All operators and keys must hold, any value suffices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Condition {
    /// Operator → key → values, as written.
    pub operators: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Condition {
    /// Whether the statement applies always.
    pub fn is_empty(&self) -> bool {
        self.operators.values().all(BTreeMap::is_empty)
    }

    /// Each (operator, key, values) of the block.
    pub fn tests(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        self.operators.iter().flat_map(|(operator, keys)| {
            keys.iter()
                .map(move |(key, values)| (operator.as_str(), key.as_str(), values.as_slice()))
        })
    }
}
