//! OSS: what exports ask about buckets, and the objects that they write.
//!
//! In: an [`RpcClient`](crate::cloud::rpc::client::RpcClient), which signs and sends. A bucket that is asked for in
//! another region than its own is asked once more where the answer says that it is; the host of that region comes from
//! our table, so nothing goes to a host that an answer names.

mod buckets;
mod call;
mod hosts;
mod objects;
pub mod service;

pub use buckets::{bucket, bucket_policy, is_locked};
pub use objects::{object, objects, presigned_url};
