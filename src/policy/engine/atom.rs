//! One condition test, and the cells into which a key's tests cut its values.

use super::super::operator::{Family, Order};
use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::classes::word_classes;
use super::glob::{Glob, other_symbol};
use super::value::{Block, Decimal, instant, instant_text};
use std::collections::BTreeSet;

/// A positive test of one key: does the request's value compare so with any of these?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    Text(Vec<Glob>),
    Number(Order, Vec<Decimal>),
    Date(Order, Vec<i128>),
    Boolean(Vec<bool>),
    Address(Vec<Block>),
}

/// A part of a key's values that its tests do not tell apart.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The tests that hold, by their place in the list.
    pub(crate) holds: Bits,
    /// A value in the cell.
    pub(crate) value: String,
}

impl Atom {
    /// The test of these values.
    ///
    /// # Errors
    /// The first value that is not of the operator's family, with what it should be.
    pub(crate) fn new(family: Family, values: &[String]) -> Result<Self, (String, &'static str)> {
        fn each<T: Ord>(
            values: &[String],
            what: &'static str,
            read: impl Fn(&str) -> Option<T>,
        ) -> Result<Vec<T>, (String, &'static str)> {
            let read = values
                .iter()
                .map(|value| read(value).ok_or_else(|| (value.clone(), what)));
            let sorted: BTreeSet<T> = read.collect::<Result<_, _>>()?;
            Ok(sorted.into_iter().collect())
        }
        let text = "a string";
        Ok(match family {
            Family::Exact => Atom::Text(each(values, text, |v| Some(Glob::literal(v)))?),
            Family::IgnoreCase => {
                Atom::Text(each(values, text, |v| Some(Glob::literal_ignore_case(v)))?)
            }
            Family::Like => Atom::Text(each(values, text, |v| Some(Glob::pattern(v)))?),
            Family::Number(order) => Atom::Number(order, each(values, "a number", Decimal::read)?),
            Family::Date(order) => Atom::Date(
                order,
                each(values, "a date and time with its offset", instant)?,
            ),
            Family::Boolean => Atom::Boolean(each(values, "`true` or `false`", boolean)?),
            Family::Address | Family::AddressWithBorder => Atom::Address(each(
                values,
                "an address or a block of addresses",
                Block::read,
            )?),
        })
    }

    /// Whether two tests of one key cut the same kind of value.
    pub(crate) fn is_comparable(&self, other: &Atom) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether the test holds for a value; `None` if the value is not of its family.
    pub(crate) fn holds(&self, value: &str) -> Option<bool> {
        Some(match self {
            Atom::Text(globs) => {
                let word: Vec<char> = value.chars().collect();
                globs.iter().any(|glob| glob.matches(&word))
            }
            Atom::Number(order, numbers) => {
                let value = Decimal::read(value)?;
                numbers.iter().any(|number| order.holds(&value, number))
            }
            Atom::Date(order, dates) => {
                let value = instant(value)?;
                dates.iter().any(|date| order.holds(&value, date))
            }
            Atom::Boolean(values) => values.contains(&boolean(value)?),
            Atom::Address(blocks) => {
                let value = Block::read(value)?;
                blocks.iter().any(|block| block.covers(&value))
            }
        })
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The cells of a key whose tests are all of one kind; every value of the key is in one of them.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn cells(atoms: &[Atom], budget: &mut Budget) -> Result<Vec<Cell>, TooComplex> {
    match atoms.first() {
        Some(Atom::Text(_)) => text_cells(atoms, budget),
        _ => {
            let samples = samples(atoms);
            budget.spend(samples.len() * atoms.len() * 8)?;
            Ok(distinct(atoms, samples))
        }
    }
}

/// The cells that some values fall into, each once.
pub(crate) fn distinct(atoms: &[Atom], values: impl IntoIterator<Item = String>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for value in values {
        let mut holds = Bits::new(atoms.len());
        for (at, atom) in atoms.iter().enumerate() {
            if atom.holds(&value) == Some(true) {
                holds.insert(at);
            }
        }
        if !cells.iter().any(|cell| cell.holds == holds) {
            cells.push(Cell { holds, value });
        }
    }
    cells
}

fn text_cells(atoms: &[Atom], budget: &mut Budget) -> Result<Vec<Cell>, TooComplex> {
    let owned: Vec<(usize, &Glob)> = atoms
        .iter()
        .enumerate()
        .flat_map(|(at, atom)| match atom {
            Atom::Text(globs) => globs.iter().map(|glob| (at, glob)).collect(),
            _ => Vec::new(),
        })
        .collect();
    let globs: Vec<&Glob> = owned.iter().map(|(_, glob)| *glob).collect();
    let other = other_symbol(globs.iter().copied());
    let classes = word_classes(&globs, &Glob::pattern("*"), other, budget)?;
    let mut cells: Vec<Cell> = Vec::new();
    for class in classes {
        budget.spend(8 + cells.len())?;
        let mut holds = Bits::new(atoms.len());
        for glob in class.matched.iter() {
            if let Some((atom, _)) = owned.get(glob) {
                holds.insert(*atom);
            }
        }
        if !cells.iter().any(|cell| cell.holds == holds) {
            let value = class.word;
            cells.push(Cell { holds, value });
        }
    }
    Ok(cells)
}

/// Values that between them show every cell of a key: each constant, and one value between any two
/// neighbours and beyond either end.
pub(crate) fn samples(atoms: &[Atom]) -> Vec<String> {
    let mut numbers = BTreeSet::new();
    let mut dates = BTreeSet::new();
    let mut blocks = Vec::new();
    let mut booleans = false;
    for atom in atoms {
        match atom {
            Atom::Number(_, values) => numbers.extend(values.iter().map(|value| value.0)),
            Atom::Date(_, values) => dates.extend(values.iter().copied()),
            Atom::Address(values) => blocks.extend(values.iter().copied()),
            Atom::Boolean(_) => booleans = true,
            Atom::Text(_) => {}
        }
    }
    let mut samples = Vec::new();
    if !numbers.is_empty() {
        let points = points(&numbers, Decimal::ONE.0);
        samples.extend(points.into_iter().map(|point| Decimal(point).to_string()));
    }
    if !dates.is_empty() {
        let points = points(&dates, 1_000_000_000);
        samples.extend(points.into_iter().filter_map(instant_text));
    }
    if booleans {
        samples.extend(["true".to_owned(), "false".to_owned()]);
    }
    if !blocks.is_empty() {
        samples.extend(Block::samples(&blocks));
    }
    samples
}

fn points(constants: &BTreeSet<i128>, unit: i128) -> Vec<i128> {
    let mut points = Vec::new();
    let mut before: Option<i128> = None;
    for constant in constants {
        points.push(match before {
            None => constant - unit,
            Some(before) => before + (constant - before) / 2,
        });
        points.push(*constant);
        before = Some(*constant);
    }
    points.extend(before.map(|last| last + unit));
    points
}
