//! What is said of a finding, in the report for a terminal and in all others alike.

use crate::drift::{DriftKind, Standing};

/// What is found, as the end of a sentence.
pub(super) struct Words {
    /// Behind the address and part. Of `never`, the sentence follows.
    pub(super) of_address: &'static str,
    /// Behind the subject of a finding that stands alone: where exports are the subject, they are it.
    pub(super) of_subject: &'static str,
}

impl Words {
    /// `is_other` says that access is both gained and lost.
    pub(super) fn of(kind: DriftKind, part: &str, is_other: bool) -> Self {
        let (of_address, of_subject) = match kind {
            DriftKind::Missing => ("is missing", None),
            DriftKind::Wider => ("gives more than the spec", None),
            DriftKind::Narrower => ("gives less than the spec", None),
            DriftKind::Changed if part == "tags" => ("differ from the spec", None),
            DriftKind::Changed if is_other => ("gives other access than the spec", None),
            DriftKind::Changed => ("differs from the spec", None),
            DriftKind::Unmanaged => ("is attached but not in the spec", None),
            DriftKind::ExportBlocked => ("blocks exports", Some("are blocked")),
            DriftKind::ExportDepends => ("may block exports", Some("may be blocked")),
            DriftKind::InstanceBound => ("have the role's access", None),
            DriftKind::NeverBroken => ("breaks", Some("breaks what must always hold")),
            DriftKind::NeverUnproven => ("may break", Some("may break what must always hold")),
        };
        Self {
            of_address,
            of_subject: of_subject.unwrap_or(of_address),
        }
    }
}

/// Who took a finding as it is, until when and why, and whether that holds.
pub(super) fn acceptance(
    standing: Standing,
    owner: Option<&str>,
    until: &str,
    reason: &str,
) -> String {
    let by = owner.map_or(String::new(), |owner| format!(" by {owner}"));
    match standing {
        Standing::Accepted => format!("accepted{by} until {until}: {reason}"),
        Standing::Expired => {
            format!("counts again: it was accepted{by} until {until}: {reason}")
        }
        Standing::Refused => format!(
            "counts: the spec accepts it{by} until {until}, but a sentence of `never` cannot be accepted"
        ),
        Standing::Changed => {
            format!("counts: it was accepted{by} in another state, look at it again: {reason}")
        }
    }
}
