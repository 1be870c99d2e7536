//! A grant over more buckets than one policy has room for: which bucket goes into which policy.
//!
//! Each export has a number of its own, a hash of bucket and prefix. One policy holds all of them while they fit.
//! When they do not, it is split in two by the next bit of that number: the exports with a 0 stay, those with a 1
//! move to a new policy; and so on with each half (extendible hashing).
//!
//! So the layout depends on nothing but the set of exports. Adding one changes one policy alone, and if that one
//! is full, moves half of it to one new policy; removing one changes one policy, or joins two halves again. All
//! other policies keep every byte. Policies filled in order would hold a little more, but the first new name would
//! push an entry out of every policy behind it.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::model::{Export, PolicyName};
use crate::policy::{PolicyDocument, grant};

/// An id of the usual length. The layout must not depend on the account: names are known before the account is.
pub(super) const ANY_ACCOUNT: &str = "0000000000000000";

/// Bits of an export's number.
const BITS: u32 = 64;

/// One policy of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: PolicyName,
    /// Sorted; never empty.
    pub(super) exports: Vec<&'a Export>,
}

/// The policies that the grant `name` takes for `exports`: `NAME` alone if they fit, else also some of `NAME-2`,
/// `NAME-3` and so on. A number may be left out: it belongs to a half that need not be split yet.
///
/// # Errors
/// When a name with its number is longer than RAM allows.
pub(super) fn parts<'a>(name: &PolicyName, exports: &'a [Export]) -> Result<Vec<Part<'a>>, String> {
    let mut numbered: Vec<(u64, &Export)> = exports
        .iter()
        .map(|export| (number_of(export), export))
        .collect();
    numbered.sort_unstable_by_key(|(_, export)| (&export.bucket, &export.prefix));
    let mut leaves = BTreeMap::new();
    divide(numbered, 0, 0, &mut leaves);
    let part = |(number, exports): (u64, Vec<&'a Export>)| {
        let name = match number {
            0 => Ok(name.clone()),
            _ => PolicyName::new(&format!("{name}-{}", number.saturating_add(1))),
        };
        let name = name.map_err(|error| error.to_string())?;
        Ok(Part { name, exports })
    };
    leaves.into_iter().map(part).collect()
}

/// Splits until everything fits. `number` holds the bits that were decided on the way here.
fn divide<'a>(
    exports: Vec<(u64, &'a Export)>,
    depth: u32,
    number: u64,
    leaves: &mut BTreeMap<u64, Vec<&'a Export>>,
) {
    if exports.is_empty() {
        return;
    }
    let all: Vec<&Export> = exports.iter().map(|(_, export)| *export).collect();
    if depth == BITS || document(ANY_ACCOUNT, &all).excess_length().is_none() {
        leaves.insert(number, all);
        return;
    }
    let (go, stay): (Vec<_>, Vec<_>) = exports
        .into_iter()
        .partition(|(bits, _)| (bits >> depth) & 1 == 1);
    divide(stay, depth + 1, number, leaves);
    divide(go, depth + 1, number | (1 << depth), leaves);
}

/// What decides where an export goes. The region is not in the document, so it has no say.
fn number_of(export: &Export) -> u64 {
    let Export {
        region: _,
        bucket,
        prefix,
    } = export;
    let prefix = prefix.as_ref().map_or("", |prefix| prefix.as_str());
    let digest = Sha256::digest(format!("{bucket}/{prefix}").as_bytes());
    let first = digest.iter().take(8);
    first.fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// The document that lets images be exported to `exports` in `account`.
pub(super) fn document(account: &str, exports: &[&Export]) -> PolicyDocument {
    let targets: Vec<(&str, Option<&str>)> = exports
        .iter()
        .map(|export| {
            let prefix = export.prefix.as_ref().map(|prefix| prefix.as_str());
            (export.bucket.as_str(), prefix)
        })
        .collect();
    grant::image_export(account, &targets)
}
