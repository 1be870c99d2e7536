//! A comparison of two policies, for programs.

use serde::Serialize;

use crate::policy::{AccessLine, Change, Comparison, Realism, Witness};

/// What is gained and lost, and the verdict, always of wanted relative to live.
#[derive(Serialize)]
pub(super) struct Access {
    verdict: &'static str,
    gained: Vec<Line>,
    lost: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

impl Access {
    pub(super) fn new(comparison: &Comparison) -> Self {
        let Comparison {
            question: _,
            verdict,
            gained,
            lost,
            reasons,
            variants: _,
        } = comparison;
        Self {
            verdict: verdict.as_str(),
            gained: gained.iter().map(Line::new).collect(),
            lost: lost.iter().map(Line::new).collect(),
            reasons: reasons.clone(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Line {
    change: &'static str,
    actions: Vec<String>,
    resources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    witness: WitnessShape,
    /// `real`, `not-made-today` or `not-known`: whether the service makes such a request.
    witness_is: &'static str,
}

#[derive(Serialize)]
struct WitnessShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
    action: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    resource: String,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    context: std::collections::BTreeMap<String, String>,
}

impl Line {
    pub(super) fn new(line: &AccessLine) -> Self {
        Self {
            change: match line.change {
                Change::Gained => "gained",
                Change::Lost => "lost",
                Change::NowOnlyWhen => "now-only-when",
                Change::NoLongerOnlyWhen => "no-longer-only-when",
            },
            actions: line.actions.clone(),
            resources: line.resources.clone(),
            condition: line.condition.clone(),
            witness: WitnessShape::new(&line.witness),
            witness_is: match line.realism {
                Realism::Real => "real",
                Realism::NotMadeToday => "not-made-today",
                Realism::NotKnown => "not-known",
            },
        }
    }
}

impl WitnessShape {
    fn new(witness: &Witness) -> Self {
        let Witness { caller, request } = witness;
        Self {
            principal: caller
                .as_ref()
                .map(|caller| format!("{}:{}", caller.member, caller.id)),
            action: request.action.clone(),
            resource: request.resource.clone(),
            context: request.context.clone(),
        }
    }
}
