//! What a client made of each answer, against the answer itself: a field that its model does not have, or has with
//! another value, is lost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::recorder::Answer;
use crate::xml;

/// What one client said of one answer: a line of its record.
#[derive(Deserialize)]
struct Line {
    operation: String,
    id: String,
    status: u16,
    /// The error's code as the client shows it.
    code: Option<String>,
    /// The client's model, under the names of the wire.
    model: Option<Value>,
    /// What a model of another shape holds: names, in any spelling, and values as text. For clients of OSS.
    held: Option<Vec<(String, String)>>,
}

/// All that one client reads, by operation.
pub(crate) type Readings = BTreeMap<String, Reading>;

/// What one client reads of one operation's answers.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// Fields of the answers that the client's model has, with their types.
    pub(crate) reads: BTreeSet<String>,
    /// Fields that the model does not have, or has with another value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) loses: BTreeSet<String>,
    /// Statuses of the answers, those of errors with their code.
    pub(crate) answers: BTreeSet<String>,
}

/// Sorts a client's record by operation.
pub(crate) fn sort(record: &str, answers: &BTreeMap<String, Answer>) -> Readings {
    let mut readings = Readings::new();
    for line in record.lines() {
        let line: Line = serde_json::from_str(line).unwrap();
        let answer = answers.get(&line.id);
        let answer = answer.unwrap_or_else(|| panic!("no answer {} was given", line.id));
        let reading = readings.entry(line.operation.clone()).or_default();
        reading.note(&line, answer);
    }
    for (operation, reading) in &mut readings {
        // What was read of one answer and lost of another is lost.
        let Reading { reads, loses, .. } = reading;
        reads.retain(|field| !loses.contains(field));
        assert!(!reading.answers.is_empty(), "{operation}");
    }
    readings
}

impl Reading {
    /// The answers that are errors.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &String> {
        self.answers.iter().filter(|answer| answer.contains(' '))
    }

    fn note(&mut self, line: &Line, answer: &Answer) {
        assert_eq!(line.status, answer.status, "{}", line.operation);
        if line.status >= 300 {
            self.note_error(line, answer);
            return;
        }
        self.answers.insert(line.status.to_string());
        if let Some(model) = &line.model {
            let body = serde_json::from_slice(&answer.body).unwrap();
            self.compare("", &body, Some(model));
        }
        if let Some(held) = &line.held {
            for (field, value) in xml::leaves(&String::from_utf8_lossy(&answer.body)) {
                let name = field.rsplit('.').next().unwrap_or_default();
                let is_it = |(own, text): &(String, String)| {
                    plain(own) == plain(name) && plain(text) == plain(&value)
                };
                match held.iter().any(is_it) {
                    true => self.reads.insert(field),
                    false => self.loses.insert(field),
                };
            }
        }
    }

    fn note_error(&mut self, line: &Line, answer: &Answer) {
        let status = line.status;
        let sent = code(answer);
        let shown = line.code.clone().unwrap_or_default();
        self.answers.insert(match sent == shown {
            true => format!("{status} {sent}"),
            false => format!("{status} {sent}, shown as {shown}"),
        });
    }

    fn compare(&mut self, field: &str, sent: &Value, model: Option<&Value>) {
        let kind = match sent {
            Value::Null => return,
            Value::Object(members) => {
                for (name, member) in members {
                    let field = match field {
                        "" => name.clone(),
                        _ => format!("{field}.{name}"),
                    };
                    self.compare(&field, member, model.and_then(|model| model.get(name)));
                }
                return;
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    let model = model.and_then(|model| model.get(place));
                    self.compare(&format!("{field}[]"), item, model);
                }
                return;
            }
            Value::String(_) => "text",
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
        };
        let field = format!("{field}: {kind}");
        match model == Some(sent) {
            true => self.reads.insert(field),
            false => self.loses.insert(field),
        };
    }
}

/// The error's code as it was sent: in JSON, in XML, or for HEAD, which has no body, in XML in a header.
fn code(answer: &Answer) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    if let Ok(body) = serde_json::from_slice::<Value>(&answer.body) {
        return body["Code"].as_str().unwrap_or_default().to_owned();
    }
    let text = match answer.header("x-oss-err") {
        Some(text) => STANDARD.decode(text).unwrap(),
        None => answer.body.clone(),
    };
    let leaves = xml::leaves(&String::from_utf8_lossy(&text));
    let mut codes = leaves.into_iter().filter(|(field, _)| field == "Code");
    codes.next().map(|(_, code)| code).unwrap_or_default()
}

/// `LastModified`, `lastModified` and `last_modified` are one name.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.collect::<String>().to_lowercase()
}
