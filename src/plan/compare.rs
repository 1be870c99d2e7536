//! Live documents against wanted ones. What "the same policy" means is decided by `policy::equivalence` alone.

use crate::policy::{
    Comparison, PolicyDocument, Question, TrustPolicy, compare, compare_trust, equivalence,
};

/// How the wanted permission policy stands to the live text. A live text that cannot be interpreted gives
/// "unknown", which counts as a change.
pub(super) fn permission(live: &str, wanted: &PolicyDocument) -> Comparison {
    let answer = equivalence::permission(live, &wanted.to_json());
    answer.unwrap_or_else(|error| Comparison::unknown(Question::DropIn, error.to_string()))
}

/// How the wanted trust policy stands to the live text.
pub(super) fn trust(live: &str, wanted: &TrustPolicy) -> Comparison {
    let answer = equivalence::trust(live, &wanted.to_json());
    answer.unwrap_or_else(|error| Comparison::unknown(Question::Effective, error.to_string()))
}

/// What a new permission policy gives.
pub(super) fn new_permission(wanted: &PolicyDocument) -> Comparison {
    compare(&[], &[wanted], Question::DropIn)
}

/// Whom a new trust policy admits.
pub(super) fn new_trust(wanted: &TrustPolicy) -> Comparison {
    compare_trust(&TrustPolicy::new(Vec::new()), wanted)
}
