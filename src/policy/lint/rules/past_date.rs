//! A deadline that is past.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;
use crate::policy::operator::{self, Family, Order};
use jiff::Timestamp;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "past-date",
        severity: Severity::Warning,
        why: "the condition cannot hold any more, so the statement grants and refuses nothing",
        fix: "remove the statement, or write a date to come",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(now) = view.options.now else { return };
    for (_, test) in view.tests() {
        let Some(operator) = operator::named(test.operator.text) else {
            continue;
        };
        let is_deadline = matches!(
            operator.family,
            Family::Date(Order::Less | Order::LessOrEqual | Order::Equal)
        );
        if !test.key.text.eq_ignore_ascii_case("acs:CurrentTime")
            || operator.negated
            || !is_deadline
        {
            continue;
        }
        // Any of the values is enough.
        let is_past = |text: &str| time(text).is_some_and(|time| time <= now);
        if let Some(last) = test
            .values
            .last()
            .filter(|_| test.values.iter().all(|value| is_past(value.text)))
        {
            report.at(last.spot, format!("{} is past", quote(last.text)));
        }
    }
}

/// A date with a time and a zone, or a day alone, which ends at midnight UTC.
fn time(text: &str) -> Option<Timestamp> {
    let day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        let next = day.tomorrow().ok()?;
        Some(next.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(day)
}
