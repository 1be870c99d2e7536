//! The files people write: what is wanted, of which accounts.
//!
//! In: a spec in YAML and the documents it refers to. Out: a [`Spec`], and from it a
//! [`DesiredState`](crate::model::DesiredState) for any account; or every mistake at once, each with its place.
//! Knows nothing of HTTP, credentials or the terminal; [`load`] alone reads the disk.
//!
//! ```text
//! text ──yaml──▶ values ──place──▶ nodes ──read──▶ shapes ──check, resolve──▶ Spec ──desired──▶ DesiredState
//! ```

mod accepted;
mod account;
mod adopt;
mod adopt_fleet;
mod check;
mod checked;
mod digest;
mod document;
mod emit;
mod error;
mod excerpt;
mod fields;
mod known;
mod load;
mod node;
mod notes;
mod place;
mod preset;
mod promises;
mod read;
mod resolve;
mod shape;
mod split;
mod written;
mod yaml;

pub use accepted::accept_block;
pub use account::{AccountEntry, AssumeRole, Discover, ResourceDirectory};
pub use adopt::{Adopted, adopt};
pub use adopt_fleet::{AdoptedFleet, Holding, NAMED, adopt_fleet, named};
pub use checked::Spec;

pub use error::{Diagnostic, SpecErrors};
pub use excerpt::Excerpt;
pub use load::{MAX_FILE, SpecSource, load};
pub use preset::{Preset, presets};

/// The JSON Schema of specs, for editors; [`load`] checks more.
pub const SCHEMA: &str = include_str!("../../schema/spec-1.json");
