//! The profiles of the aliyun CLI, in `~/.aliyun/config.json`.
//!
//! Source: aliyun CLI and the official SDKs. The file is only read; the SDKs rewrite it and lose what they do not know.

mod config;
mod lookup;

pub(super) use lookup::{FoundProfile, Lookup, ORIGIN, disabled_by, is_disabled, lookup};
