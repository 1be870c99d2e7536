//! What a rule is, and what every rule needs.

pub(super) use super::finding::{Report, RuleInfo, Severity};
pub(super) use super::view::View;

/// One rule.
pub(super) struct Rule {
    pub(super) info: RuleInfo,
    pub(super) check: fn(&View<'_>, &mut Report<'_>),
}
