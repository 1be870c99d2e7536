//! When access is there: conditions as data and in words.

use super::super::document::Condition;
use super::super::operator::{self, Family, Operator, Order, Quantifier};
use serde::Serialize;
use std::fmt;

/// When access is there. Each condition is in RAM's own form: operator, key, values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct AccessCondition {
    /// One of these holds; empty where none is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// None of these holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Condition>,
}

/// When access is there, in words that a preposition or `when` begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phrase {
    /// Only then, as `from 203.0.113.0/24` or `when oss:Prefix is "a"`.
    Only(String),
    /// Always but then.
    Unless(String),
}

impl AccessCondition {
    /// Access while a condition holds; `None` for one that always holds.
    pub(crate) fn when(condition: &Condition) -> Option<Self> {
        (!condition.is_empty()).then(|| Self {
            when: vec![condition.clone()],
            unless: Vec::new(),
        })
    }

    /// Access while the condition of a `Deny` does not hold; `None` for one that always holds.
    pub(crate) fn unless(condition: &Condition) -> Option<Self> {
        (!condition.is_empty()).then(|| Self {
            when: Vec::new(),
            unless: vec![condition.clone()],
        })
    }

    pub(crate) fn phrase(&self) -> Phrase {
        let either = |conditions: &[Condition]| {
            let words: Vec<String> = conditions
                .iter()
                .map(|condition| words(&tests_of(condition)))
                .collect();
            words.join(", or ")
        };
        match (self.when.as_slice(), self.unless.as_slice()) {
            ([], [deny]) => match tests_of(deny).as_slice() {
                [only] => match only.opposite() {
                    Some(opposite) => Phrase::Only(words(&[opposite])),
                    None => Phrase::Unless(words(std::slice::from_ref(only))),
                },
                several => Phrase::Unless(words(several)),
            },
            ([], denies) => Phrase::Unless(either(denies)),
            (conditions, _) => Phrase::Only(either(conditions)),
        }
    }
}

impl fmt::Display for AccessCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phrase() {
            Phrase::Only(phrase) => write!(f, "only {phrase}"),
            Phrase::Unless(phrase) => {
                write!(
                    f,
                    "unless {}",
                    phrase.strip_prefix("when ").unwrap_or(&phrase)
                )
            }
        }
    }
}

/// One test of a condition.
#[derive(Debug, Clone)]
struct Test<'c> {
    name: &'c str,
    /// `None` for an operator that RAM does not have.
    operator: Option<Operator>,
    quantifier: Quantifier,
    key: &'c str,
    values: Vec<String>,
}

fn tests_of(condition: &Condition) -> Vec<Test<'_>> {
    let tests = condition.tests().map(|(name, key, values)| {
        let has_wildcard = values.iter().any(|value| value.contains(['*', '?']));
        let operator = operator::comparison(name).map(|operator| match operator.family {
            Family::Like if !has_wildcard => Operator {
                family: Family::Exact,
                ..operator
            },
            _ => operator,
        });
        Test {
            name,
            operator,
            quantifier: operator::quantified(name)
                .map_or(Quantifier::One, |(quantifier, _)| quantifier),
            key,
            values: values.to_vec(),
        }
    });
    tests.collect()
}

/// Tests that hold together, as `from 203.0.113.0/24 and when oss:Prefix is like "a*"`.
fn words(tests: &[Test<'_>]) -> String {
    let mut phrases: Vec<String> = tests.iter().filter_map(Test::short).collect();
    let clauses: Vec<String> = tests
        .iter()
        .filter(|test| test.short().is_none())
        .map(Test::clause)
        .collect();
    if !clauses.is_empty() {
        phrases.push(format!("when {}", clauses.join(" and ")));
    }
    phrases.join(" and ")
}

impl Test<'_> {
    /// The test that holds exactly where this one does not, where that one is easier to read.
    fn opposite(&self) -> Option<Self> {
        let operator = self
            .operator
            .filter(|_| self.quantifier == Quantifier::One)?;
        let family = match (operator.negated, operator.family, self.values.as_slice()) {
            (true, family, _) => family,
            (false, Family::Boolean, [value]) => {
                let value = match value.as_str() {
                    "true" => "false",
                    "false" => "true",
                    _ => return None,
                };
                return Some(Self {
                    values: vec![value.to_owned()],
                    ..self.clone()
                });
            }
            (false, Family::Number(order), [_]) => Family::Number(order.opposite()?),
            (false, Family::Date(order), [_]) => Family::Date(order.opposite()?),
            _ => return None,
        };
        let operator = Operator {
            family,
            negated: false,
        };
        Some(Self {
            operator: Some(operator),
            ..self.clone()
        })
    }

    /// The usual words for a key that everybody meets, as `over HTTPS`.
    fn short(&self) -> Option<String> {
        let operator = self.operator.filter(|_| self.quantifier == Quantifier::One);
        let Operator { family, negated } = operator?;
        let values = self.values.join(if negated { " and " } else { " or " });
        let value = match self.values.as_slice() {
            [value] => value.as_str(),
            _ => "",
        };
        let words = match (self.key.to_ascii_lowercase().as_str(), family, negated) {
            ("acs:sourceip", Family::Address, false) => format!("from {values}"),
            ("acs:sourceip", Family::Address, true) => format!("from outside {values}"),
            ("acs:sourcevpc", Family::Exact, false) => format!("from VPC {values}"),
            ("acs:securetransport", Family::Boolean, false) => match value {
                "true" => "over HTTPS".to_owned(),
                "false" => "over plain HTTP".to_owned(),
                _ => return None,
            },
            ("acs:mfapresent", Family::Boolean, false) => match value {
                "true" => "with MFA".to_owned(),
                "false" => "without MFA".to_owned(),
                _ => return None,
            },
            ("acs:currenttime", Family::Date(order), false) if !value.is_empty() => match order {
                Order::Less => format!("before {value}"),
                Order::LessOrEqual => format!("until {value}"),
                Order::Greater => format!("after {value}"),
                Order::GreaterOrEqual => format!("from {value} on"),
                Order::Equal => return None,
            },
            _ => return None,
        };
        Some(words)
    }

    /// As `oss:Prefix is like "a*" or "b*"`.
    fn clause(&self) -> String {
        let Self {
            name,
            operator,
            quantifier,
            key,
            values,
        } = self;
        let key = match quantifier {
            Quantifier::One => (*key).to_owned(),
            Quantifier::Any => format!("some value of {key}"),
            Quantifier::All => format!("every value of {key}"),
        };
        let is_text = operator.is_none_or(|operator| {
            matches!(
                operator.family,
                Family::Exact | Family::IgnoreCase | Family::Like
            )
        });
        let shown: Vec<String> = values
            .iter()
            .map(|value| match is_text || value.is_empty() {
                true => format!("\"{}\"", value.replace('"', "\\\"")),
                false => value.clone(),
            })
            .collect();
        match operator {
            Some(operator) if operator.negated => {
                let verb = operator.family.negated_words();
                format!("{key} {verb} {}", shown.join(" and "))
            }
            Some(operator) => format!("{key} {} {}", operator.family.words(), shown.join(" or ")),
            None => format!("{key} is, by {name}, {}", shown.join(" or ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn condition(tests: &[(&str, &str, &[&str])]) -> Condition {
        let mut operators: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        for (operator, key, values) in tests {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let keys = operators.entry((*operator).to_owned()).or_default();
            keys.insert((*key).to_owned(), values);
        }
        Condition { operators }
    }

    fn when(tests: &[(&str, &str, &[&str])]) -> String {
        AccessCondition::when(&condition(tests))
            .unwrap()
            .to_string()
    }

    fn unless(tests: &[(&str, &str, &[&str])]) -> String {
        AccessCondition::unless(&condition(tests))
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_condition_reads_as_people_say_it() {
        assert_eq!(
            when(&[(
                "IpAddress",
                "acs:SourceIp",
                &["203.0.113.0/24", "10.0.0.0/8"]
            )]),
            "only from 203.0.113.0/24 or 10.0.0.0/8"
        );
        assert_eq!(
            when(&[("StringLike", "oss:Prefix", &["nightly/*", ""])]),
            "only when oss:Prefix is like \"nightly/*\" or \"\""
        );
        assert_eq!(
            when(&[
                ("Bool", "acs:SecureTransport", &["true"]),
                ("StringNotEquals", "oss:Delimiter", &["/", "a"]),
                ("DateLessThan", "acs:CurrentTime", &["2027-01-01T00:00:00Z"]),
            ]),
            "only over HTTPS and before 2027-01-01T00:00:00Z and when oss:Delimiter is other than \"/\" and \"a\""
        );
    }

    #[test]
    fn the_condition_of_a_deny_is_turned_into_what_is_left() {
        assert_eq!(
            unless(&[("NotIpAddress", "acs:SourceIp", &["203.0.113.0/24"])]),
            "only from 203.0.113.0/24"
        );
        assert_eq!(
            unless(&[("Bool", "acs:SecureTransport", &["false"])]),
            "only over HTTPS"
        );
        assert_eq!(
            unless(&[("StringNotLike", "oss:Prefix", &["a*"])]),
            "only when oss:Prefix is like \"a*\""
        );
        assert_eq!(
            unless(&[("NumericGreaterThan", "oss:MaxKeys", &["100"])]),
            "only when oss:MaxKeys is at most 100"
        );
        assert_eq!(
            unless(&[("StringEquals", "oss:Prefix", &["a"])]),
            "unless oss:Prefix is \"a\""
        );
        assert_eq!(
            unless(&[
                ("NotIpAddress", "acs:SourceIp", &["203.0.113.0/24"]),
                ("Bool", "acs:SecureTransport", &["false"]),
            ]),
            "unless over plain HTTP and from outside 203.0.113.0/24"
        );
    }
}
