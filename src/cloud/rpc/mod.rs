//! Calls to services, in two protocols: RPC, one POST with a form body, answered in JSON; and that of OSS.
//!
//! In: credentials, a [`Transport`](transport::Transport), a [`Clock`](clock::Clock) and a source of chance. Out: an
//! [`RpcClient`](client::RpcClient) that makes the [`Call`](call::Call)s of any service. This is the only place that
//! signs, sends, classifies, repeats, limits and redacts.
//!
//! | part | modules |
//! |---|---|
//! | what is said | [`call`], [`reply`], [`lenient`], [`pages`], [`api_error`] |
//! | who says it | [`credentials`] |
//! | how it is signed and put on the wire | [`encoding`], [`signature`], [`clock`], `protocol` |
//! | how it travels | [`transport`], [`http`], [`endpoint`] |
//! | one attempt | [`attempt`], [`redact`] |
//! | repeating and limiting | [`client`], [`retry`], [`limiter`], [`traffic`] |

pub mod api_error;
pub mod attempt;
pub mod call;
pub mod client;
pub mod clock;
pub mod credentials;
pub mod encoding;
pub mod endpoint;
pub mod http;
pub mod lenient;
pub mod limiter;
pub(crate) mod lock;
pub mod pages;
mod protocol;
pub mod redact;
pub mod reply;
pub mod retry;
pub mod signature;
pub mod traffic;
pub mod transport;
