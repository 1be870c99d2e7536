//! How the roles of an account differ from the spec, whether a run found that out or plans to change it.

use crate::report::run::{Account, ChangeShape, FieldShape, FindingShape, LineShape};

/// How a thing stands to the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Same,
    /// In the account only.
    More,
    /// In the spec only.
    Less,
}

impl Mark {
    pub(super) const ALL: [Self; 3] = [Self::Same, Self::More, Self::Less];

    /// What a reader has to see comes first.
    pub(super) fn rank(self) -> usize {
        match self {
            Self::More => 0,
            Self::Less => 1,
            Self::Same => 2,
        }
    }
}

/// One difference.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    pub(super) address: &'a str,
    /// `trust`, `document` or another part; empty for the whole.
    pub(super) part: &'a str,
    /// Of the whole: whether only one side has it.
    pub(super) mark: Mark,
    /// Access that only the account gives.
    pub(super) more: &'a [LineShape],
    /// Access that only the spec gives.
    pub(super) less: &'a [LineShape],
}

impl Difference<'_> {
    /// RAM takes names in any case as the same.
    pub(super) fn is_of(&self, address: &str, part: &str) -> bool {
        self.address.eq_ignore_ascii_case(address) && self.part == part
    }
}

/// What an audit found, or a plan is to change.
pub(super) fn differences<'a>(account: &'a Account, kind: &str) -> Vec<Difference<'a>> {
    match kind {
        "drift" => account.shape.findings.iter().filter_map(found).collect(),
        "plan" => account.shape.changes.iter().flat_map(planned).collect(),
        _ => Vec::new(),
    }
}

fn found(finding: &FindingShape) -> Option<Difference<'_>> {
    let mark = match finding.kind.as_str() {
        "missing" => Mark::Less,
        "unmanaged" => Mark::More,
        "wider" | "narrower" | "changed" => Mark::Same,
        _ => return None,
    };
    let access = finding.access.as_ref();
    Some(Difference {
        address: &finding.address,
        part: &finding.part,
        mark,
        more: access.map_or(&[], |access| &access.gained),
        less: access.map_or(&[], |access| &access.lost),
    })
}

/// A plan goes the other way: it gains what the account lacks.
fn planned<'a>(change: &'a ChangeShape) -> impl Iterator<Item = Difference<'a>> {
    let ChangeShape {
        address,
        action,
        reason: _,
        fields,
        access,
    } = change;
    let whole = Difference {
        address,
        part: "",
        mark: match action.as_str() {
            "create" => Mark::Less,
            "delete" => Mark::More,
            _ => Mark::Same,
        },
        more: access.as_ref().map_or(&[], |access| &access.lost),
        less: access.as_ref().map_or(&[], |access| &access.gained),
    };
    let of_field = |field: &'a FieldShape| Difference {
        address,
        part: &field.name,
        mark: Mark::Same,
        more: field.access.as_ref().map_or(&[], |access| &access.lost),
        less: field.access.as_ref().map_or(&[], |access| &access.gained),
    };
    std::iter::once(whole).chain(fields.iter().map(of_field))
}
