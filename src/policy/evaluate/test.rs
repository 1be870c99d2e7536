//! The single tests of a statement, on one value each. `None`: cannot be told.

use super::super::document::ActionMatch;
use std::net::IpAddr;

/// Whether all hold; one that fails settles it.
pub(super) fn all(outcomes: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for outcome in outcomes {
        match outcome {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// As [`all`], of tests that are run until one fails.
pub(super) fn each(tests: [&dyn Fn() -> Option<bool>; 3]) -> Option<bool> {
    all(tests.iter().map(|test| test()))
}

/// Whether any holds; one that holds settles it.
pub(super) fn any(texts: &[String], test: impl Fn(&String) -> Option<bool>) -> Option<bool> {
    let opposite = texts.iter().map(|text| test(text).map(|holds| !holds));
    all(opposite).map(|none| !none)
}

/// Whether an action falls under a statement's action part, letter case folded.
pub(super) fn action(wanted: &ActionMatch, action: &str) -> Option<bool> {
    let same = |own: char, symbol: char| own.eq_ignore_ascii_case(&symbol);
    let any = any(wanted.patterns(), |pattern| match has_variable(pattern) {
        true => None,
        false => Some(glob_by(pattern, action, same)),
    });
    any.map(|matches| matches != wanted.is_negated())
}

/// What a policy variable would mean is not documented.
pub(super) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// `*` for any run of symbols, `?` for one.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    glob_by(pattern, text, |own, symbol| own == symbol)
}

/// As [`glob`], with another idea of equal symbols. On a mismatch, the last `*` takes one more.
fn glob_by(pattern: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let ahead = pattern.clone().next();
        match (ahead, text.clone().next()) {
            (Some('*'), _) => {
                pattern.next();
                retry = Some((pattern.clone(), text.clone()));
                continue;
            }
            (None, None) => return true,
            (Some(own), Some(symbol)) if own == '?' || same(own, symbol) => {
                pattern.next();
                text.next();
                continue;
            }
            _ => {}
        }
        let Some((after_star, rest)) = &mut retry else {
            return false;
        };
        if rest.next().is_none() {
            return false;
        }
        pattern = after_star.clone();
        text = rest.clone();
    }
}

const OPERATORS: [&str; 12] = [
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "Bool",
    "IpAddress",
    "DateLessThan",
];

/// Whether the operator is one whose meaning is known.
pub(super) fn is_known(operator: &str) -> bool {
    let operator = without_set_operator(operator);
    let positive = operator.replacen("Not", "", 1);
    let as_number = positive.replacen("Date", "Numeric", 1);
    OPERATORS.contains(&positive.as_str())
        || OPERATORS.contains(&as_number.as_str()) && operator.starts_with("Date")
}

/// The operator that each value is compared by. Requests here have at most one value for a key, for which set
/// operators make no difference.
fn without_set_operator(operator: &str) -> &str {
    let mut prefixes = ["ForAnyValue:", "ForAllValues:"].into_iter();
    let plain = prefixes.find_map(|prefix| operator.strip_prefix(prefix));
    plain.unwrap_or(operator)
}

/// The positive form of `operator`: whether a request's value compares so with one of the policy's.
pub(super) fn value(operator: &str, value: &str, wanted: &str) -> Option<bool> {
    if !is_known(operator) || has_variable(wanted) {
        return None;
    }
    let operator = without_set_operator(operator);
    Some(match operator.replacen("Not", "", 1).as_str() {
        "StringEquals" => value == wanted,
        "StringEqualsIgnoreCase" => value.eq_ignore_ascii_case(wanted),
        "StringLike" => glob(wanted, value),
        "Bool" => {
            let boolean = |text: &str| text.to_ascii_lowercase().parse::<bool>().ok();
            boolean(value)? == boolean(wanted)?
        }
        "IpAddress" => in_block(value, wanted)?,
        "NumericEquals" => number(value)? == number(wanted)?,
        "NumericLessThan" => number(value)? < number(wanted)?,
        "NumericLessThanEquals" => number(value)? <= number(wanted)?,
        "NumericGreaterThan" => number(value)? > number(wanted)?,
        "NumericGreaterThanEquals" => number(value)? >= number(wanted)?,
        "DateEquals" => date(value)? == date(wanted)?,
        "DateLessThan" => date(value)? < date(wanted)?,
        "DateLessThanEquals" => date(value)? <= date(wanted)?,
        "DateGreaterThan" => date(value)? > date(wanted)?,
        "DateGreaterThanEquals" => date(value)? >= date(wanted)?,
        _ => return None,
    })
}

/// Sign, digits and 18 decimals as one whole number.
fn number(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    if !plain(digits) || !plain(fraction) || digits.len() > 18 || fraction.len() > 19 {
        return None;
    }
    format!("{whole}{fraction:0<19}").parse().ok()
}

fn date(text: &str) -> Option<jiff::Timestamp> {
    text.parse()
        .or_else(|_| format!("{text}T00:00:00Z").parse())
        .ok()
}

/// Whether an address lies in a block, bit by bit.
fn in_block(address: &str, block: &str) -> Option<bool> {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (32_u32, u128::from(v4.to_bits())),
        IpAddr::V6(v6) => (128, v6.to_bits()),
    };
    let (base, length) = match block.split_once('/') {
        Some((base, length)) => (base, Some(length.parse::<u32>().ok()?)),
        None => (block, None),
    };
    let (own_bits, own) = bits(address.parse().ok()?);
    let (base_bits, base) = bits(base.parse().ok()?);
    let host = base_bits.checked_sub(length.unwrap_or(base_bits))?;
    let prefix = |address: u128| address.checked_shr(host).unwrap_or(0);
    Some(own_bits == base_bits && prefix(own) == prefix(base))
}
