//! What a request is signed with.

use jiff::Timestamp;

use crate::cloud::rpc::credentials::Credentials;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::rpc::signature::SignatureVersion;

/// What one request is signed with, and where it goes.
pub(in crate::cloud::rpc) struct Signing<'a> {
    pub(in crate::cloud::rpc) endpoint: &'a Endpoint,
    /// Of RPC; OSS has one of its own.
    pub(in crate::cloud::rpc) signature: SignatureVersion,
    /// `None` for a call whose proof is a parameter.
    pub(in crate::cloud::rpc) credentials: Option<&'a Credentials>,
    /// The time that the signature bears.
    pub(in crate::cloud::rpc) at: Timestamp,
    pub(in crate::cloud::rpc) nonce: &'a str,
}
