//! The RAM API (version 2015-05-01) and the one STS call we need, over HTTPS.
//!
//! In: credentials, a [`Transport`](transport::Transport), a [`Clock`](clock::Clock) and a source of chance.
//! Out: a [`RamClient`] through which the core reads and writes one account.
//!
//! | part | modules |
//! |---|---|
//! | what is said | `request`, `response`, `error` |
//! | how it is signed | [`encoding`], [`signature`] |
//! | how it travels | [`transport`], [`http`], [`endpoint`] |
//! | when it is repeated | [`retry`], `limiter`, [`client`] |
//! | which accounts there are | [`directory`] |
//! | what became of a write | `settle`, `look`, `ledger` |

pub mod client;
pub mod clock;
pub mod directory;
pub mod encoding;
pub mod endpoint;
mod error;
mod exchange;
mod hint;
pub mod http;
mod ledger;
pub(crate) mod limiter;
mod look;
mod read;
mod redact;
mod request;
mod response;
pub mod retry;
mod same;
mod settle;
pub mod signature;
pub mod transport;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use client::{Counts, RamClient, Settings};
pub use hint::hint;

/// Locks a mutex whose contents are whole at every moment, so that a panic elsewhere is no reason to stop.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
