//! Alibaba Cloud over HTTP: one client for all services.
//!
//! | part | holds |
//! |---|---|
//! | [`rpc`] | signing, sending, repeating, limiting and redacting of RPC calls; knows no service |
//! | [`ram`] | the operations of RAM, and an account as the core reads and writes it |
//! | [`sts`] | who the caller is, and sessions of roles |
//! | [`resource_manager`] | the accounts of a resource directory |
//! | [`oss`] | the signature of OSS, which is of another kind |
//! | [`hint`] | what a person can do about an error |
//!
//! A service has a folder with its operations, its replies and the meaning of its error codes. It uses `rpc` and
//! adds nothing to how calls are sent.

pub mod hint;
pub mod oss;
pub mod ram;
pub mod resource_manager;
pub mod rpc;
pub mod sts;
