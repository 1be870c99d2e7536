//! YAML values to the sentences that must hold whatever else changes.

use super::super::fields::{self, At, Fields};
use super::super::node::{Node, Value};
use super::super::notes::Notes;
use super::super::shape::{NeverRole, NeverShape};
use crate::model::{AccountId, RoleName};
use crate::policy::catalogue::{self, Level, services};
use crate::policy::suggest;
use crate::policy::{ANY_OSS, Forbidden, Resources, Trusted, quote};

const KEYS: [&str; 6] = [
    "role",
    "do",
    "on",
    "outside",
    "trusted_by",
    "trusted_by_other_than",
];

const ANOTHER_ACCOUNT: &str = "another_account";
const ANYONE: &str = "anyone";

/// Reads an entry of `never`.
pub(super) fn never(notes: &mut Notes, node: &Node) -> Option<NeverShape> {
    let fields = Fields::read(notes, node, &KEYS)?;
    let hint = "name the role it is about, or write `role: \"*\"` for every role of the spec";
    let role = fields.needed(notes, "role", hint, role);
    let forbidden = forbidden(notes, &fields);
    Some(NeverShape {
        role: role?,
        forbidden: forbidden?,
        spot: node.spot.clone(),
    })
}

fn role(notes: &mut Notes, node: &Node) -> Option<At<NeverRole>> {
    let read = |text: &str| match text {
        "*" => Ok(NeverRole::Every),
        name => RoleName::new(name).map(NeverRole::Named),
    };
    fields::name(notes, node, read)
}

fn forbidden(notes: &mut Notes, fields: &Fields<'_>) -> Option<Vec<Forbidden>> {
    let kinds = ["do", "trusted_by", "trusted_by_other_than"];
    let written: Vec<(&str, &Node)> = kinds
        .into_iter()
        .filter_map(|kind| Some((kind, fields.get(kind)?)))
        .collect();
    if let [(first, _), (second, node), ..] = written.as_slice() {
        let message = format!("`{first}` and `{second}` are both written, one of them is wanted");
        notes.error_hint(&node.spot, message, "write two entries for two sentences");
        return None;
    }
    let Some((kind, node)) = written.first() else {
        if !kinds.iter().any(|kind| fields.has(kind)) {
            let hint = "write `do: oss:GetObject` for a request, or `trusted_by: another_account`";
            notes.error_hint(fields.spot(), "nothing is said that must never be", hint);
        }
        return None;
    };
    if *kind == "do" {
        return requests(notes, fields, node).map(|found| vec![found]);
    }
    for key in ["on", "outside"] {
        if let Some(extra) = fields.get(key) {
            let message = format!("`{key}` goes with `do`, not with `{kind}`");
            notes.error_hint(
                &extra.spot,
                message,
                "leave it out: a role is assumed as a whole",
            );
        }
    }
    match *kind {
        "trusted_by" => trusted_by(notes, node),
        _ => {
            let ids = texts(notes, node, |notes, node| principal(notes, node, &[]))?;
            Some(vec![Forbidden::Trust(Trusted::OtherThan(ids))])
        }
    }
}

fn requests(notes: &mut Notes, fields: &Fields<'_>, node: &Node) -> Option<Forbidden> {
    let actions = texts(notes, node, action);
    let is_oss = actions
        .iter()
        .flatten()
        .all(|action| action == "*" || action.to_ascii_lowercase().starts_with("oss:"));
    let kinds = Kinds {
        is_oss,
        is_object: actions.iter().flatten().all(|action| is_object(action)),
    };
    let mut resources =
        |node: &Node| texts(notes, node, |notes, node| resource(notes, node, kinds));
    let on = match (fields.get("on"), fields.get("outside")) {
        (Some(_), Some(outside)) => {
            let message = "`on` and `outside` are both written, one of them is wanted";
            let hint = "`on` names what must not be reached, `outside` all that may be";
            notes.error_hint(&outside.spot, message, hint);
            return None;
        }
        (Some(node), None) => Resources::On(resources(node)?),
        (None, Some(node)) => Resources::Outside(resources(node)?),
        (None, None) => Resources::Anywhere,
    };
    Some(Forbidden::Requests {
        actions: actions?,
        on,
    })
}

/// What all actions of a sentence have in common.
#[derive(Clone, Copy)]
struct Kinds {
    /// They are of OSS.
    is_oss: bool,
    /// They are about objects.
    is_object: bool,
}

fn is_object(action: &str) -> bool {
    catalogue::find(action).is_some_and(|known| known.level == Level::Object)
}

/// One text, or a list of some, each read by `read`; nothing when one of them is wrong.
fn texts(
    notes: &mut Notes,
    node: &Node,
    read: impl Fn(&mut Notes, &Node) -> Option<String>,
) -> Option<Vec<String>> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if items.is_empty() {
        notes.error_hint(
            &node.spot,
            "the list is empty, so it forbids nothing",
            "name at least one",
        );
        return None;
    }
    let read: Vec<String> = items.iter().filter_map(|item| read(notes, item)).collect();
    (read.len() == items.len()).then_some(read)
}

/// A pattern of actions, as `oss:Get*`.
fn action(notes: &mut Notes, node: &Node) -> Option<String> {
    let text = fields::text(notes, node)?;
    if text == "*" {
        return Some(text.to_owned());
    }
    let is_part = |part: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '?');
        !part.is_empty() && part.chars().all(is_allowed)
    };
    let parts = text.split_once(':');
    let Some((service, name)) = parts.filter(|(service, name)| is_part(service) && is_part(name))
    else {
        let message = format!("{} is no action", quote(text));
        notes.error_hint(
            &node.spot,
            message,
            "write service and action, as `oss:GetObject` or `ram:*`",
        );
        return None;
    };
    let has_wildcard = |text: &str| text.contains(['*', '?']);
    if !has_wildcard(service) && !services::is_known(&service.to_ascii_lowercase()) {
        let known = services::SERVICES.iter().copied();
        if let Some(near) = suggest::nearest(service, known) {
            let message = format!("no service `{service}` is known");
            notes.error_hint(
                &node.spot,
                message,
                format!("did you mean `{near}:{name}`?"),
            );
            return None;
        }
    } else if !has_wildcard(text) && catalogue::find(text).is_none() {
        let head = format!("{}:", service.to_ascii_lowercase());
        let known = catalogue::all().map(|known| known.name);
        let near = suggest::within(text, 2, known.filter(|name| name.starts_with(&head)));
        if let Some(near) = near {
            let message = format!("no action {} is known", quote(text));
            notes.error_hint(&node.spot, message, format!("did you mean `{near}`?"));
            return None;
        }
    }
    Some(text.to_owned())
}

/// A pattern of resources: whole, or bucket and key where the actions are of OSS.
fn resource(notes: &mut Notes, node: &Node, kinds: Kinds) -> Option<String> {
    let text = fields::text(notes, node)?;
    let problem = if text.is_empty() {
        (
            "the resource is empty".to_owned(),
            "leave the key out for everywhere".to_owned(),
        )
    } else if text == "*" || (text.starts_with("acs:") && text.matches(':').count() >= 4) {
        return Some(text.to_owned());
    } else if text.starts_with("acs:") {
        let message = format!("{} is no whole resource", quote(text));
        (
            message,
            "it has five parts, as `acs:oss:*:*:BUCKET/*`".to_owned(),
        )
    } else if let Some(path) = text.strip_prefix("oss://") {
        let hint = format!("write `{}`, without `oss://`", path.escape_debug());
        (format!("{} is an address", quote(text)), hint)
    } else if !kinds.is_oss {
        let message = format!(
            "{} is a bucket, and not every action is of OSS",
            quote(text)
        );
        (
            message,
            "write the whole resource, as `acs:ram:*:*:role/NAME`".to_owned(),
        )
    } else {
        match bucket_problem(text, kinds.is_object) {
            None => return Some(format!("{ANY_OSS}{text}")),
            Some(problem) => problem,
        }
    };
    notes.error_hint(&node.spot, problem.0, problem.1);
    None
}

/// What is wrong with bucket and key, as `exports-*/*`, and what to write.
fn bucket_problem(text: &str, is_object: bool) -> Option<(String, String)> {
    let bucket = text.split('/').next().unwrap_or_default();
    let is_allowed =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '*' | '?');
    if let Some(bad) = bucket.chars().find(|&c| !is_allowed(c)) {
        let hint = "OSS allows lower-case letters, digits and `-`; `*` and `?` stand for others";
        let message = format!("bucket {} contains `{}`", quote(bucket), bad.escape_debug());
        return Some((message, hint.to_owned()));
    }
    // A `*` runs across the `/` into the key.
    (is_object && !text.contains(['/', '*'])).then(|| {
        let message = format!("`{text}` is the bucket itself, and the actions are about objects");
        (message, format!("write `{text}/*` for its objects"))
    })
}

fn trusted_by(notes: &mut Notes, node: &Node) -> Option<Vec<Forbidden>> {
    let words = [ANOTHER_ACCOUNT, ANYONE];
    let found = texts(notes, node, |notes, node| principal(notes, node, &words))?;
    let (words, ids): (Vec<String>, Vec<String>) = found
        .into_iter()
        .partition(|text| words.contains(&text.as_str()));
    let mut trusted: Vec<Trusted> = words
        .iter()
        .map(|word| match word.as_str() {
            ANYONE => Trusted::Anyone,
            _ => Trusted::AnotherAccount,
        })
        .collect();
    if !ids.is_empty() {
        trusted.push(Trusted::These(ids));
    }
    Some(trusted.into_iter().map(Forbidden::Trust).collect())
}

/// One of `words`, or a principal: a service, an account's number, or an identity by its ARN.
fn principal(notes: &mut Notes, node: &Node, words: &[&str]) -> Option<String> {
    let text = fields::text(notes, node)?;
    let is_service = |text: &str| {
        let is_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.@".contains(c);
        let name = text.strip_suffix(".aliyuncs.com");
        name.is_some_and(|name| !name.is_empty() && name.chars().all(is_label))
    };
    let is_identity = |text: &str| {
        let parts = text
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(':'));
        parts.is_some_and(|(account, name)| {
            AccountId::new(account).is_ok() && !name.is_empty() && !name.contains(['*', '?'])
        })
    };
    if words.contains(&text) || is_service(text) || is_identity(text) {
        return Some(text.to_owned());
    }
    if AccountId::new(text).is_ok() {
        return Some(format!("acs:ram::{text}:root"));
    }
    let hint = suggest::did_you_mean(text, words.iter().copied()).unwrap_or_else(|| {
        let listed: Vec<String> = words.iter().map(|word| format!("`{word}`, ")).collect();
        format!(
            "write {}a service as `ecs.aliyuncs.com`, an account's number, or an identity as \
             `acs:ram::1234567890123456:role/NAME`",
            listed.concat()
        )
    });
    let hint = match text {
        "*" if !words.is_empty() => format!("did you mean `{ANYONE}`?"),
        _ => hint,
    };
    let message = format!("{} is nobody who can assume a role", quote(text));
    notes.error_hint(&node.spot, message, hint);
    None
}
