//! The clients of one account, and what is left of them while the account waits.

use std::sync::Arc;

use crate::account::ReadAccount;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cloud::ram::RamClient;
use crate::cloud::resource_manager::control_policies::ControlPolicyReader;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::endpoint::Endpoint;
use crate::cloud::rpc::http::HttpTransport;
use crate::cloud::rpc::traffic::{Counts, Traffic};
use crate::cloud::services::ServicesClient;
use crate::credentials::{Found, Source};
use crate::model::{AccountId, Caller};

/// Credentials, and where STS is asked about them and with them.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) source: Source,
    pub(super) sts: Endpoint,
}

impl From<Found> for Identity {
    fn from(found: Found) -> Self {
        let Found { source, sts, .. } = found;
        Self { source, sts }
    }
}

/// Clients for one account.
pub(crate) struct Connection {
    pub(crate) account: RamClient<HttpTransport, Source>,
    /// Counts together with `account`.
    pub(crate) services: ServicesClient<HttpTransport, Source>,
    base: Paused,
}

/// A connection that waits: its session and its counts. Thousands of accounts may wait at once.
#[derive(Clone)]
pub(crate) struct Paused {
    pub(super) identity: Identity,
    pub(super) control_policies: Arc<ControlPolicyReader<HttpTransport, Source>>,
    pub(super) traffic: Arc<Traffic>,
    /// The account it has to be, if that is known.
    pub(super) pinned: Option<AccountId>,
}

impl Connection {
    pub(super) fn new(
        account: RpcClient<HttpTransport, Source>,
        services: RpcClient<HttpTransport, Source>,
        base: Paused,
    ) -> Self {
        let control_policies = Arc::clone(&base.control_policies);
        Self {
            account: RamClient::new(account),
            services: ServicesClient::new(services, control_policies),
            base,
        }
    }

    /// What is left of it while nothing is asked.
    pub(crate) fn pause(&self) -> Paused {
        self.base.clone()
    }

    /// What was called for the account so far.
    pub(crate) fn counts(&self) -> Counts {
        self.services.counts()
    }

    /// The caller, asked for now where the account is known, so that nothing else is asked of another one.
    ///
    /// # Errors
    /// When it is another account (3), or there is no answer (5).
    pub(crate) async fn pinned_caller(&self) -> Result<Option<Caller>, Failure> {
        let Some(pinned) = &self.base.pinned else {
            return Ok(None);
        };
        let caller = self.account.caller().await?;
        if caller.account == *pinned {
            return Ok(Some(caller));
        }
        let message = format!(
            "the access key belongs to account {}, but this is for {pinned}",
            caller.account
        );
        Err(Failure::new(ExitStatus::Refused, message).hint("use credentials of that account"))
    }
}
