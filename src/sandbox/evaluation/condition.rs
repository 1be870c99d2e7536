//! Conditions: operators, keys, values.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;

use super::decision::all;
use super::pattern::matches;
use crate::policy::Condition;

/// Condition keys and values that come with a request.
pub(crate) type Context = BTreeMap<String, String>;

/// Whether all tests hold; `None` when that is not documented.
pub(crate) fn holds(condition: &Condition, context: &Context) -> Option<bool> {
    all(condition
        .tests()
        .map(|(operator, key, wanted)| test(operator, context.get(key), wanted)))
}

/// One test. A key that a request does not have fails it; the negated operators then hold, and so does `ForAllValues`.
fn test(operator: &str, value: Option<&String>, wanted: &[String]) -> Option<bool> {
    let (set, operator) = match operator.split_once(':') {
        Some((set @ ("ForAnyValue" | "ForAllValues"), operator)) => (Some(set), operator),
        Some(_) => return None,
        None => (None, operator),
    };
    let (compare, is_negated) = comparison(operator)?;
    let Some(value) = value else {
        return Some(is_negated || set == Some("ForAllValues"));
    };
    let mut is_any = Some(false);
    for wanted in wanted {
        match compare(value, wanted) {
            _ if wanted.contains("${") => is_any = None,
            Some(true) => return Some(!is_negated),
            Some(false) => {}
            None => is_any = None,
        }
    }
    is_any.map(|is_any| is_any != is_negated)
}

/// Compares a request's value with one of the policy's; `None` when one of them is not of the kind.
type Compare = fn(&str, &str) -> Option<bool>;

fn comparison(operator: &str) -> Option<(Compare, bool)> {
    let compare: Compare = match operator {
        "StringEquals" | "StringNotEquals" => |value, wanted| Some(value == wanted),
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" => {
            |value, wanted| Some(value.eq_ignore_ascii_case(wanted))
        }
        "StringLike" | "StringNotLike" => |value, wanted| Some(matches(wanted, value)),
        "NumericEquals" | "NumericNotEquals" => |v, w| Some(numbers(v, w)?.is_eq()),
        "NumericLessThan" => |v, w| Some(numbers(v, w)?.is_lt()),
        "NumericLessThanEquals" => |v, w| Some(numbers(v, w)?.is_le()),
        "NumericGreaterThan" => |v, w| Some(numbers(v, w)?.is_gt()),
        "NumericGreaterThanEquals" => |v, w| Some(numbers(v, w)?.is_ge()),
        "DateEquals" | "DateNotEquals" => |v, w| Some(dates(v, w)?.is_eq()),
        "DateLessThan" => |v, w| Some(dates(v, w)?.is_lt()),
        "DateLessThanEquals" => |v, w| Some(dates(v, w)?.is_le()),
        "DateGreaterThan" => |v, w| Some(dates(v, w)?.is_gt()),
        "DateGreaterThanEquals" => |v, w| Some(dates(v, w)?.is_ge()),
        "Bool" => |v, w| Some(boolean(v)? == boolean(w)?),
        "IpAddress" | "NotIpAddress" | "IpAddressIncludeBorder" | "NotIpAddressIncludeBorder" => {
            in_block
        }
        _ => return None,
    };
    Some((compare, operator.contains("Not")))
}

fn numbers(value: &str, wanted: &str) -> Option<Ordering> {
    let number = |text: &str| text.parse::<f64>().ok();
    number(value)?.partial_cmp(&number(wanted)?)
}

fn dates(value: &str, wanted: &str) -> Option<Ordering> {
    let date = |text: &str| {
        let whole_day = || format!("{text}T00:00:00Z").parse::<Timestamp>();
        text.parse::<Timestamp>().or_else(|_| whole_day()).ok()
    };
    Some(date(value)?.cmp(&date(wanted)?))
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Whether an address is the one wanted, or in the block wanted.
fn in_block(address: &str, block: &str) -> Option<bool> {
    let (network, length) = block.split_once('/').unwrap_or((block, ""));
    let (address, network): (IpAddr, IpAddr) = (address.parse().ok()?, network.parse().ok()?);
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(u32::from(a)), u128::from(u32::from(n)), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (u128::from(a), u128::from(n), 128),
        _ => return Some(false),
    };
    let length: u32 = if length.is_empty() {
        width
    } else {
        length.parse().ok().filter(|length| *length <= width)?
    };
    let shift = width - length;
    Some(address.checked_shr(shift) == network.checked_shr(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(operator: &str, value: Option<&str>, wanted: &[&str]) -> Option<bool> {
        let wanted = wanted.iter().map(|&text| text.to_owned()).collect();
        let keys = BTreeMap::from([("k".to_owned(), wanted)]);
        let condition = Condition {
            operators: BTreeMap::from([(operator.to_owned(), keys)]),
        };
        let context = value.map(|value| ("k".to_owned(), value.to_owned()));
        holds(&condition, &context.into_iter().collect())
    }

    #[test]
    fn each_operator_compares_its_kind() {
        for (operator, value, wanted, said) in [
            ("StringEquals", "a", "a", true),
            ("StringEquals", "a", "A", false),
            ("StringEqualsIgnoreCase", "a", "A", true),
            ("StringNotEquals", "a", "b", true),
            ("StringLike", "vpc-1", "vpc-*", true),
            ("StringNotLike", "vpc-1", "vpc-*", false),
            ("NumericLessThan", "1.5", "2", true),
            ("NumericGreaterThanEquals", "2", "2.0", true),
            (
                "DateLessThan",
                "2026-01-01T00:00:00Z",
                "2026-01-01T08:00:01+08:00",
                true,
            ),
            (
                "DateGreaterThan",
                "2026-01-02T00:00:00Z",
                "2026-01-01",
                true,
            ),
            ("Bool", "TRUE", "true", true),
            ("IpAddress", "10.1.2.3", "10.0.0.0/8", true),
            ("IpAddress", "10.1.2.3", "10.1.2.3", true),
            ("NotIpAddress", "10.1.2.3", "10.0.0.0/8", false),
            ("IpAddress", "2001:db8::1", "2001:db8::/32", true),
            ("IpAddress", "10.1.2.3", "0.0.0.0/0", true),
            ("IpAddress", "::1", "0.0.0.0/0", false),
        ] {
            assert_eq!(
                ask(operator, Some(value), &[wanted]),
                Some(said),
                "{operator} {value} {wanted}"
            );
        }
    }

    #[test]
    fn lists_absent_keys_and_unknown_operators() {
        assert_eq!(ask("StringEquals", Some("b"), &["a", "b"]), Some(true));
        assert_eq!(ask("StringNotEquals", Some("b"), &["a", "b"]), Some(false));
        assert_eq!(ask("StringEquals", None, &["a"]), Some(false));
        assert_eq!(ask("StringNotEquals", None, &["a"]), Some(true));
        assert_eq!(ask("ForAllValues:StringEquals", None, &["a"]), Some(true));
        assert_eq!(
            ask("ForAnyValue:StringEquals", Some("a"), &["a"]),
            Some(true)
        );
        assert_eq!(ask("Null", Some("a"), &["true"]), None);
        assert_eq!(ask("NumericEquals", Some("a"), &["1"]), None);
        assert_eq!(ask("StringEquals", Some("a"), &["${x}"]), None);
    }
}
