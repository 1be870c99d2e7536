//! What the suites share: an account to try things on, golden files, the binary, and a server for it.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise, and each suite uses a part of this"
)]

pub(crate) mod account;
pub(crate) mod export_role;
pub(crate) mod golden;
pub(crate) mod healthy;
pub(crate) mod mishaps;
pub(crate) mod program;
pub(crate) mod schema;
pub(crate) mod server;
pub(crate) mod stand_in;

pub(crate) use account::Account;
pub(crate) use golden::Golden;
pub(crate) use program::{Program, Run};
pub(crate) use schema::Schema;
pub(crate) use server::Server;
pub(crate) use stand_in::StandIn;

/// Whether `operation` only reads.
pub(crate) fn is_read(operation: &str) -> bool {
    operation.starts_with("Get") || operation.starts_with("List")
}

/// Text as it looks without colour.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
