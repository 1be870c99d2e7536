//! The accounts of a run: which, and in what order.

use super::clients::Session;
use super::console::Console;
use super::discovery::discover;
use super::selection::Selection;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global};
use crate::model::AccountId;
use crate::spec::{AccountEntry, Spec};

/// One account of a run.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its place in the spec, from 0.
    pub(crate) index: usize,
    /// Its entry in the spec; `None` for the account of the run's own credentials.
    pub(crate) entry: Option<AccountEntry>,
}

impl Member {
    /// The account of the run's own credentials.
    pub(crate) fn own() -> Self {
        Self {
            index: 0,
            entry: None,
        }
    }

    /// What people call it: alias, else id; nothing for the account of the run's own credentials.
    pub(crate) fn label(&self) -> Option<String> {
        let entry = self.entry.as_ref()?;
        Some(entry.alias.clone().unwrap_or_else(|| entry.id.to_string()))
    }

    /// Its number, where the spec says it.
    pub(crate) fn id(&self) -> Option<&AccountId> {
        self.entry.as_ref().map(|entry| &entry.id)
    }
}

/// Finds the credentials of a run and its accounts; a signal ends it.
///
/// # Errors
/// As [`Session::open`] and [`members`], and with status 130 after a signal.
pub(crate) async fn open(
    spec: &Spec,
    args: &FleetArgs,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<(Session, Vec<Member>), Failure> {
    let signals = console.signals();
    let found = async {
        let session = Session::open(global, here, console).await?;
        let members = members(spec, &session, args, console).await?;
        Ok((session, members))
    };
    signals.cancel(found).await
}

/// The accounts of a spec that the command line selects: the spec's own entries in its order, then those that
/// were discovered, by id.
///
/// # Errors
/// When a glob or shard is malformed or matches nothing (64), or the accounts could not be found (3 or 5).
async fn members(
    spec: &Spec,
    session: &Session,
    args: &FleetArgs,
    console: &mut Console,
) -> Result<Vec<Member>, Failure> {
    let selection = Selection::parse(args)?;
    if spec.accounts().is_empty() && spec.discover().is_none() {
        if selection.is_any() {
            let message = "`--only`, `--exclude` and `--shard` choose among the accounts of a spec, and this one names none";
            return Err(Failure::new(ExitStatus::Usage, message));
        }
        return Ok(vec![Member::own()]);
    }
    let mut entries = spec.accounts().to_vec();
    if let Some(discovery) = spec.discover() {
        entries.extend(discover(discovery, spec.accounts(), &session.directory(), console).await?);
    }
    selection.check(&entries)?;
    let left: Vec<(usize, AccountEntry)> = entries
        .into_iter()
        .enumerate()
        .filter(|(_, entry)| selection.holds(entry))
        .filter(|(_, entry)| session.pinned().is_none_or(|pinned| *pinned == entry.id))
        .collect();
    if left.is_empty() {
        return Err(Failure::new(
            ExitStatus::Usage,
            "no account of the spec is left to work on",
        ));
    }
    let mine = left
        .into_iter()
        .filter(|(_, entry)| selection.shard.is_none_or(|shard| shard.holds(&entry.id)));
    Ok(mine
        .map(|(index, entry)| Member {
            index,
            entry: Some(entry),
        })
        .collect())
}
