//! What a step does to people's access, which is what the guard judges it by.

use std::collections::BTreeSet;

use crate::model::Step;
use crate::policy::{Comparison, Verdict};

/// One class of effect. A step may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Somebody can do more.
    Widens,
    /// Somebody can do less.
    Narrows,
    /// Who may assume a role changes.
    Trust,
    /// A policy leaves a role.
    Detach,
    /// Something is deleted for good.
    Delete,
    /// Only descriptions, tags or session lengths change.
    Metadata,
}

impl Effect {
    /// The word used in JSON and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Widens => "widens",
            Self::Narrows => "narrows",
            Self::Trust => "trust",
            Self::Detach => "detach",
            Self::Delete => "delete",
            Self::Metadata => "metadata",
        }
    }
}

/// The effects of `step`, where `access` is what its document gains and loses, if it carries one.
pub(super) fn effects(step: &Step, access: Option<&Comparison>) -> BTreeSet<Effect> {
    let mut effects = BTreeSet::new();
    match step {
        Step::CreateRole { .. } => {
            effects.insert(Effect::Trust);
        }
        Step::UpdateRole { trust: Some(_), .. } => {
            effects.insert(Effect::Trust);
            effects.extend(access.into_iter().flat_map(width));
        }
        Step::CreatePolicyVersion { .. } | Step::SetDefaultPolicyVersion { .. } => {
            effects.extend(access.into_iter().flat_map(width));
        }
        Step::AttachPolicy { .. } => {
            effects.extend(access.map_or(vec![Effect::Widens], width));
        }
        Step::DetachPolicy { .. } | Step::DetachGroupPolicy { .. } => {
            effects.insert(Effect::Detach);
            effects.extend(access.map_or(vec![Effect::Narrows], width));
        }
        Step::DeleteRole { .. } | Step::DeletePolicy { .. } | Step::DeletePolicyVersion { .. } => {
            effects.insert(Effect::Delete);
        }
        Step::CreatePolicy { .. }
        | Step::UpdateRole { trust: None, .. }
        | Step::UpdatePolicyDescription { .. }
        | Step::TagRole { .. }
        | Step::TagPolicy { .. } => {
            effects.insert(Effect::Metadata);
        }
    }
    effects
}

fn width(access: &Comparison) -> Vec<Effect> {
    match access.verdict {
        Verdict::Equal => Vec::new(),
        Verdict::Broader => vec![Effect::Widens],
        Verdict::Narrower => vec![Effect::Narrows],
        Verdict::Incomparable | Verdict::Unknown => vec![Effect::Widens, Effect::Narrows],
    }
}
