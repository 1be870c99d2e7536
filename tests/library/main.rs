//! What needs no process of its own: the core, the spec, the wire and the sandbox, called as a library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise"
)]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod cases;
mod checks;
mod cloud;
mod credentials;
mod drift;
mod explain;
mod formats;
mod imports;
mod laws;
mod lint;
mod nights;
mod policy;
mod readiness;
mod reports;
mod sandbox;
mod spec;
mod split;
mod vectors;
