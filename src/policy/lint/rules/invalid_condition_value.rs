//! A condition value that its operator cannot compare.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;
use crate::policy::operator::{self, Family};
use std::net::IpAddr;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-condition-value",
        severity: Severity::Warning,
        why: "no request's value stands in any relation to it, so the condition never holds, or always",
        fix: "write the value in the form that the operator compares",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let Some(operator) = operator::comparison(test.operator.text) else {
            continue;
        };
        let (is_formed, wanted): (fn(&str) -> bool, _) = match operator.family {
            Family::Boolean => (is_boolean, "`true` or `false`"),
            Family::Number(_) => (is_number, "a number"),
            Family::Date(_) => (is_date, "a date as `2026-01-31T08:00:00+08:00`"),
            Family::Address | Family::AddressWithBorder => {
                (is_address, "an address or a block as `192.0.2.0/24`")
            }
            Family::Exact | Family::IgnoreCase | Family::Like => continue,
        };
        for value in &test.values {
            if !is_formed(value.text) && !value.text.contains("${") {
                report.at(value.spot, format!("{} is not {wanted}", quote(value.text)));
            }
        }
    }
}

fn is_boolean(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "false")
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let formed = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    formed(whole) && formed(fraction)
}

/// Starts with a day; RAM says which hours and zones it takes after it.
fn is_date(text: &str) -> bool {
    let mut parts = text.get(..10).unwrap_or_default().split('-');
    let mut number = |digits: usize, most: u32| {
        let part = parts.next().filter(|part| part.len() == digits);
        part.and_then(|part| part.parse().ok())
            .is_some_and(|number: u32| (1..=most).contains(&number))
    };
    number(4, 9999)
        && number(2, 12)
        && number(2, 31)
        && matches!(text.get(10..11), None | Some("T"))
}

fn is_address(text: &str) -> bool {
    let (address, length) = text
        .split_once('/')
        .map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}
