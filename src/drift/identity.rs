//! Ids and states: short digests by which readers tell known findings from new ones.

use sha2::{Digest, Sha256};

use super::finding::{DriftKind, Value};
use crate::model::{AccountId, Address};
use crate::policy::{PolicyDocument, TrustPolicy};

/// The id of a finding. RAM takes names in any case as the same, so case plays no part.
pub(super) fn id(account: &AccountId, address: &Address, part: &str, kind: DriftKind) -> String {
    let identity = format!("{account}\n{address}\n{part}\n{}", kind.as_str());
    digest([identity.to_ascii_lowercase()])
}

/// The id of one of several findings on one part, told apart by `what`, whose case counts.
pub(super) fn id_of(
    account: &AccountId,
    address: &Address,
    part: &str,
    kind: DriftKind,
    what: &str,
) -> String {
    digest([id(account, address, part, kind), what.to_owned()])
}

/// The state of a finding on one part: its live value and the spec's.
pub(super) fn state_of_values(live: Option<&Value>, spec: Option<&Value>) -> String {
    digest([live, spec].map(|value| value.map_or_else(String::new, text)))
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => canonical(text),
        Value::Seconds(seconds) => seconds.to_string(),
        Value::Tags(tags) => {
            let lines = tags
                .iter()
                .map(|(key, value)| format!("{key:?}={value:?}\n"));
            lines.collect()
        }
    }
}

/// The document in its canonical layout, or as it is where it cannot be interpreted.
pub(super) fn canonical(text: &str) -> String {
    let permission = PolicyDocument::parse_live(text).map(|document| document.to_json());
    let trust = || TrustPolicy::parse_live(text).map(|document| document.to_json());
    permission
        .or_else(|_| trust())
        .unwrap_or_else(|_| text.to_owned())
}

/// 16 hexadecimal digits over the parts, each with its length, so that no two lists of parts look alike.
pub(crate) fn digest(parts: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
