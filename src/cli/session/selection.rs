//! Which accounts of a spec the command line selects: globs and shards.

use sha2::{Digest, Sha256};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::FleetArgs;
use crate::model::AccountId;
use crate::spec::AccountEntry;

/// The options that select accounts.
pub(super) struct Selection {
    only: Vec<glob::Pattern>,
    exclude: Vec<glob::Pattern>,
    pub(super) shard: Option<Shard>,
}

impl Selection {
    pub(super) fn parse(args: &FleetArgs) -> Result<Self, Failure> {
        Ok(Self {
            only: globs("--only", &args.only)?,
            exclude: globs("--exclude", &args.exclude)?,
            shard: args.shard.as_deref().map(Shard::parse).transpose()?,
        })
    }

    pub(super) fn is_any(&self) -> bool {
        !self.only.is_empty() || !self.exclude.is_empty() || self.shard.is_some()
    }

    /// Each glob has to match something: one that does not is misspelt.
    pub(super) fn check(&self, entries: &[AccountEntry]) -> Result<(), Failure> {
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

    pub(super) fn holds(&self, entry: &AccountEntry) -> bool {
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
pub(super) struct Shard {
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

    pub(super) fn holds(self, id: &AccountId) -> bool {
        let digest = Sha256::digest(id.as_str().as_bytes());
        let number = digest
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % self.of == self.part - 1
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
