//! Actions or targets as patterns, each without some of what it matches.

use super::super::engine::Glob;
use serde::{Serialize, Serializer};

/// A pattern with `*` and `?`, as a statement has it, and what of it is not meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pattern {
    /// As `oss:*`, `acs:oss:*:*:exports-hz/*`, or a principal as `Service:ecs.aliyuncs.com`.
    pub pattern: String,
    /// What inside `pattern` is not meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// A pattern inside another one that is not meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The pattern.
    pub pattern: String,
    /// Who leaves it out.
    pub source: ExceptionSource,
}

/// Who leaves an exception out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionSource {
    /// The side itself, by `NotAction`, `NotResource` or a `Deny`: it is no part of what that side grants.
    Own,
    /// The other side of the comparison, which has it too: this side grants it as well.
    Shared,
}

impl Serialize for Exception {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.pattern)
    }
}

impl Exception {
    pub(crate) fn own(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            source: ExceptionSource::Own,
        }
    }

    pub(crate) fn shared(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            source: ExceptionSource::Shared,
        }
    }
}

impl Pattern {
    pub(crate) fn whole(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            except: Vec::new(),
        }
    }

    /// Everything but these, as a statement with `NotAction` or `NotResource` says.
    pub(crate) fn everything_but(except: impl Iterator<Item = String>) -> Self {
        Self {
            pattern: "*".to_owned(),
            except: except.map(Exception::own).collect(),
        }
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.pattern.contains(['*', '?'])
    }

    /// Whether the pattern, with what the other side has too, reaches all of another one.
    /// "No" may be said where it does.
    fn plainly_covers(&self, other: &Self, fold: fn(&str) -> String) -> bool {
        let glob = |text: &str| Glob::pattern(&fold(text));
        let covers = |one: &str, other: &str| glob(one).plainly_covers(&glob(other));
        let is_left_out = |exception: &Exception| {
            let exception = &exception.pattern;
            let mut elsewhere = other.except.iter();
            elsewhere.any(|out| covers(&out.pattern, exception))
                || !glob(exception).meets(&glob(&other.pattern))
        };
        let mut own = self.except.iter();
        covers(&self.pattern, &other.pattern)
            && own.all(|out| out.source == ExceptionSource::Shared || is_left_out(out))
    }
}

/// Letter case of actions has no meaning.
pub(crate) fn fold_action(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Letter case of targets counts.
pub(crate) fn keep_case(text: &str) -> String {
    text.to_owned()
}

/// Whether every one of `others` is inside one of `patterns`. "No" may be said where they are.
pub(crate) fn plainly_cover(
    patterns: &[Pattern],
    others: &[Pattern],
    fold: fn(&str) -> String,
) -> bool {
    let is_covered = |other| patterns.iter().any(|one| one.plainly_covers(other, fold));
    others.iter().all(is_covered)
}

/// Leaves out targets that another one without exceptions covers; of equal ones the first stays.
pub(crate) fn drop_covered(targets: &mut Vec<Pattern>) {
    let globs: Vec<Glob> = targets
        .iter()
        .map(|target| Glob::pattern(&target.pattern))
        .collect();
    let is_covered = |at: usize, target: &Pattern| {
        let Some(own) = globs.get(at) else {
            return false;
        };
        let mut others = targets.iter().zip(&globs).enumerate();
        others.any(|(of, (other, glob))| {
            let is_first = of < at || !own.plainly_covers(glob) || !target.except.is_empty();
            of != at && other.except.is_empty() && glob.plainly_covers(own) && is_first
                || of < at && other == target
        })
    };
    let kept = targets.iter().enumerate();
    let kept: Vec<Pattern> = kept
        .filter(|(at, target)| !is_covered(*at, target))
        .map(|(_, target)| target.clone())
        .collect();
    *targets = kept;
}

/// Joins action patterns: one that another covers is left out, and so is an exception that another one means.
pub(crate) fn join_actions(patterns: Vec<Pattern>) -> Vec<Pattern> {
    let glob = |text: &str| Glob::pattern(&fold_action(text));
    let globs: Vec<Glob> = patterns.iter().map(|one| glob(&one.pattern)).collect();
    let mut kept: Vec<Pattern> = Vec::new();
    for (at, pattern) in patterns.iter().enumerate() {
        let own = globs.get(at);
        let covers = |of: usize| {
            let (Some(own), Some(other)) = (own, globs.get(of)) else {
                return false;
            };
            of != at && other.plainly_covers(own) && (of < at || !own.plainly_covers(other))
        };
        // Another pattern that reaches the exception and does not leave it out means it.
        let is_meant = |exception: &Exception| {
            let exception = glob(&exception.pattern);
            let others = patterns.iter().zip(&globs).enumerate();
            let mut others = others.filter(|(of, _)| *of != at);
            others.any(|(_, (other, reach))| {
                let mut out = other.except.iter();
                reach.plainly_covers(&exception)
                    && !out.any(|out| glob(&out.pattern).plainly_covers(&exception))
            })
        };
        if (0..patterns.len()).any(covers) {
            continue;
        }
        let mut pattern = pattern.clone();
        pattern.except.retain(|exception| !is_meant(exception));
        kept.push(pattern);
    }
    kept.sort();
    kept
}
