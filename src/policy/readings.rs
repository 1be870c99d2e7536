//! Which readings of the language can matter for given documents.

use super::document::{Condition, PolicyDocument};
use super::engine::principal_has_wildcard;
use super::operator;
use super::semantics::{Matching, NegatedWhenAbsent, PrincipalReading, Semantics};
use super::trust::TrustPolicy;

/// The readings that can matter for these documents, the likeliest first.
pub(crate) fn of_policies(live: &[&PolicyDocument], wanted: &[&PolicyDocument]) -> Vec<Semantics> {
    let statements = || {
        live.iter()
            .chain(wanted)
            .flat_map(|document| document.statements())
    };
    let negated = statements().any(|statement| has_negated(&statement.condition));
    let fields = statements().any(|statement| {
        statement
            .resource
            .patterns()
            .iter()
            .any(|pattern| has_wildcard_in_a_field(pattern))
    });
    let mut readings = vec![Semantics::DEFAULT];
    vary(&mut readings, fields, |s| {
        s.matching = Matching::WholeString
    });
    vary(&mut readings, negated, |s| {
        s.negated_when_absent = NegatedWhenAbsent::DoesNotMatch
    });
    readings
}

/// As [`of_policies`], for trust policies.
pub(crate) fn of_trusts(trusts: &[&TrustPolicy]) -> Vec<Semantics> {
    let statements = || trusts.iter().flat_map(|trust| trust.statements());
    let negated = statements().any(|statement| has_negated(&statement.condition));
    let wildcards = statements().any(|statement| principal_has_wildcard(&statement.principal));
    let mut readings = vec![Semantics::DEFAULT];
    vary(&mut readings, negated, |s| {
        s.negated_when_absent = NegatedWhenAbsent::DoesNotMatch
    });
    vary(&mut readings, wildcards, |s| {
        s.principals = PrincipalReading::Literal
    });
    readings
}

fn vary(readings: &mut Vec<Semantics>, matters: bool, change: impl Fn(&mut Semantics)) {
    if matters {
        let mut varied = readings.clone();
        varied.iter_mut().for_each(change);
        readings.append(&mut varied);
    }
}

fn has_negated(condition: &Condition) -> bool {
    condition
        .tests()
        .any(|(name, ..)| operator::comparison(name).is_none_or(|operator| operator.negated))
}

/// Whether the two readings of wildcards differ on a resource pattern.
fn has_wildcard_in_a_field(pattern: &str) -> bool {
    let fields: Vec<&str> = pattern.splitn(5, ':').collect();
    fields.len() == 5
        && fields
            .iter()
            .take(4)
            .any(|field| field.contains(['*', '?']))
}
