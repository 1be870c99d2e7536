//! Whether the exports and imports of many accounts would work: one table, and each trouble once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use crate::readiness::{Check, CheckAnswer, CheckKind};

use super::check_table::{Row, Unchecked, Verified, table};
use super::style::safe;
use super::verify::trouble;

/// How many rows are named that share a trouble; the table shows the others.
const NAMED: usize = 5;

/// What was found for many accounts. Of each it keeps its lines of the table; troubles are kept once.
#[derive(Default)]
pub struct FleetChecks {
    /// By their places in the spec.
    accounts: BTreeMap<usize, Lines>,
    /// By their numbers, which the lines hold.
    troubles: HashMap<Check, usize>,
    unchecked: Unchecked,
}

/// The lines of one account.
struct Lines {
    /// What the spec calls it, as it is shown.
    label: String,
    /// Each with its troubles.
    rows: Vec<(Row, Vec<usize>)>,
}

impl FleetChecks {
    /// Takes in what was checked in the account at this place of the spec.
    pub fn add(&mut self, place: usize, label: &str, found: Verified<'_>) {
        let rows = found.rows().into_iter().zip(found.all());
        let rows = rows.map(|(row, (_, checks))| {
            let found = checks.iter().filter(|check| check.is_trouble());
            let found = found.map(|check| number(&mut self.troubles, check));
            (row, found.collect())
        });
        let rows = rows.collect();
        let label = safe(label);
        self.accounts.insert(place, Lines { label, rows });
        self.unchecked.add(found);
    }

    /// Appends all of it, in the order of the spec.
    pub fn say(self, out: &mut String) {
        let Self {
            mut accounts,
            troubles,
            unchecked,
        } = self;
        let labels = accounts.values().map(|lines| lines.label.chars().count());
        let width = labels.max().unwrap_or(0);
        for Lines { label, rows } in accounts.values_mut().filter(|it| !it.label.is_empty()) {
            for (row, _) in rows {
                row.place = format!("{label:width$}  {}", row.place);
            }
        }
        let rows = accounts.values().flat_map(|lines| &lines.rows);
        table(rows.map(|(row, _)| row), out);
        out.push('\n');
        let checks: BTreeMap<usize, &Check> =
            troubles.iter().map(|(check, n)| (*n, check)).collect();
        let found = accounts.values().flat_map(|Lines { label, rows }| {
            let checks = &checks;
            let rows = rows
                .iter()
                .flat_map(|(row, found)| found.iter().map(move |n| (row, n)));
            rows.filter_map(move |(row, number)| {
                let check: &Check = checks.get(number)?;
                // The role is one for all exports of an account.
                let name = match check.kind {
                    CheckKind::Role | CheckKind::Trust => label,
                    _ => &row.place,
                };
                Some((check, name.as_str()))
            })
        });
        say_troubles(found, out);
        unchecked.say(&CheckKind::ALL, out);
    }
}

/// The number of a trouble; a new one for one that was not met before.
fn number(troubles: &mut HashMap<Check, usize>, check: &Check) -> usize {
    match troubles.get(check) {
        Some(number) => *number,
        None => {
            let number = troubles.len();
            troubles.insert(check.clone(), number);
            number
        }
    }
}

/// A trouble, how many rows have it, and the first of them.
struct Shared<'a> {
    check: &'a Check,
    count: usize,
    named: Vec<&'a str>,
    last: &'a str,
}

impl<'a> Shared<'a> {
    fn name(&mut self, name: &'a str) {
        self.count += 1;
        self.last = name;
        if self.named.len() < NAMED {
            self.named.push(name);
        }
    }
}

/// Each trouble once, with the rows that have it.
fn say_troubles<'a>(found: impl Iterator<Item = (&'a Check, &'a str)>, out: &mut String) {
    let mut all: Vec<Shared<'a>> = Vec::new();
    let mut known: HashMap<(CheckKind, &str, Option<&str>), usize> = HashMap::new();
    for (check, name) in found {
        let key = (check.kind, check.message.as_str(), check.settle.as_deref());
        let at = *known.entry(key).or_insert(all.len());
        match all.get_mut(at) {
            Some(shared) if shared.last == name => {}
            Some(shared) => shared.name(name),
            None => all.push(Shared {
                check,
                count: 1,
                named: vec![name],
                last: name,
            }),
        }
    }
    all.sort_by_key(|Shared { check, count, .. }| {
        (check.answer != CheckAnswer::Failed, Reverse(*count))
    });
    for Shared {
        check,
        count,
        named,
        ..
    } in &all
    {
        let places = |out: &mut String| {
            for place in named {
                let _ = writeln!(out, "       {place}");
            }
            if *count > named.len() {
                let _ = writeln!(out, "       and {} more", count - named.len());
            }
        };
        trouble(check, places, out);
    }
    if !all.is_empty() {
        out.push('\n');
    }
}
