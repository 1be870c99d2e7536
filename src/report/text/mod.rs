//! Reports for people.

mod access;
mod account;
mod apply;
mod difference;
mod documents;
mod drift;
mod excerpt;
mod explain;
mod export;
mod field;
mod never;
mod plan;
mod policy;
mod readiness;
mod step;
pub mod style;
mod tally;
mod verify;
mod wrap;

pub use account::whoami;
pub use apply::{apply_report, in_sync, only_ram, step_line, verified};
pub use difference::difference;
pub use drift::{drift, finding_words};
pub use excerpt::excerpt;
pub use explain::{explained_codes, explanation, pasted};
pub use export::exported;
pub use field::Detail;
pub use plan::plan;
pub use policy::{Origin, comparison, document, lint, lint_rules, permissions};
pub use readiness::check;
pub use tally::{Tally, tally};
pub use verify::{exports, place, verify, verify_fleet};
pub use wrap::wrap;
