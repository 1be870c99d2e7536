//! YAML text to plain values: the one place that says what a spec's text means.
//!
//! The values are our own rather than `serde_yaml::Value`, for two reasons. That type stops at the first
//! repeated key, and we report every mistake in one run. And it has no budget: the parser limits how often
//! aliases are followed, but not how much they copy, so a list of 100,000 references to one long text would
//! fill the memory.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess,
};

use super::place::too_deep;
use crate::policy::Place;

/// Most values in one spec, aliases expanded. Unit: values. A fleet of 10,000 accounts needs about 120,000.
const MAX_VALUES: usize = 500_000;

/// Most text in one spec, aliases expanded. Unit: bytes.
const MAX_TEXT: usize = 8 << 20;

/// A value as the parser understood it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    Null,
    Bool(bool),
    /// An integer or floating-point number, as text.
    Number(String),
    Text(String),
    List(Vec<Raw>),
    /// Keys in the order of the text; repeats kept.
    Map(Vec<(Raw, Raw)>),
    /// A value with a tag of its own, as `!x`; its content is of no use to us.
    Tagged(String),
}

/// Why a text is not one YAML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    pub(super) place: Option<Place>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Reads one YAML document.
///
/// # Errors
/// When the text is not YAML, holds several documents, is nested deeper than 128 levels, or expands to more
/// than half a million values or 8 MiB of text.
pub(super) fn read(text: &str) -> Result<Raw, YamlError> {
    if let Some(place) = too_deep(text, MAX_DEPTH) {
        return Err(YamlError {
            place: Some(place),
            message: TOO_DEEP.to_owned(),
            hint: None,
        });
    }
    let budget = Budget {
        values: Cell::new(MAX_VALUES),
        text: Cell::new(MAX_TEXT),
    };
    Reading { budget: &budget }
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(|error| explain(&error))
}

/// Reads JSON text, members in the order of the text.
///
/// # Errors
/// When the text is not JSON.
pub(super) fn read_json(text: &str) -> Result<Raw, serde_json::Error> {
    let budget = Budget {
        values: Cell::new(MAX_VALUES),
        text: Cell::new(MAX_TEXT),
    };
    Reading { budget: &budget }.deserialize(&mut serde_json::Deserializer::from_str(text))
}

/// Deepest nesting that serde_yaml reads. Unit: levels.
const MAX_DEPTH: usize = 128;

const TOO_DEEP: &str = "is nested too deeply";

fn explain(error: &serde_yaml::Error) -> YamlError {
    let place = error.location().map(|at| Place {
        line: at.line(),
        column: at.column(),
    });
    let text = error.to_string();
    let (message, hint) = if text.contains("more than one document") {
        (
            "holds more than one document",
            Some("keep one spec per file; `---` starts a new document"),
        )
    } else if text.contains("recursion limit") {
        (TOO_DEEP, None)
    } else if text.contains("repetition limit") || text.contains(OVER_BUDGET) {
        (
            "expands to far more than any spec holds",
            Some("write values out instead of using aliases (`*name`)"),
        )
    } else if text.contains("cannot start any token") && text.contains("found character") {
        (
            "is not YAML: a character here starts no value",
            Some("indent with spaces, and quote texts that start with a sign"),
        )
    } else {
        return YamlError {
            place,
            message: format!("is not YAML: {}", without_place(&text)),
            hint: None,
        };
    };
    YamlError {
        place,
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

/// The parser's words without its own first "at line 3 column 5"; the place is shown apart.
fn without_place(text: &str) -> String {
    let Some((before, after)) = text.split_once(" at line ") else {
        return text.to_owned();
    };
    let rest = after
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix(" column ")
        .map(|column| column.trim_start_matches(|c: char| c.is_ascii_digit()));
    format!("{before}{}", rest.unwrap_or_default())
}

const OVER_BUDGET: &str = "spec over budget";

struct Budget {
    values: Cell<usize>,
    text: Cell<usize>,
}

/// Reads one value, at the expense of the budget.
#[derive(Clone, Copy)]
struct Reading<'b> {
    budget: &'b Budget,
}

impl Reading<'_> {
    fn take<E: de::Error>(self, left: &Cell<usize>, amount: usize) -> Result<(), E> {
        let rest = left.get().checked_sub(amount);
        left.set(rest.ok_or_else(|| E::custom(OVER_BUDGET))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Raw;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        self.take(&self.budget.values, 1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Reading<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Raw, E> {
        self.take(&self.budget.text, text.len())?;
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(self)? {
            entries.push((key, map.next_value_seed(self)?));
        }
        Ok(Raw::Map(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Raw, A::Error> {
        let (tag, content) = tagged.variant_seed(TagName)?;
        content.newtype_variant_seed(self)?;
        Ok(Raw::Tagged(tag))
    }
}

struct TagName;

impl<'de> DeserializeSeed<'de> for TagName {
    type Value = String;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}
