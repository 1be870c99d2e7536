//! Policy documents to JSON.

use super::document::{ActionMatch, Condition, Effect, LANGUAGE_VERSION, ResourceMatch, Statement};
use super::trust::{Principal, TrustStatement};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// JSON to be written, members in the order given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Json {
    Text(String),
    List(Vec<Json>),
    Members(Vec<(&'static str, Json)>),
    Named(Vec<(String, Json)>),
}

impl Serialize for Json {
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
            Json::Named(members) => {
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
pub(crate) fn compact(json: &Json) -> String {
    // Strings, lists and maps with string keys always serialise.
    serde_json::to_string(json).unwrap_or_default()
}

/// Two blanks a level.
pub(crate) fn indented(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// Lists sorted, repeats dropped, at every level.
pub(crate) fn canonical(json: Json) -> Json {
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
        Json::Named(members) => Json::Named(
            members
                .into_iter()
                .map(|(name, value)| (name, canonical(value)))
                .collect(),
        ),
    }
}

/// A permission policy.
pub(crate) fn policy(statements: &[Statement]) -> Json {
    envelope(statements.iter().map(statement).collect())
}

/// A trust policy.
pub(crate) fn trust(statements: &[TrustStatement]) -> Json {
    envelope(statements.iter().map(trust_statement).collect())
}

/// A permission policy without the labels of its statements, which mean nothing.
pub(crate) fn unlabelled(statements: &[Statement]) -> Json {
    let statements = statements.iter().map(|s| Statement {
        sid: None,
        ..s.clone()
    });
    policy(&statements.collect::<Vec<_>>())
}

/// As [`unlabelled`], of a trust policy.
pub(crate) fn trust_unlabelled(statements: &[TrustStatement]) -> Json {
    let statements = statements.iter().map(|s| TrustStatement {
        sid: None,
        ..s.clone()
    });
    trust(&statements.collect::<Vec<_>>())
}

fn envelope(statements: Vec<Json>) -> Json {
    Json::Members(vec![
        ("Version", Json::Text(LANGUAGE_VERSION.to_owned())),
        ("Statement", Json::List(statements)),
    ])
}

fn statement(statement: &Statement) -> Json {
    let Statement {
        sid,
        effect,
        action,
        resource,
        condition,
    } = statement;
    let mut members = head(sid.as_deref(), *effect);
    members.push(self::action(action));
    members.push(match resource {
        ResourceMatch::Resource(patterns) => ("Resource", list(patterns)),
        ResourceMatch::NotResource(patterns) => ("NotResource", list(patterns)),
    });
    members.extend(self::condition(condition));
    Json::Members(members)
}

fn trust_statement(statement: &TrustStatement) -> Json {
    let TrustStatement {
        sid,
        effect,
        principal,
        action,
        condition,
    } = statement;
    let mut members = head(sid.as_deref(), *effect);
    members.push(("Principal", self::principal(principal)));
    members.push(self::action(action));
    members.extend(self::condition(condition));
    Json::Members(members)
}

fn head(sid: Option<&str>, effect: Effect) -> Vec<(&'static str, Json)> {
    let sid = sid.map(|sid| ("Sid", Json::Text(sid.to_owned())));
    let effect = ("Effect", Json::Text(effect.as_str().to_owned()));
    sid.into_iter().chain([effect]).collect()
}

fn action(action: &ActionMatch) -> (&'static str, Json) {
    match action {
        ActionMatch::Action(patterns) => ("Action", list(patterns)),
        ActionMatch::NotAction(patterns) => ("NotAction", list(patterns)),
    }
}

fn principal(principal: &Principal) -> Json {
    let members = principal.members().map(|(name, who)| (name, list(who)));
    Json::Members(members.collect())
}

fn condition(condition: &Condition) -> Option<(&'static str, Json)> {
    if condition.is_empty() {
        return None;
    }
    let operators = condition.operators.iter().map(|(operator, keys)| {
        let keys = keys.iter().map(|(key, values)| (key.clone(), list(values)));
        (operator.clone(), Json::Named(keys.collect()))
    });
    Some(("Condition", Json::Named(operators.collect())))
}

fn list(texts: &[String]) -> Json {
    Json::List(texts.iter().cloned().map(Json::Text).collect())
}
