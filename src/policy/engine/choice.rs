//! A question about rules, and the ways to answer it.

use super::bits::Bits;

/// A question: at least one rule of each set in `some` matches, and no rule of `none`.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) some: Vec<Bits>,
    pub(crate) none: Bits,
}

impl Term {
    /// The question where the first part is answered by one rule; `None` if that rule cannot answer it.
    pub(crate) fn only_by(&self, rule: usize) -> Option<Self> {
        let mut some = self.some.clone();
        let first = some.first_mut()?;
        if !first.contains(rule) {
            return None;
        }
        *first = first.only(rule);
        let none = self.none.clone();
        Some(Self { some, none })
    }
}

/// One way to answer a part of a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Choice {
    /// Target patterns that must match.
    pub(crate) wanted: Bits,
    /// Target patterns that must not.
    pub(crate) forbidden: Bits,
}

impl Choice {
    pub(super) fn of(targets: usize, wanted: &[usize], forbidden: &[usize]) -> Self {
        Self {
            wanted: Bits::of(targets, wanted),
            forbidden: Bits::of(targets, forbidden),
        }
    }

    pub(super) fn and(&self, other: &Choice) -> Choice {
        Choice {
            wanted: self.wanted.or(&other.wanted),
            forbidden: self.forbidden.or(&other.forbidden),
        }
    }

    pub(super) fn is_possible(&self) -> bool {
        !self.wanted.meets(&self.forbidden)
    }
}

/// One way to answer every part of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// The rule that answers the first part.
    pub(crate) first: Option<usize>,
    /// The rules that answer the parts.
    pub(crate) rules: Bits,
    /// How they do.
    pub(crate) choice: Choice,
}
