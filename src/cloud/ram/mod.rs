//! RAM: the operations that read and write an account, and what became of a write.
//!
//! In: an [`RpcClient`](crate::cloud::rpc::client::RpcClient). Out: a [`RamClient`], through which the core reads and
//! writes one account.
//!
//! | part | modules |
//! |---|---|
//! | operations and their parameters | `operations` |
//! | replies and their meaning | `replies`, [`service`], `read` |
//! | which permissions the calls need; steps as commands | `permissions`, `commands` |
//! | a write until its outcome is known | `write`, `read_back`, `write_log` |

mod client;
mod commands;
mod operations;
mod permissions;
mod read;
mod read_back;
mod replies;
pub mod service;
mod write;
mod write_log;

pub use client::RamClient;
pub use commands::{CommandError, aliyun_commands};
pub use permissions::PermissionRecorder;
