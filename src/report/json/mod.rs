//! Reports for programs, format 1.0.
//!
//! What a thing looks like is derived from its own type where the format allows it. `schema/report-1.0.json` is the
//! contract: within 1.x a key may be added, none is renamed or removed. Readers ignore keys they do not know. Account
//! ids and versions are strings.

mod account;
mod breach;
mod earlier;
mod explain;
mod export;
mod format;
mod merge;
mod policy;
mod report;
mod roles;
mod schema;
mod step;
mod stream;
mod summary;
mod verdict;
mod verify;

use crate::model::Caller;

pub use account::AccountReport;
pub use earlier::{baseline, difference};
pub use explain::{explained_codes, explanation};
pub use format::FORMAT_VERSION;
pub(super) use format::text;
pub use merge::{MergeError, merge};
pub use policy::{check, comparison, document, lint, permissions};
pub use report::UnusedAcceptance;
use report::Whoami;
pub use schema::{ReportKind, schema_of};
pub use stream::ReportStream;

/// The report of a run over accounts. `spec` is the spec as it was named, `unused` what it accepts in vain.
#[must_use]
pub fn report(
    kind: &'static str,
    spec: Option<&str>,
    accounts: Vec<AccountReport>,
    unused: Vec<UnusedAcceptance>,
) -> String {
    let mut stream = ReportStream::new(kind, spec.map(str::to_owned));
    let parts: Vec<String> = accounts.iter().map(|part| stream.account(part)).collect();
    stream.head() + &parts.join(ReportStream::BETWEEN) + &stream.tail(unused)
}

/// The answer of `whoami`.
#[must_use]
pub fn whoami(caller: &Caller, source: &str, access_key_id: &str) -> String {
    text(&Whoami::new(caller, source, access_key_id))
}
