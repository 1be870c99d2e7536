//! How statements add up to a decision.

use crate::policy::Effect;

/// What a set of statements says to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    /// Nothing allows it.
    ImplicitDeny,
    /// Something denies it.
    ExplicitDeny,
}

impl Decision {
    /// Why it is not allowed, in RAM's words; `None` if it is.
    pub(crate) fn denial(self) -> Option<&'static str> {
        match self {
            Self::Allowed => None,
            Self::ImplicitDeny => Some("ImplicitDeny"),
            Self::ExplicitDeny => Some("ExplicitDeny"),
        }
    }

    /// Of several sets of statements together: a Deny in any beats an Allow in any.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::ExplicitDeny, _) | (_, Self::ExplicitDeny) => Self::ExplicitDeny,
            (Self::Allowed, _) | (_, Self::Allowed) => Self::Allowed,
            _ => Self::ImplicitDeny,
        }
    }
}

/// What statements say together, each given as its effect and whether it matches (`None`: not documented).
pub(crate) fn combine(statements: impl Iterator<Item = (Effect, Option<bool>)>) -> Decision {
    let one = |(effect, matched)| match (effect, matched) {
        (Effect::Allow, Some(true)) => Decision::Allowed,
        (Effect::Deny, Some(true) | None) => Decision::ExplicitDeny,
        _ => Decision::ImplicitDeny,
    };
    statements
        .map(one)
        .fold(Decision::ImplicitDeny, Decision::and)
}

/// Whether any of the patterns matches; what a policy variable means is not documented.
pub(crate) fn any(patterns: &[String], is_match: impl Fn(&str) -> bool) -> Option<bool> {
    let (unknown, known): (Vec<_>, Vec<_>) =
        patterns.iter().partition(|pattern| pattern.contains("${"));
    if known.into_iter().any(|pattern| is_match(pattern)) {
        return Some(true);
    }
    unknown.is_empty().then_some(false)
}

/// Whether all parts match: one that does not settles it, also beside one that is not documented.
pub(crate) fn all(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut outcome = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => outcome = None,
        }
    }
    outcome
}
