//! What the sandbox holds: accounts with what is in them, the keys that open them, and the directory they form.
//!
//! Plain data with lookups; the rules by which it changes are with the services. Names are kept as first written and
//! matched without regard to case, as RAM does.
//!
//! The types here are also the shape of the state file and of seeds: serde writes and reads them as they are, and
//! [`file`] adds the format's number and the checks. Nearly everything may be left out, so that a seed says only what
//! matters to it.

mod account;
mod bucket;
mod cloud;
mod directory;
pub(crate) mod file;
mod image;
mod key;
mod nonces;
mod policy;
mod role;
mod serialized;
mod system_policies;
mod world;

pub(crate) use account::{Account, OidcProvider, User};
pub(crate) use bucket::{Bucket, Object};
pub(crate) use cloud::{Behavior, DryRun, Region};
pub(crate) use directory::{ControlPolicy, Directory, Folder, Member, ROOT_FOLDER};
pub(crate) use image::{Disk, Ending, Image, Task, TaskEnd};
pub(crate) use key::{AccessKey, Instance, Session};
pub(crate) use nonces::WINDOW_SECONDS;
pub(crate) use policy::{CustomPolicy, SystemPolicy, Version};
pub(crate) use role::{Attachment, Role};
pub(crate) use serialized::seeded_at;
pub use world::World;
