//! What an error code of the services means, what causes it, and what settles each cause.
//!
//! In: a code, or the answer of any client as it was pasted. Out: an [`Explanation`], and what else the answer told.
//! The texts are in `codes.yaml`.

mod codes;
mod pasted;
mod printed;

pub use codes::{Cause, Explanation, Service, all, find, similar};
pub use pasted::{Pasted, read_pasted};
pub use printed::codes_in;
