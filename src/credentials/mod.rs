//! Where the access key comes from.
//!
//! In: [`Options`] and a [`Context`], through which files, environment, network and time are asked. Out: a [`Source`],
//! which gives
//! [`Credentials`](crate::cloud::rpc::credentials::Credentials) whose secrets do not print and which renews them before they end.
//!
//! # One answer of three
//! [`find`] asks the places in the order of Alibaba Cloud's SDKs. Each is *absent* (the next one is asked),
//! *usable* (the search ends), or *broken*: set up, but wrongly. The SDKs go on past a broken place and may end as
//! another identity than was meant; here it stops the run, with the place and the fix.
//!
//! # What is never done
//! No file is written, nobody is logged in, no secret is put on a command line or into a message, and
//! metadata is never asked through a proxy.

mod address;
mod chain;
mod config_file;
mod context;
mod direct;
mod ecs;
pub mod env;
mod external;
mod ini;
mod login;
mod note;
mod oidc;
mod options;
mod place;
mod process;
mod profile;
mod refresh;
mod session_name;
mod setup;
mod source;
mod sts_endpoint;
mod uri;

pub use chain::{Found, find};
pub use context::{Context, Disk, Environment, FileText, Files};
pub use direct::DirectTransport;
pub use note::{Note, NoteKind};
pub use options::{NamedProfile, Options, SourceChoice, UnknownSource};
pub use process::{Children, Output, ProcessError, Processes};
pub use source::{Renewal, RoleRequest, Source, assume_role};
