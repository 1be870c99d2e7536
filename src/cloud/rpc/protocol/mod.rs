//! The two ways in which a call is put on the wire, and its answer read back.

pub(super) mod oss;
pub(super) mod rpc;
pub(super) mod signing;
