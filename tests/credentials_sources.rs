//! Every place that credentials come from: absent, usable, and broken in each way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may"
)]

#[path = "credentials/environment.rs"]
mod environment;
#[path = "credentials/instance.rs"]
mod instance;
#[path = "credentials/leaks.rs"]
mod leaks;
#[path = "credentials/loopback.rs"]
mod loopback;
#[path = "credentials/modes.rs"]
mod modes;
#[path = "credentials/own_file.rs"]
mod own_file;
#[path = "credentials/precedence.rs"]
mod precedence;
#[path = "credentials/renewal.rs"]
mod renewal;
#[path = "credentials/roles.rs"]
mod roles;
#[path = "credentials/uris.rs"]
mod uris;
#[path = "credentials/world.rs"]
mod world;
