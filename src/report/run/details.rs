//! What shows a finding, one line each.

use serde_json::Value;

use super::shape::{AccessShape, Check, LineShape, ReadyShape};

/// The lines of access, each with the request that proves it.
pub(super) fn lines(access: &AccessShape) -> Vec<String> {
    let all = access.gained.iter().chain(&access.lost);
    all.map(|line| format!("{}{}", line.text, proof(line)))
        .collect()
}

fn proof(line: &LineShape) -> String {
    let Some(witness) = &line.witness else {
        return String::new();
    };
    // A line on trust names who, and there is no more to say.
    match &witness.resource {
        Some(resource) => format!(" (as {} on {resource})", witness.action),
        None => String::new(),
    }
}

/// Values of a part that gives no access. Documents are left out: they are long, and lines say what they do.
pub(super) fn values(
    before: Option<&Value>,
    after: Option<&Value>,
    names: [&str; 2],
) -> Vec<String> {
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "(none)".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "(none)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(members)) => {
            let tags = members
                .iter()
                .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
            tags.collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    };
    if before.is_none() && after.is_none() {
        return Vec::new();
    }
    let pairs = names.iter().zip([before, after]);
    pairs
        .map(|(name, value)| format!("{name}: {}", shown(value)))
        .collect()
}

/// What keeps exports from working.
pub(super) fn obstacles(ready: &ReadyShape) -> Vec<String> {
    let mut lines: Vec<String> = ready
        .error
        .iter()
        .map(|error| format!("ExportImage fails with {error}"))
        .collect();
    match &ready.trust {
        None => {
            lines.push("the role does not exist".to_owned());
            return lines;
        }
        Some(trust) if trust.answer == "blocked" => {
            lines.push("ecs.aliyuncs.com may not assume the role".to_owned());
        }
        Some(trust) => lines.extend(trust.on.iter().map(|factor| factor.text.clone())),
    }
    for export in &ready.exports {
        let place = place(export.bucket.as_deref(), export.prefix.as_deref());
        for action in export
            .actions
            .iter()
            .filter(|action| action.answer != "ready")
        {
            let why = match action.answer.as_str() {
                "depends" => {
                    let factors = action.on.iter().map(|factor| factor.text.as_str());
                    format!("depends on {}", factors.collect::<Vec<_>>().join(", "))
                }
                _ => action.reason.replace('-', " "),
            };
            lines.push(format!("{} on {place}: {why}", action.action));
        }
    }
    lines
}

/// Where an export goes.
pub(in crate::report) fn place(bucket: Option<&str>, prefix: Option<&str>) -> String {
    match (bucket, prefix) {
        (None, _) => "any bucket of this account".to_owned(),
        (Some(bucket), None) => format!("bucket {bucket}"),
        (Some(bucket), Some(prefix)) => format!("bucket {bucket} under prefix {prefix}"),
    }
}

/// What a check found, in one line.
pub(super) fn check(check: &Check) -> String {
    let Check {
        check,
        answer,
        error,
        message,
        settle,
    } = check;
    let mut line = format!("{check} {answer}");
    for (joint, text) in [
        (" with ", error),
        (": ", message),
        ("; to settle it: ", settle),
    ] {
        if let Some(text) = text {
            line.push_str(joint);
            line.push_str(text);
        }
    }
    line
}
