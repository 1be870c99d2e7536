//! The two sets of documents of a comparison, asked about single requests.

use super::super::document::{ActionMatch, Condition, PolicyDocument};
use super::super::engine::{Finding, Problem};
use super::super::evaluate::{
    Caller, Decision, Request, StatementPlace, decide, decide_trust, denies,
};
use super::super::semantics::Semantics;
use super::super::trust::TrustPolicy;
use super::extract;
use super::line::Reach;
use super::witness::Witness;
use std::collections::BTreeMap;

/// The documents compared, for deciding single requests.
pub(crate) enum Compared<'a> {
    Policies {
        live: &'a [&'a PolicyDocument],
        wanted: &'a [&'a PolicyDocument],
    },
    Trusts {
        live: &'a TrustPolicy,
        wanted: &'a TrustPolicy,
    },
}

/// Which way a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Gained,
    Lost,
}

/// What a question is about: which way, and access or `Deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aspect {
    pub(crate) direction: Direction,
    pub(crate) reach: Reach,
}

impl Aspect {
    /// The side that allows, or denies, what the other does not.
    pub(crate) fn own_side(self) -> Side {
        match (self.direction, self.reach) {
            (Direction::Gained, Reach::Access) | (Direction::Lost, Reach::Deny) => Side::Wanted,
            (Direction::Lost, Reach::Access) | (Direction::Gained, Reach::Deny) => Side::Live,
        }
    }

    pub(crate) fn other_side(self) -> Side {
        match self.own_side() {
            Side::Live => Side::Wanted,
            Side::Wanted => Side::Live,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Live,
    Wanted,
}

impl Side {
    /// The side's group of rules in a problem.
    pub(crate) fn group(self) -> usize {
        match self {
            Side::Live => 0,
            Side::Wanted => 1,
        }
    }
}

impl Compared<'_> {
    pub(crate) fn decide(&self, side: Side, witness: &Witness, semantics: Semantics) -> Decision {
        match self {
            Compared::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                decide(documents, &witness.request, semantics)
            }
            Compared::Trusts { live, wanted } => {
                let trust = if side == Side::Live { live } else { wanted };
                match &witness.caller {
                    Some(caller) => decide_trust(trust, caller, &witness.request, semantics),
                    None => Decision::ImplicitDeny,
                }
            }
        }
    }

    pub(crate) fn condition(&self, side: Side, place: StatementPlace) -> Option<&Condition> {
        match self {
            Compared::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                let statements = documents.get(place.document)?.statements();
                Some(&statements.get(place.statement)?.condition)
            }
            Compared::Trusts { live, wanted } => {
                let trust = if side == Side::Live { live } else { wanted };
                Some(&trust.statements().get(place.statement)?.condition)
            }
        }
    }

    /// What a statement is about, as written: `ram:CreateRole on acs:ram:*:*:role/*`.
    pub(crate) fn subject(&self, side: Side, place: StatementPlace) -> Option<String> {
        let but = |is_negated| if is_negated { "all but " } else { "" };
        let actions = |action: &ActionMatch| {
            let but = but(action.is_negated());
            format!("{but}{}", action.patterns().join(", "))
        };
        match self {
            Compared::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                let statements = documents.get(place.document)?.statements();
                let statement = statements.get(place.statement)?;
                let but = but(statement.resource.is_negated());
                let resources = statement.resource.patterns().join(", ");
                Some(format!(
                    "{} on {but}{resources}",
                    actions(&statement.action)
                ))
            }
            Compared::Trusts { live, wanted } => {
                let trust = if side == Side::Live { live } else { wanted };
                let statement = trust.statements().get(place.statement)?;
                let names = statement.principal.members();
                let names: Vec<String> = names.flat_map(|(_, names)| names.to_vec()).collect();
                Some(format!(
                    "{} by {}",
                    actions(&statement.action),
                    names.join(", ")
                ))
            }
        }
    }

    /// Whether the side that is said to have it has it, and the other does not.
    pub(crate) fn reproduces(
        &self,
        aspect: Aspect,
        semantics: Semantics,
        witness: &Witness,
    ) -> bool {
        let holds = |side| match aspect.reach {
            Reach::Access => self.decide(side, witness, semantics).is_allowed(),
            Reach::Deny => self.denies(side, witness, semantics),
        };
        holds(aspect.own_side()) == Some(true) && holds(aspect.other_side()) == Some(false)
    }

    /// Whether a side denies explicitly.
    fn denies(&self, side: Side, witness: &Witness, semantics: Semantics) -> Option<bool> {
        match self {
            Compared::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                denies(documents, &witness.request, semantics)
            }
            // Nothing else can be attached beside a trust policy, so nobody asks.
            Compared::Trusts { .. } => None,
        }
    }

    /// The shortest request of a finding, if it shows what the finding says.
    pub(crate) fn replay(
        &self,
        problem: &Problem,
        finding: &Finding<'_>,
        aspect: Aspect,
        semantics: Semantics,
    ) -> Option<Witness> {
        let word = problem.frame.classes.get(finding.class)?.words.first()?;
        let action = extract::spelling(problem, word);
        let witness = self.witness(action, &finding.target, &finding.context.sample);
        self.reproduces(aspect, semantics, &witness)
            .then_some(witness)
    }

    pub(crate) fn witness(
        &self,
        action: &str,
        target: &str,
        context: &[(String, String)],
    ) -> Witness {
        let action = action.to_owned();
        let context: BTreeMap<String, String> = context.iter().cloned().collect();
        let (caller, resource) = match self {
            Compared::Policies { .. } => (None, target.to_owned()),
            Compared::Trusts { .. } => (Caller::read(target), String::new()),
        };
        let request = Request {
            action,
            resource,
            context,
        };
        Witness { caller, request }
    }
}
