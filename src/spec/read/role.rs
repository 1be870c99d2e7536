//! YAML values to the roles of a spec.

use super::super::fields::{self, At, Either, EitherHints, Fields};
use super::super::node::{Node, Value};
use super::super::notes::Notes;
use super::super::shape::{RoleShape, TrustShape};
use super::document::document;
use super::items::items;
use crate::model::{ExtraPolicies, PolicyName, PolicyRef, RoleName, limit};
use crate::policy::quote;
use crate::policy::suggest;

/// Reads an entry of `roles`.
pub(super) fn role(notes: &mut Notes, node: &Node) -> Option<RoleShape> {
    let keys = [
        "name",
        "description",
        "max_session_duration",
        "trust",
        "policies",
        "extra_policies",
        "tags",
    ];
    let fields = Fields::read(notes, node, &keys)?;
    let name = fields.needed(
        notes,
        "name",
        "name the role, as `AliyunECSImageExportDefaultRole`",
        |notes, node| fields::name(notes, node, RoleName::new),
    );
    let trust = fields.needed(
        notes,
        "trust",
        "say who may assume the role, as `trust: { service: ecs.aliyuncs.com }`",
        trust,
    );
    let description = fields.optional(notes, "description", fields::description);
    let max_session_duration = fields.optional(notes, "max_session_duration", session);
    let policies = items(notes, &fields, "policies", policy_ref);
    let extra_policies = extra_policies(notes, &fields);
    let tags = fields.optional(notes, "tags", fields::tags);
    Some(RoleShape {
        name: name?,
        trust,
        description,
        max_session_duration,
        policies: policies.unwrap_or_default(),
        extra_policies,
        tags,
    })
}

fn session(notes: &mut Notes, node: &Node) -> Option<u32> {
    let seconds = fields::number(notes, node, "a whole number of seconds")?;
    let (least, most) = (limit::MIN_SESSION_DURATION, limit::MAX_SESSION_DURATION);
    match u32::try_from(seconds) {
        Ok(seconds) if (least..=most).contains(&seconds) => Some(seconds),
        _ => {
            let message = format!("a session of `{seconds}` seconds, RAM wants {least} to {most}");
            let hint = (1..=12)
                .contains(&seconds)
                .then(|| format!("in hours? write `{}`", seconds * 3600));
            notes.error_maybe_hint(&node.spot, message, hint);
            None
        }
    }
}

fn extra_policies(notes: &mut Notes, fields: &Fields<'_>) -> ExtraPolicies {
    const WORDS: [ExtraPolicies; 3] = [
        ExtraPolicies::Report,
        ExtraPolicies::Keep,
        ExtraPolicies::Detach,
    ];
    let Some(node) = fields.get("extra_policies") else {
        return ExtraPolicies::default();
    };
    let word = match &node.value {
        Value::Text(text) => text.as_str(),
        _ => "",
    };
    let Some(choice) = WORDS.into_iter().find(|choice| choice.as_str() == word) else {
        let words = WORDS.map(ExtraPolicies::as_str);
        let hint = suggest::did_you_mean(word, words)
            .unwrap_or_else(|| format!("it is one of `{}`", words.join("`, `")));
        notes.error_hint(
            &node.spot,
            format!("expected a choice, found {}", node.describe()),
            hint,
        );
        return ExtraPolicies::default();
    };
    if choice == ExtraPolicies::Detach && !fields.has("policies") {
        notes.error_hint(
            &node.spot,
            "`detach` without `policies` would detach every policy of the role",
            "list the `policies` to keep; write `policies: []` if none is what you want",
        );
    }
    choice
}

fn trust(notes: &mut Notes, node: &Node) -> Option<TrustShape> {
    let fields = Fields::read(notes, node, &["service", "document"])?;
    let hints = EitherHints {
        both: "keep `service` for one cloud service, `document` for anything else",
        neither: "write `service: ecs.aliyuncs.com`, or `document:` with a file or the document itself",
    };
    match fields.either(notes, ["service", "document"], hints)? {
        Either::First(node) => service(notes, node).map(TrustShape::Service),
        Either::Second(node) => document(notes, node).map(TrustShape::Document),
    }
}

/// A cloud service as a principal. Source: RAM, "Edit the trust policy of a RAM role": `<name>.aliyuncs.com`.
fn service(notes: &mut Notes, node: &Node) -> Option<String> {
    let text = fields::text(notes, node)?;
    let is_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let name = text.strip_suffix(".aliyuncs.com");
    if name.is_some_and(|name| !name.is_empty() && name.chars().all(is_label)) {
        return Some(text.to_owned());
    }
    let first = text.split('.').next().unwrap_or_default();
    let meant = format!("{}.aliyuncs.com", first.to_ascii_lowercase());
    let is_near = text == first || suggest::nearest(text, [meant.as_str()]).is_some();
    let hint = if is_near && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        format!("did you mean `{meant}`?")
    } else {
        "a service is written as `ecs.aliyuncs.com`; for people, roles and identity providers use `document`".to_owned()
    };
    notes.error_hint(
        &node.spot,
        format!("{} is not a cloud service", quote(text)),
        hint,
    );
    None
}

fn policy_ref(notes: &mut Notes, node: &Node) -> Option<At<PolicyRef>> {
    if let Value::Text(text) = &node.value {
        let message = format!(
            "expected `system:` or `custom:` and a policy, found the text {}",
            quote(text)
        );
        notes.error_hint(
            &node.spot,
            message,
            format!("write `system: {0}` or `custom: {0}`", text.escape_debug()),
        );
        return None;
    }
    let fields = Fields::read(notes, node, &["system", "custom"])?;
    let hints = EitherHints {
        both: "write two entries for two policies",
        neither: "name a policy, as `custom: NAME`",
    };
    let (found, make): (_, fn(PolicyName) -> PolicyRef) =
        match fields.either(notes, ["system", "custom"], hints)? {
            Either::First(node) => (node, PolicyRef::system),
            Either::Second(node) => (node, PolicyRef::custom),
        };
    let At { value, spot } = fields::name(notes, found, PolicyName::new)?;
    Some(At {
        value: make(value),
        spot,
    })
}
