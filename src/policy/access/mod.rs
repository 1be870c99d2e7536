//! How two sets of documents differ in access: the comparison, its lines, and how each line is described.
//!
//! | file | holds |
//! |---|---|
//! | `compare` | the way from two sets of documents to a [`Comparison`] |
//! | `comparison` | the answer: a verdict for each reading, lines, reasons |
//! | `compared` | the two sets, asked about single requests |
//! | `diff` | findings of the engine as lines |
//! | `line` | one line |
//! | `description` | actions, resources, principals and conditions in words |
//! | `witness` | a request that proves a line, with names that people know |

mod compare;
mod compared;
mod comparison;
pub(crate) mod description;
mod diff;
mod line;
pub(crate) mod witness;

pub(crate) use compare::too_complex;
pub use compare::{compare, compare_trust};
pub use comparison::{Comparison, Question, Variant, Verdict};
pub use line::{AccessLine, Change, Reach, Realism};
pub use witness::Witness;
