//! Everything the sandbox holds.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::account::Account;
use super::bucket::Bucket;
use super::cloud::{Behavior, Region};
use super::directory::Directory;
use super::key::{AccessKey, Instance, Session};
use super::nonces::Nonces;
use crate::model::AccountId;

/// Everything the sandbox holds: all accounts, and the keys that open them.
#[derive(Debug, Clone)]
pub struct World {
    /// The account whose key is handed out.
    pub(crate) main: AccountId,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// By access key id.
    pub(crate) keys: BTreeMap<String, AccessKey>,
    /// By temporary access key id.
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) directory: Option<Directory>,
    pub(crate) instance: Option<Instance>,
    /// Regions that differ from the documented ones.
    pub(crate) regions: Vec<Region>,
    pub(crate) behavior: Behavior,
    /// Not kept on disk: a restart forgets them, as fifteen minutes do.
    pub(crate) nonces: Nonces,
    /// When the next task is due, so that a request need not look through all accounts. Not kept on disk.
    pub(crate) next_due: Option<Timestamp>,
    /// How many requests were answered; makes request ids.
    pub(crate) requests: u64,
}

impl World {
    pub(crate) fn next_request_id(&mut self) -> String {
        self.requests += 1;
        format!("5A4DB0C5-0000-4000-8000-{:012X}", self.requests)
    }

    /// OSS has ids of another form.
    pub(crate) fn next_oss_request_id(&mut self) -> String {
        self.requests += 1;
        format!("5A4DB0C500000000{:08X}", self.requests)
    }

    /// A copy without the nonces, which are no part of the state that operations see.
    pub(crate) fn snapshot(&self) -> Self {
        Self {
            main: self.main.clone(),
            accounts: self.accounts.clone(),
            keys: self.keys.clone(),
            sessions: self.sessions.clone(),
            directory: self.directory.clone(),
            instance: self.instance.clone(),
            regions: self.regions.clone(),
            behavior: self.behavior.clone(),
            nonces: Nonces::default(),
            next_due: self.next_due,
            requests: self.requests,
        }
    }

    /// Notes when the next task is due; to be called after tasks were started or ended.
    pub(crate) fn note_next_due(&mut self) {
        let tasks = self
            .accounts
            .values()
            .flat_map(|account| account.tasks.values());
        let running = tasks.filter(|task| task.end.is_none());
        self.next_due = running.map(|task| task.due).min();
    }

    pub(crate) fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// The bucket of this name, with the account that owns it.
    pub(crate) fn bucket(&self, name: &str) -> Option<(&AccountId, &Bucket)> {
        let mut accounts = self.accounts.values();
        accounts.find_map(|account| Some((&account.id, account.buckets.get(name)?)))
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Option<&mut Bucket> {
        let mut accounts = self.accounts.values_mut();
        accounts.find_map(|account| account.buckets.get_mut(name))
    }

    /// The account that a key opens.
    pub(crate) fn account_of_key<'a>(&'a self, key: &'a AccessKey) -> &'a AccountId {
        key.account.as_ref().unwrap_or(&self.main)
    }
}
