//! A look-alike of RAM and STS, for tests, demos and a first try without an account or a network.
//!
//! In: signed requests. Out: the answers the services would give, from a state of its own. It is judged by clients
//! that we did not write: the official SDKs must be able to use it without noticing.
//!
//! ```text
//! HTTP on loopback ──┐
//!                    ├─▶ door (latency, faults, log) ─▶ gateway (who, may they) ─▶ operations ─▶ state
//! in process ────────┘            │
//!                               store
//! ```
//!
//! From the gateway on everything is pure: requests and the time are arguments.
//!
//! Where it is not known what RAM does, the sandbox takes the stricter reading, so that what passes here passes
//! there; `tests/contract.rs` lists the facts and their sources.

mod authentication;
mod authorization;
mod call_log;
mod caller;
mod checks;
mod decision;
mod directory;
mod door;
mod fault;
mod file;
mod fleet;
mod gateway;
mod http;
mod incoming;
mod line;
mod metadata;
mod nonces;
mod operations;
mod paging;
mod parameters;
mod refusal;
mod reply;
mod running;
mod sessions;
mod state;
mod store;
mod system;

pub use call_log::{CallLog, CallRecord};
pub use door::{Clock, Sandbox};
pub use fault::{Fault, FaultError, FaultKind, FaultPlan, Rule};
pub use fleet::{Fleet, MemberState};
pub use running::{Options, Running, StartError, environment, reset, start};
pub use state::World;
pub use store::{SeedError, StoreError};

/// The account of a fresh sandbox, made up.
pub const ACCOUNT_ID: &str = "1234567890123456";

/// The access key id that a fresh sandbox knows. Good for nothing else.
pub const ACCESS_KEY_ID: &str = "sandbox-key";

/// Its secret, which is none.
pub const ACCESS_KEY_SECRET: &str = "sandbox-secret";

/// The RAM user that holds the key.
pub const USER: &str = "sandbox";
