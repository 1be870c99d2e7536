//! A look-alike of the services, for tests, demos and a first try without an account or a network.
//!
//! In: signed requests. Out: the answers the services would give, from a state of its own. It is judged by clients
//! that we did not write: the official SDKs must be able to use it without noticing.
//!
//! ```text
//! HTTP on loopback ──┐
//!                    ├─▶ middleware (latency, faults, log) ─▶ dispatch (who, may they) ─▶ a service ─▶ state
//! in process ────────┘            │
//!                               store
//! ```
//!
//! From `dispatch` on everything is pure: requests and the time are arguments. Each service has a folder: `ram`,
//! `sts`, `resource_manager`, `ecs`, `oss`; what the requests and answers of all but the last have in common is in
//! `rpc`.
//!
//! Where it is not known what RAM does, the sandbox takes the stricter reading, so that what passes here passes
//! there; the contract tests list the facts and their sources.

mod authorization;
mod call_log;
mod caller;
mod connection;
mod date;
mod defaults;
mod dispatch;
mod ecs;
mod evaluation;
mod fault;
mod fleet;
mod http;
mod keys;
mod layers;
mod metadata;
mod middleware;
mod oss;
mod outcome;
mod ram;
mod ready;
mod resource_manager;
mod rpc;
mod server;
mod state;
mod store;
mod sts;
mod xml;

pub use call_log::{CallLog, CallRecord};
pub use defaults::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, ACCOUNT_ID, USER};
pub use fault::{Fault, FaultError, FaultKind, FaultPlan, Rule};
pub use fleet::{Fleet, MemberState};
pub use middleware::{Clock, Sandbox};
pub use ready::ready_states;
pub use server::{Options, Server, StartError, environment, reset, seed, start};
pub use state::World;
pub use state::file::SeedError;
pub use store::StoreError;
