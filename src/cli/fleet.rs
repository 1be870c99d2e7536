//! The accounts of a run: which, in what order, how many at a time.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::args::{FleetArgs, Global};
use super::connect::Hub;
use super::console::Console;
use super::discover::discovered;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::interrupt::interrupted;
use super::observe::{Subject, look_at};
use crate::model::AccountId;
use crate::plan::Aim;
use crate::spec::{AccountEntry, Spec};

/// One account of a run.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its place in the spec, from 0.
    pub(super) index: usize,
    /// Its entry in the spec; `None` for the account of the run's own credentials.
    pub(super) entry: Option<AccountEntry>,
}

impl Member {
    /// What people call it: alias, else id; nothing for the account of the run's own credentials.
    pub(super) fn label(&self) -> Option<String> {
        let entry = self.entry.as_ref()?;
        Some(entry.alias.clone().unwrap_or_else(|| entry.id.to_string()))
    }

    /// Its number, where the spec says it.
    pub(super) fn id(&self) -> Option<&AccountId> {
        self.entry.as_ref().map(|entry| &entry.id)
    }
}

/// One account, and what was seen in it.
pub(super) struct Seen {
    pub(super) member: Member,
    pub(super) subject: Result<Subject, Failure>,
}

/// Finds the credentials of a run and its accounts; a signal ends it.
///
/// # Errors
/// As [`Hub::open`] and [`members`], and with status 130 after a signal.
pub(super) async fn begin(
    spec: &Spec,
    args: &FleetArgs,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<(Hub, Vec<Member>), Failure> {
    let signals = console.signals();
    let found = async {
        let hub = Hub::open(global, here, console).await?;
        let members = members(spec, &hub, args, console).await?;
        Ok((hub, members))
    };
    signals.stop(found).await
}

/// The accounts of a spec that the command line leaves in: the spec's own entries in its order, then those that
/// were discovered, by id.
///
/// # Errors
/// When a glob or shard is malformed or matches nothing (64), or the accounts could not be found (3 or 5).
async fn members(
    spec: &Spec,
    hub: &Hub,
    args: &FleetArgs,
    console: &mut Console,
) -> Result<Vec<Member>, Failure> {
    let choice = Choice::parse(args)?;
    if spec.accounts().is_empty() && spec.discover().is_none() {
        if choice.is_any() {
            let message = "`--only`, `--exclude` and `--shard` choose among the accounts of a spec, and this one names none";
            return Err(Failure::new(ExitStatus::Usage, message));
        }
        return Ok(vec![Member {
            index: 0,
            entry: None,
        }]);
    }
    let mut entries = spec.accounts().to_vec();
    if let Some(discover) = spec.discover() {
        entries.extend(discovered(discover, spec.accounts(), hub, console).await?);
    }
    choice.check(&entries)?;
    let left: Vec<(usize, AccountEntry)> = entries
        .into_iter()
        .enumerate()
        .filter(|(_, entry)| choice.holds(entry))
        .filter(|(_, entry)| hub.pinned().is_none_or(|pinned| *pinned == entry.id))
        .collect();
    if left.is_empty() {
        return Err(Failure::new(
            ExitStatus::Usage,
            "no account of the spec is left to work on",
        ));
    }
    let mine = left
        .into_iter()
        .filter(|(_, entry)| choice.shard.is_none_or(|shard| shard.holds(&entry.id)));
    Ok(mine
        .map(|(index, entry)| Member {
            index,
            entry: Some(entry),
        })
        .collect())
}

/// Which accounts the command line leaves in.
struct Choice {
    only: Vec<glob::Pattern>,
    exclude: Vec<glob::Pattern>,
    shard: Option<Shard>,
}

impl Choice {
    fn parse(args: &FleetArgs) -> Result<Self, Failure> {
        Ok(Self {
            only: globs("--only", &args.only)?,
            exclude: globs("--exclude", &args.exclude)?,
            shard: args.shard.as_deref().map(Shard::parse).transpose()?,
        })
    }

    fn is_any(&self) -> bool {
        !self.only.is_empty() || !self.exclude.is_empty() || self.shard.is_some()
    }

    /// Each glob has to match something: one that does not is misspelt.
    fn check(&self, entries: &[AccountEntry]) -> Result<(), Failure> {
        for (option, globs) in [("--only", &self.only), ("--exclude", &self.exclude)] {
            let idle = globs
                .iter()
                .find(|glob| !entries.iter().any(|entry| matches(glob, entry)));
            if let Some(glob) = idle {
                let message = format!("`{option} {glob}` matches no account of the spec");
                return Err(Failure::new(ExitStatus::Usage, message));
            }
        }
        Ok(())
    }

    fn holds(&self, entry: &AccountEntry) -> bool {
        (self.only.is_empty() || self.only.iter().any(|glob| matches(glob, entry)))
            && !self.exclude.iter().any(|glob| matches(glob, entry))
    }
}

fn globs(option: &str, texts: &[String]) -> Result<Vec<glob::Pattern>, Failure> {
    let read = |text: &String| {
        glob::Pattern::new(text).map_err(|error| {
            Failure::new(
                ExitStatus::Usage,
                format!("`{option} {text}`: {}", error.msg),
            )
        })
    };
    texts.iter().map(read).collect()
}

fn matches(glob: &glob::Pattern, entry: &AccountEntry) -> bool {
    glob.matches(entry.id.as_str())
        || entry
            .alias
            .as_deref()
            .is_some_and(|alias| glob.matches(alias))
}

/// One part of a fleet, `K/N`. Which part an account is in depends on its id alone, so that parts stay stable
/// when accounts come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shard {
    part: u64,
    of: u64,
}

impl Shard {
    fn parse(text: &str) -> Result<Self, Failure> {
        let parts = text
            .split_once('/')
            .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err(Failure::new(
                ExitStatus::Usage,
                format!("`--shard {text}` is not of the form K/N"),
            )
            .hint("K counts from 1 to N, as in `--shard 2/8`")),
        }
    }

    fn holds(self, id: &AccountId) -> bool {
        let digest = Sha256::digest(id.as_str().as_bytes());
        let number = digest
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % self.of == self.part - 1
    }
}

/// Looks at all members, so many at a time, and gives what was seen in their order. A slow account holds up no
/// other. After a signal the rest is left, and said to be.
pub(super) async fn look_at_all(
    members: Vec<Member>,
    hub: &Hub,
    spec: &Spec,
    aim: Aim,
    parallel: usize,
    console: &mut Console,
) -> Vec<Seen> {
    let origin = spec.digest();
    let origin = origin.as_str();
    let looks = members
        .iter()
        .enumerate()
        .map(
            |(place, member)| async move { (place, look_at(hub, member, spec, aim, origin).await) },
        );
    let mut progress = console.counter("read", members.len());
    let signals = console.signals();
    let mut subjects: BTreeMap<usize, Result<Subject, Failure>> = stream::iter(looks)
        .buffer_unordered(parallel)
        .inspect(|_| progress.advance())
        .take_until(signals.first())
        .collect()
        .await;
    let left = match members.len() {
        1 => interrupted(),
        _ => Failure::new(ExitStatus::Interrupted, "not read: interrupted"),
    };
    let seen = |(place, member)| Seen {
        member,
        subject: subjects.remove(&place).unwrap_or_else(|| Err(left.clone())),
    };
    members.into_iter().enumerate().map(seen).collect()
}

/// What was seen, if nobody interrupted.
///
/// # Errors
/// With status 130 when some account was left because of a signal.
pub(super) fn uninterrupted(seen: Vec<Seen>) -> Result<Vec<Seen>, Failure> {
    let was_left = |seen: &Seen| {
        let failure = seen.subject.as_ref().err();
        failure.is_some_and(|failure| failure.status == ExitStatus::Interrupted)
    };
    match seen.iter().any(was_left) {
        true => Err(interrupted()),
        false => Ok(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_is_in_exactly_one_part() {
        for id in 0..500_u32 {
            let id =
                AccountId::new(&format!("{}", 1_000_000_000_000_000_u64 + u64::from(id))).unwrap();
            let parts = (1..=7)
                .filter(|part| Shard { part: *part, of: 7 }.holds(&id))
                .count();
            assert_eq!(parts, 1);
        }
    }

    #[test]
    fn a_part_is_written_k_of_n() {
        assert_eq!(Shard::parse("2/8").unwrap(), Shard { part: 2, of: 8 });
        for bad in ["", "2", "0/8", "9/8", "2/0", "a/b", "1/2/3", "-1/2"] {
            assert!(Shard::parse(bad).is_err(), "{bad}");
        }
    }
}
