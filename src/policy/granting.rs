//! The documents that grant, and what they say to one request.

use super::document::{Condition, Effect, PolicyDocument, Statement};
use super::engine::Problems;
use super::evaluate::{Caller, Decision, Request, StatementPlace, decide, decide_trust};
use super::readings;
use super::semantics::Semantics;
use super::trust::TrustPolicy;

/// The documents that grant.
#[derive(Clone, Copy)]
pub(crate) enum Granting<'a> {
    /// Layers of documents, each of which must grant. A place counts the documents of all layers through.
    Layers(&'a [Vec<&'a PolicyDocument>]),
    /// A trust policy, asked by one caller.
    Trust {
        policy: &'a TrustPolicy,
        caller: &'a Caller,
    },
}

impl<'a> Granting<'a> {
    /// What the engine makes of it, and the readings of the language that can matter.
    pub(super) fn problems(self) -> (Problems<'a>, Vec<Semantics>) {
        match self {
            Granting::Layers(layers) => {
                let groups: Vec<&[&PolicyDocument]> = layers.iter().map(Vec::as_slice).collect();
                let documents: Vec<&PolicyDocument> = layers.iter().flatten().copied().collect();
                (
                    Problems::of_policies(&groups),
                    readings::of_policies(&documents, &[]),
                )
            }
            Granting::Trust { policy, .. } => (
                Problems::of_trusts(&[Some(policy)]),
                readings::of_trusts(&[policy]),
            ),
        }
    }

    /// How many layers there are.
    pub(super) fn layers(self) -> usize {
        match self {
            Granting::Layers(layers) => layers.len(),
            Granting::Trust { .. } => 1,
        }
    }

    /// The place of a statement, by the place of its document within a layer.
    pub(super) fn place(self, layer: usize, document: usize, statement: usize) -> StatementPlace {
        let before: usize = match self {
            Granting::Layers(layers) => layers.iter().take(layer).map(Vec::len).sum(),
            Granting::Trust { .. } => 0,
        };
        StatementPlace {
            document: before + document,
            statement,
        }
    }

    /// What is said to one request: a refusal of any layer, else what the first layer says.
    pub(super) fn decide(self, request: &Request, semantics: Semantics) -> Decision {
        match self {
            Granting::Layers(layers) => decide_layers(self, layers, request, semantics),
            Granting::Trust { policy, caller } => decide_trust(policy, caller, request, semantics),
        }
    }

    /// What would be decided if every grant held always.
    pub(super) fn without_conditions(self, request: &Request, semantics: Semantics) -> Decision {
        match self {
            Granting::Layers(layers) => {
                let lifted: Vec<Vec<PolicyDocument>> = layers
                    .iter()
                    .map(|layer| layer.iter().map(|document| lifted(document)).collect())
                    .collect();
                let lifted: Vec<Vec<&PolicyDocument>> =
                    lifted.iter().map(|layer| layer.iter().collect()).collect();
                Granting::Layers(&lifted).decide(request, semantics)
            }
            Granting::Trust { policy, caller } => {
                let mut statements = policy.statements().to_vec();
                for statement in &mut statements {
                    lift(statement.effect, &mut statement.condition);
                }
                let policy = TrustPolicy::new(statements);
                decide_trust(&policy, caller, request, semantics)
            }
        }
    }

    /// The condition of a statement.
    pub(crate) fn condition(self, place: StatementPlace) -> Option<&'a Condition> {
        match self {
            Granting::Layers(_) => Some(&self.statement(place)?.condition),
            Granting::Trust { policy, .. } => {
                Some(&policy.statements().get(place.statement)?.condition)
            }
        }
    }

    /// Whether a statement grants or refuses.
    pub(crate) fn effect(self, place: StatementPlace) -> Effect {
        let effect = match self {
            Granting::Layers(_) => self.statement(place).map(|statement| statement.effect),
            Granting::Trust { policy, .. } => policy
                .statements()
                .get(place.statement)
                .map(|statement| statement.effect),
        };
        effect.unwrap_or(Effect::Deny)
    }

    fn statement(self, place: StatementPlace) -> Option<&'a Statement> {
        let Granting::Layers(layers) = self else {
            return None;
        };
        let document: &'a PolicyDocument = layers.iter().flatten().nth(place.document)?;
        document.statements().get(place.statement)
    }
}

fn decide_layers(
    granting: Granting<'_>,
    layers: &[Vec<&PolicyDocument>],
    request: &Request,
    semantics: Semantics,
) -> Decision {
    let mut decisions = layers.iter().enumerate().map(|(layer, documents)| {
        let placed = |place: StatementPlace| granting.place(layer, place.document, place.statement);
        match decide(documents, request, semantics) {
            Decision::Allowed(place) => Decision::Allowed(placed(place)),
            Decision::ExplicitDeny(place) => Decision::ExplicitDeny(placed(place)),
            Decision::Untold(place) => Decision::Untold(placed(place)),
            Decision::ImplicitDeny => Decision::ImplicitDeny,
        }
    });
    let Some(mut worst) = decisions.next() else {
        return Decision::ImplicitDeny;
    };
    let rank = |decision: Decision| match decision {
        Decision::Allowed(_) => 0,
        Decision::Untold(_) => 1,
        Decision::ImplicitDeny => 2,
        Decision::ExplicitDeny(_) => 3,
    };
    for decision in decisions {
        if rank(decision) > rank(worst) {
            worst = decision;
        }
    }
    worst
}

fn lifted(document: &PolicyDocument) -> PolicyDocument {
    let mut statements = document.statements().to_vec();
    for statement in &mut statements {
        lift(statement.effect, &mut statement.condition);
    }
    PolicyDocument::new(statements)
}

fn lift(effect: Effect, condition: &mut Condition) {
    if effect == Effect::Allow {
        *condition = Condition::default();
    }
}
