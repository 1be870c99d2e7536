//! Policy documents to JSON.

use super::bucket::BucketPolicy;
use super::document::{
    ActionMatch, Condition, Effect, LANGUAGE_VERSION, MAX_DOCUMENT_LENGTH, PolicyDocument,
    ResourceMatch, Statement,
};
use super::error::PolicyError;
use super::trust::{Principal, TrustPolicy, TrustStatement};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl PolicyDocument {
    /// Compact JSON in a stable member order, suitable to send. Lists keep the author's order.
    pub fn to_json(&self) -> String {
        compact(&policy(self.statements()))
    }

    /// As [`PolicyDocument::to_json`], for replacing a document that was read from the service.
    ///
    /// # Errors
    /// When the document holds something that was read but not understood: we do not write what we
    /// cannot vouch for.
    pub fn rewrite(&self) -> Result<String, PolicyError> {
        match self.first_not_understood() {
            Some(error) => Err(error.clone()),
            None => Ok(self.to_json()),
        }
    }

    /// Indented JSON in canonical order (statements and lists sorted, repeats dropped), for text diffs.
    pub fn pretty(&self) -> String {
        indented(&canonical(policy(self.statements())))
    }

    /// By how much the document, compact, is over [`MAX_DOCUMENT_LENGTH`], in the larger of
    /// characters and bytes; `None` if it fits.
    pub fn excess_length(&self) -> Option<usize> {
        // UTF-8 never has fewer bytes than characters, so bytes are the larger count.
        self.to_json()
            .len()
            .checked_sub(MAX_DOCUMENT_LENGTH + 1)
            .map(|over| over + 1)
    }
}

impl TrustPolicy {
    /// Compact JSON in a stable member order, suitable to send. Lists keep the author's order.
    pub fn to_json(&self) -> String {
        compact(&trust(self.statements()))
    }

    /// As [`TrustPolicy::to_json`], for replacing a document that was read from the service.
    ///
    /// # Errors
    /// When the document holds something that was read but not understood.
    pub fn rewrite(&self) -> Result<String, PolicyError> {
        match self.first_not_understood() {
            Some(error) => Err(error.clone()),
            None => Ok(self.to_json()),
        }
    }

    /// Indented JSON in canonical order (statements and lists sorted, repeats dropped), for text diffs.
    pub fn pretty(&self) -> String {
        indented(&canonical(trust(self.statements())))
    }
}

impl BucketPolicy {
    /// Indented JSON in canonical order (statements and lists sorted, repeats dropped), for text diffs.
    pub fn pretty(&self) -> String {
        let statements = self.statements().iter().map(|of| {
            let mut json = statement(&of.rest, of.rest.sid.as_deref());
            if let Json::Members(members) = &mut json {
                members.push(("Principal", list(&of.principal)));
            }
            json
        });
        indented(&canonical(envelope(statements.collect())))
    }
}

/// JSON to be written, members in the order given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Json<'d> {
    Text(&'d str),
    List(Vec<Json<'d>>),
    Members(Vec<(&'d str, Json<'d>)>),
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => serializer.collect_seq(items),
            Json::Members(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// One line, no blanks.
pub(crate) fn compact(json: &Json<'_>) -> String {
    // Strings, lists and maps with string keys always serialise.
    serde_json::to_string(json).unwrap_or_default()
}

/// Two blanks a level.
pub(crate) fn indented(json: &Json<'_>) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// Lists sorted, repeats dropped, at every level.
pub(crate) fn canonical(json: Json<'_>) -> Json<'_> {
    match json {
        Json::Text(text) => Json::Text(text),
        Json::List(items) => {
            let mut items: Vec<Json> = items.into_iter().map(canonical).collect();
            items.sort();
            items.dedup();
            Json::List(items)
        }
        Json::Members(members) => Json::Members(
            members
                .into_iter()
                .map(|(name, value)| (name, canonical(value)))
                .collect(),
        ),
    }
}

/// A permission policy.
pub(crate) fn policy(statements: &[Statement]) -> Json<'_> {
    let labelled = statements.iter().map(|of| statement(of, of.sid.as_deref()));
    envelope(labelled.collect())
}

/// A trust policy.
pub(crate) fn trust(statements: &[TrustStatement]) -> Json<'_> {
    let labelled = statements.iter();
    let labelled = labelled.map(|of| trust_statement(of, of.sid.as_deref()));
    envelope(labelled.collect())
}

/// The statements of permission policies without their labels, which mean nothing.
pub(crate) fn unlabelled<'d>(statements: impl Iterator<Item = &'d Statement>) -> Json<'d> {
    envelope(statements.map(|of| statement(of, None)).collect())
}

/// As [`unlabelled`], of a trust policy.
pub(crate) fn trust_unlabelled(statements: &[TrustStatement]) -> Json<'_> {
    let statements = statements.iter().map(|of| trust_statement(of, None));
    envelope(statements.collect())
}

fn envelope(statements: Vec<Json<'_>>) -> Json<'_> {
    Json::Members(vec![
        ("Version", Json::Text(LANGUAGE_VERSION)),
        ("Statement", Json::List(statements)),
    ])
}

fn statement<'d>(statement: &'d Statement, label: Option<&'d str>) -> Json<'d> {
    let Statement {
        sid: _,
        effect,
        action,
        resource,
        condition,
    } = statement;
    let mut members = head(label, *effect);
    members.push(self::action(action));
    members.push(match resource {
        ResourceMatch::Resource(patterns) => ("Resource", list(patterns)),
        ResourceMatch::NotResource(patterns) => ("NotResource", list(patterns)),
    });
    members.extend(self::condition(condition));
    Json::Members(members)
}

fn trust_statement<'d>(statement: &'d TrustStatement, label: Option<&'d str>) -> Json<'d> {
    let TrustStatement {
        sid: _,
        effect,
        principal,
        action,
        condition,
    } = statement;
    let mut members = head(label, *effect);
    members.push(("Principal", self::principal(principal)));
    members.push(self::action(action));
    members.extend(self::condition(condition));
    Json::Members(members)
}

fn head(label: Option<&str>, effect: Effect) -> Vec<(&str, Json<'_>)> {
    let label = label.map(|label| ("Sid", Json::Text(label)));
    let effect = ("Effect", Json::Text(effect.as_str()));
    label.into_iter().chain([effect]).collect()
}

fn action(action: &ActionMatch) -> (&'static str, Json<'_>) {
    match action {
        ActionMatch::Action(patterns) => ("Action", list(patterns)),
        ActionMatch::NotAction(patterns) => ("NotAction", list(patterns)),
    }
}

fn principal(principal: &Principal) -> Json<'_> {
    let members = principal.members().map(|(name, who)| (name, list(who)));
    Json::Members(members.collect())
}

fn condition(condition: &Condition) -> Option<(&'static str, Json<'_>)> {
    if condition.is_empty() {
        return None;
    }
    let operators = condition.operators.iter().map(|(operator, keys)| {
        let keys = keys.iter();
        let keys = keys.map(|(key, values)| (key.as_str(), list(values)));
        (operator.as_str(), Json::Members(keys.collect()))
    });
    Some(("Condition", Json::Members(operators.collect())))
}

fn list(texts: &[String]) -> Json<'_> {
    Json::List(texts.iter().map(|text| Json::Text(text)).collect())
}
