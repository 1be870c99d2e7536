//! The binary as people and machines run it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::type_complexity,
    clippy::while_let_loop,
    reason = "tests stop at the first surprise"
)]

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod aliyun;
#[path = "../../build.rs"]
#[allow(dead_code, reason = "only what finds the commit is tried")]
mod build_script;

mod bad_input;
mod bucket_policy;
mod cli;
mod docs;
#[cfg(unix)]
mod error_rows;
#[cfg(unix)]
mod error_table;
mod explained;
mod export;
mod findings;
mod fleet;
mod fleet_memory;
#[cfg(unix)]
mod import_error_table;
mod imports;
#[cfg(unix)]
mod integrations;
mod lint;
mod never;
mod obstacles;
mod odd_answers;
mod permissions;
mod plan_file;
#[cfg(unix)]
mod process;
mod real_life;
mod schema;
mod secrets;
mod verify;
