//! Alibaba Cloud over HTTP: one client for all services.
//!
//! | part | holds |
//! |---|---|
//! | [`rpc`] | signing, sending, repeating, limiting and redacting of calls; knows no service |
//! | [`ram`] | the operations of RAM, and an account as the core reads and writes it |
//! | [`sts`] | who the caller is, and sessions of roles |
//! | [`resource_manager`] | the accounts and control policies of a resource directory |
//! | [`ecs`] | images, exports of them and their tasks |
//! | [`oss`] | buckets and objects |
//! | [`services`] | the last three as the core reads them, and exports with them |
//! | [`hint`] | what a person can do about an error |
//!
//! A service has a folder with its operations, its replies and the meaning of its error codes. It uses `rpc` and
//! adds nothing to how calls are sent.

pub mod ecs;
pub mod hint;
pub mod oss;
pub mod ram;
pub mod resource_manager;
pub mod rpc;
pub mod services;
pub mod sts;
