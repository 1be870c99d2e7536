//! Whether a document that stands in the account is the one that was to be written.

use crate::policy::equivalence;

/// Whether the live permission document means what `wanted` does. A live text that cannot be read is not known
/// to be the same.
pub(super) fn permission(wanted: &str, live: &str) -> bool {
    wanted == live || equivalence::permission(live, wanted).is_ok_and(|compared| compared.is_same())
}

/// Whether the live trust document means what `wanted` does; as [`permission`].
pub(super) fn trust(wanted: &str, live: &str) -> bool {
    wanted == live || equivalence::trust(live, wanted).is_ok_and(|compared| compared.is_same())
}
