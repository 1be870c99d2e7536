//! How two sets of documents differ in access: the comparison, its lines, and how each line is described.
//!
//! | file | holds |
//! |---|---|
//! | `compare` | the way from two sets of documents to a [`Comparison`] |
//! | `comparison` | the answer: a verdict for each reading, lines, reasons |
//! | `compared` | the two sets, asked about single requests |
//! | `diff` | findings of the engine as lines |
//! | `extract` | the actions and targets of a finding |
//! | `line`, `pattern`, `condition`, `principal`, `witness` | a line and its parts, as data |
//! | `description`, `resource` | lines in words |
//! | `shape` | lines in reports |

mod compare;
mod compared;
mod comparison;
mod condition;
pub(crate) mod description;
mod diff;
mod extract;
mod line;
mod pattern;
mod principal;
mod resource;
mod shape;
pub(crate) mod witness;

pub(crate) use compare::too_complex;
pub use compare::{compare, compare_trust};
pub use comparison::{Comparison, Question, Variant, Verdict};
pub use condition::AccessCondition;
pub use description::{Description, descriptions};
pub(crate) use extract::spelling;
pub use line::{AccessLine, Change, Reach, Realism, Targets};
pub use pattern::{Exception, ExceptionSource, Pattern};
pub use principal::{NamedPrincipal, PrincipalKind};
pub use witness::Witness;
