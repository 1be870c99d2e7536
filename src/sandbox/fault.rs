//! Planned faults: which calls go wrong, and how.
//!
//! A plan is a list of rules, given as JSON (`{"faults": [{"operation": "GetRole", "nth": 2, "do": "throttle"}]}`) or
//! as short texts (`GetRole#2=throttle`). The first rule that fits a call decides it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;

/// Which calls go wrong, counting as they come.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    rules: Vec<Rule>,
    /// Calls so far, by rule.
    counts: BTreeMap<usize, u64>,
}

/// Some calls, and what happens to them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The operation; all of them when absent.
    #[serde(default)]
    pub operation: Option<String>,
    /// Only the n-th such call, from 1.
    #[serde(default)]
    pub nth: Option<u64>,
    /// Only every k-th such call.
    #[serde(default)]
    pub every: Option<u64>,
    /// Only the first so many such calls.
    #[serde(default)]
    pub first: Option<u64>,
    /// What happens.
    #[serde(rename = "do")]
    pub fault: FaultKind,
    /// Its number: milliseconds for `throttle` and `delay`, the status for `error-before` and `error-after`, bytes
    /// for `cut`, seconds for `skew`.
    #[serde(default)]
    pub value: Option<i64>,
}

/// What can happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// `Throttling.User`, with `x-acs-retry-after` when a value is given.
    Throttle,
    /// A 5xx answer; the call has no effect.
    ErrorBefore,
    /// A 5xx answer; the call has taken effect.
    ErrorAfter,
    /// The connection is dropped; the call has no effect.
    DropBefore,
    /// The connection is dropped; the call has taken effect.
    DropAfter,
    /// The answer ends after so many bytes of its body.
    Cut,
    /// The answer comes later.
    Delay,
    /// A read is answered from the state before the last write.
    Stale,
    /// `NoPermission`.
    NoPermission,
    /// A web page in the answer's place, as from a proxy.
    Html,
    /// `InvalidSecurityToken.Expired`.
    ExpiredToken,
    /// The service's clock is off by so many seconds.
    Skew,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Its number, see [`Rule::value`].
    pub value: Option<i64>,
}

/// Why a text is not a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The JSON cannot be read.
    #[error("{0}")]
    Json(String),
    /// The short text is not of the form `OPERATION[#N|%K|<N]=FAULT[:VALUE]`.
    #[error(
        "fault `{0}` is not of the form `OPERATION[#N|%K|<N]=FAULT[:VALUE]`, such as `GetRole#2=throttle:250`"
    )]
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    faults: Vec<Rule>,
}

impl FaultPlan {
    /// A plan of these rules.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self {
            rules,
            counts: BTreeMap::new(),
        }
    }

    /// Reads a plan in JSON.
    ///
    /// # Errors
    /// [`FaultError::Json`], with the place.
    pub fn from_json(text: &str) -> Result<Self, FaultError> {
        let file: PlanFile =
            serde_json::from_str(text).map_err(|error| FaultError::Json(error.to_string()))?;
        Ok(Self::new(file.faults))
    }

    /// Adds a rule.
    pub fn push(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    /// Whether some read may be answered from an older state.
    pub(super) fn has_stale_reads(&self) -> bool {
        self.rules.iter().any(|rule| rule.fault == FaultKind::Stale)
    }

    /// Counts one call and says what happens to it.
    pub(super) fn next(&mut self, operation: &str) -> Option<Fault> {
        let mut chosen = None;
        for (place, rule) in self.rules.iter().enumerate() {
            let is_meant = rule
                .operation
                .as_deref()
                .is_none_or(|wanted| wanted == "*" || wanted == operation);
            if !is_meant {
                continue;
            }
            let count = self.counts.entry(place).or_default();
            *count += 1;
            if chosen.is_none() && rule.fits(*count) {
                chosen = Some(Fault {
                    kind: rule.fault,
                    value: rule.value,
                });
            }
        }
        chosen
    }
}

impl Rule {
    fn fits(&self, count: u64) -> bool {
        self.nth.is_none_or(|nth| count == nth)
            && self
                .every
                .is_none_or(|every| every > 0 && count.is_multiple_of(every))
            && self.first.is_none_or(|first| count <= first)
    }
}

/// Reads `OPERATION[#N|%K|<N]=FAULT[:VALUE]`: the N-th call, every K-th, or the first N.
impl FromStr for Rule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let fail = || FaultError::Text(text.to_owned());
        let (calls, fault) = text.split_once('=').ok_or_else(fail)?;
        let (fault, value) = match fault.split_once(':') {
            Some((fault, value)) => (fault, Some(value.parse().map_err(|_| fail())?)),
            None => (fault, None),
        };
        let mut rule = Self {
            operation: None,
            nth: None,
            every: None,
            first: None,
            fault: serde_json::from_value(fault.into()).map_err(|_| fail())?,
            value,
        };
        let operation = match calls.split_once(['#', '%', '<']) {
            None => calls,
            Some((operation, number)) => {
                let number = Some(number.parse().map_err(|_| fail())?);
                match calls.chars().nth(operation.chars().count()) {
                    Some('#') => rule.nth = number,
                    Some('%') => rule.every = number,
                    _ => rule.first = number,
                }
                operation
            }
        };
        if !matches!(operation, "" | "*") {
            rule.operation = Some(operation.to_owned());
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(rules: &[&str], operations: &[&str]) -> Vec<Option<FaultKind>> {
        let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let mut plan = FaultPlan::new(rules);
        operations
            .iter()
            .map(|operation| plan.next(operation).map(|fault| fault.kind))
            .collect()
    }

    #[test]
    fn rules_choose_calls_by_operation_and_count() {
        use FaultKind::{Html, Throttle};
        assert_eq!(
            kinds(
                &["GetRole#2=throttle"],
                &["GetRole", "GetPolicy", "GetRole", "GetRole"]
            ),
            [None, None, Some(Throttle), None]
        );
        assert_eq!(
            kinds(
                &["*%2=html"],
                &["GetRole", "GetPolicy", "GetRole", "GetPolicy"]
            ),
            [None, Some(Html), None, Some(Html)]
        );
        assert_eq!(
            kinds(&["GetRole<1=throttle", "=html"], &["GetRole", "GetRole"]),
            [Some(Throttle), Some(Html)]
        );
    }

    #[test]
    fn texts_and_json_say_the_same() {
        let text: Rule = "CreateRole#3=error-after:503".parse().unwrap();
        let json =
            r#"{"faults":[{"operation":"CreateRole","nth":3,"do":"error-after","value":503}]}"#;
        assert_eq!(FaultPlan::from_json(json).unwrap().rules, [text]);
        let error = FaultPlan::from_json(r#"{"faults":[{"do":"explode"}]}"#).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
        for bad in ["throttle", "A#x=html", "A=boom", "A=cut:many"] {
            assert!(bad.parse::<Rule>().is_err(), "{bad}");
        }
    }
}
