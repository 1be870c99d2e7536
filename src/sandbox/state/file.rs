//! The state as one JSON document: the form of the state file and of seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::{Account, User};
use super::cloud::{Behavior, Region};
use super::directory::Directory;
use super::key::{AccessKey, Instance, Session};
use super::nonces::Nonces;
use super::serialized::{list, optional_text, seeded_at};
use super::world::World;
use crate::model::AccountId;
use crate::sandbox::defaults::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, USER};

/// The number of this format. A file of a higher one is left alone; those of all lower ones are read.
pub(crate) const FORMAT: u32 = 2;

/// Read alone first, to know what the rest may be.
#[derive(Deserialize)]
struct FormatOnly {
    #[serde(default = "current_format")]
    format: u32,
}

fn current_format() -> u32 {
    FORMAT
}

/// The whole document. `main_account` is the first of `accounts` when left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    #[serde(default = "current_format")]
    format: u32,
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    main_account: Option<AccountId>,
    accounts: Vec<Account>,
    #[serde(default, with = "list")]
    keys: BTreeMap<String, AccessKey>,
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    sessions: BTreeMap<String, Session>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<Directory>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<Instance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<Region>,
    #[serde(default, skip_serializing_if = "Behavior::is_default")]
    behavior: Behavior,
}

/// Why a text is not a state.
pub(crate) enum ReadError {
    /// A newer program wrote it; the number of its format.
    Newer(u32),
    /// It is not of this shape, or contradicts itself; what is wrong, with the place.
    Damaged(String),
}

/// Reads a state.
pub(crate) fn read(text: &str) -> Result<World, ReadError> {
    let damaged = |error: serde_json::Error| ReadError::Damaged(error.to_string());
    let FormatOnly { format } = serde_json::from_str(text).map_err(damaged)?;
    if format > FORMAT {
        return Err(ReadError::Newer(format));
    }
    let file: StateFile = serde_json::from_str(text).map_err(damaged)?;
    file.into_world().map_err(ReadError::Damaged)
}

/// Writes a state. Equal states give equal bytes.
pub(crate) fn write(world: &World) -> serde_json::Result<String> {
    let World {
        main,
        accounts,
        keys,
        sessions,
        directory,
        instance,
        regions,
        behavior,
        nonces: _,
        next_due: _,
        requests: _,
    } = world.clone();
    let file = StateFile {
        format: FORMAT,
        main_account: Some(main),
        accounts: accounts.into_values().collect(),
        keys,
        sessions,
        directory,
        instance,
        regions,
        behavior,
    };
    let mut text = serde_json::to_string_pretty(&file)?;
    text.push('\n');
    Ok(text)
}

impl StateFile {
    fn into_world(self) -> Result<World, String> {
        let Self {
            format: _,
            main_account,
            accounts,
            keys,
            sessions,
            directory,
            instance,
            regions,
            behavior,
        } = self;
        let first = accounts.first().map(|account| account.id.clone());
        let mut by_id = BTreeMap::new();
        for mut account in accounts {
            account.complete()?;
            if let Some(twice) = by_id.insert(account.id.clone(), account) {
                return Err(format!("account {} is there twice", twice.id));
            }
        }
        let main = match main_account.or(first) {
            Some(main) if by_id.contains_key(&main) => main,
            Some(main) => return Err(format!("main account {main} is not among the accounts")),
            None => return Err("there is no account".to_owned()),
        };
        let mut world = World {
            main,
            accounts: by_id,
            keys,
            sessions,
            directory,
            instance,
            regions,
            behavior,
            nonces: Nonces::default(),
            next_due: None,
            requests: 0,
        };
        world.note_next_due();
        add_usual_key(&mut world);
        Ok(world)
    }
}

/// Makes sure that some key opens the main account: its user `sandbox` with the usual key.
fn add_usual_key(world: &mut World) {
    let opens_main = |key: &AccessKey| world.account_of_key(key) == &world.main;
    if world.keys.values().any(opens_main) {
        return;
    }
    let key = AccessKey {
        id: ACCESS_KEY_ID.to_owned(),
        secret: ACCESS_KEY_SECRET.to_owned(),
        account: None,
        user: Some(USER.to_owned()),
        is_inactive: false,
        allowed: None,
    };
    world.keys.insert(key.id.clone(), key);
    let Some(account) = world.accounts.get_mut(&world.main) else {
        return;
    };
    if account.users.contains_key(USER) {
        return;
    }
    let user = User {
        name: USER.to_owned(),
        id: account.next_id(),
        display_name: String::new(),
        comments: "holds the key that the sandbox hands out".to_owned(),
        created: seeded_at(),
        attachments: Vec::new(),
    };
    account.users.insert(USER.to_owned(), user);
}

/// Why a seed cannot be used; on one line, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed: {0}")]
pub struct SeedError(String);

impl SeedError {
    pub(crate) fn new(problem: String) -> Self {
        Self(problem)
    }
}

impl World {
    /// One empty account, [`ACCOUNT_ID`](crate::sandbox::ACCOUNT_ID), opened by the usual key.
    ///
    /// # Errors
    /// None that can happen; the empty account goes the way of every seed.
    pub fn empty() -> Result<Self, SeedError> {
        Self::of_account("{}")
    }

    /// One account, opened by the usual key, holding what `json` says: `roles`, `policies`, `system_policies`,
    /// `users`, `quota`, `control_policy`, all optional.
    ///
    /// # Errors
    /// When it is not JSON of that shape, or holds a bad name, with the place.
    pub fn of_account(json: &str) -> Result<Self, SeedError> {
        let account = serde_json::from_str(json).map_err(|error| SeedError(error.to_string()))?;
        let file = StateFile {
            format: FORMAT,
            main_account: None,
            accounts: vec![account],
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            directory: None,
            instance: None,
            regions: Vec::new(),
            behavior: Behavior::default(),
        };
        file.into_world().map_err(SeedError)
    }

    /// Reads a whole state, with `accounts`, `keys` and more: the form of the state file.
    ///
    /// # Errors
    /// As [`World::of_account`].
    pub fn from_json(json: &str) -> Result<Self, SeedError> {
        read(json).map_err(|error| match error {
            ReadError::Newer(format) => {
                SeedError(format!("format {format} is newer than {FORMAT}"))
            }
            ReadError::Damaged(problem) => SeedError(problem),
        })
    }

    /// The whole state, as the state file holds it. Equal states give equal bytes.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a bug.
    pub fn to_json(&self) -> Result<String, SeedError> {
        write(self).map_err(|error| SeedError(error.to_string()))
    }
}
