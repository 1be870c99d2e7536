//! The RAM API (version 2015-05-01) and the one STS call we need, over HTTPS.

pub mod encoding;
pub mod signature;
pub mod transport;
