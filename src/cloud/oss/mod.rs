//! OSS, which has a signature of its own.

pub mod signature;
