//! The client of one account.

use super::write_log::WriteLog;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::traffic::Counts;
use crate::cloud::rpc::transport::Transport;

/// Reads and writes one account through the RAM API, implementing [`ReadAccount`](crate::account::ReadAccount)
/// and [`WriteAccount`](crate::account::WriteAccount).
///
/// One client is for one account and one run: it remembers what it wrote, and how fast the account may be
/// called.
pub struct RamClient<T, C> {
    pub(super) rpc: RpcClient<T, C>,
    pub(super) log: WriteLog,
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// A client that calls through `rpc` and has not written anything yet.
    #[must_use]
    pub fn new(rpc: RpcClient<T, C>) -> Self {
        Self {
            rpc,
            log: WriteLog::default(),
        }
    }

    /// What this client did so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.rpc.counts()
    }
}

/// Shows what its calls are made with, and no credentials.
impl<T, C> std::fmt::Debug for RamClient<T, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RamClient").field(&self.rpc).finish()
    }
}
