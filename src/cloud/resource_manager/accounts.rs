//! The replies that list accounts of a resource directory.

use serde::Deserialize;

/// A page of accounts, each read as far as `A` needs it.
#[derive(Deserialize)]
pub(super) struct AccountsReply<A> {
    #[serde(rename = "Accounts")]
    pub(super) accounts: AccountList<A>,
    #[serde(rename = "TotalCount")]
    pub(super) total: usize,
}

#[derive(Deserialize)]
pub(super) struct AccountList<A> {
    #[serde(rename = "Account")]
    pub(super) list: Vec<A>,
}
