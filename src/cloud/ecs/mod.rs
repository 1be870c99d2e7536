//! ECS: images and what exports and imports of them need, exports themselves, and the tasks that they become.
//!
//! In: an [`RpcClient`](crate::cloud::rpc::client::RpcClient). Out: an [`EcsClient`], which knows where each region is.

mod client;
mod dry_run;
mod export;
mod hosts;
mod images;
mod import;
mod instances;
pub mod service;
mod tasks;

pub use client::EcsClient;
