//! Actions or targets as patterns, each without some of what it matches.

use super::super::engine::Glob;
use serde::Serialize;

/// A pattern with `*` and `?`, as a statement has it, and what of it is not meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pattern {
    /// As `oss:*`, `acs:oss:*:*:exports-hz/*`, or a principal as `Service:ecs.aliyuncs.com`.
    pub pattern: String,
    /// Patterns inside `pattern` that are not meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Who leaves the exceptions out.
    #[serde(skip)]
    pub source: ExceptionSource,
}

/// Who leaves the exceptions of a pattern out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionSource {
    /// The statement itself, by `NotAction` or `NotResource`: they are part of what it grants.
    Statement,
    /// The other side of the comparison, which has them too: the statement grants them as well.
    OtherSide,
}

impl Pattern {
    pub(crate) fn whole(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            except: Vec::new(),
            source: ExceptionSource::OtherSide,
        }
    }

    /// Everything but these, as a statement with `NotAction` or `NotResource` says.
    pub(crate) fn everything_but(except: Vec<String>) -> Self {
        Self {
            pattern: "*".to_owned(),
            except,
            source: ExceptionSource::Statement,
        }
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.pattern.contains(['*', '?'])
    }

    /// Exceptions that the statement makes itself.
    pub(crate) fn own_exceptions(&self) -> &[String] {
        match self.source {
            ExceptionSource::Statement => &self.except,
            ExceptionSource::OtherSide => &[],
        }
    }

    /// Whether the statement's pattern, with what the other side has too, reaches all of another pattern's.
    /// "No" may be said where it does.
    fn plainly_covers(&self, other: &Self, fold: fn(&str) -> String) -> bool {
        let glob = |text: &str| Glob::pattern(&fold(text));
        let covers = |one: &str, other: &str| glob(one).plainly_covers(&glob(other));
        let is_left_out = |exception: &String| {
            let is_elsewhere = other.except.iter().any(|out| covers(out, exception));
            is_elsewhere || !glob(exception).meets(&glob(&other.pattern))
        };
        covers(&self.pattern, &other.pattern) && self.own_exceptions().iter().all(is_left_out)
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
        let is_meant = |exception: &String| {
            let exception = glob(exception);
            let others = patterns.iter().zip(&globs).enumerate();
            let mut others = others.filter(|(of, _)| *of != at);
            others.any(|(_, (other, reach))| {
                let mut out = other.except.iter();
                reach.plainly_covers(&exception)
                    && !out.any(|out| glob(out).plainly_covers(&exception))
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
