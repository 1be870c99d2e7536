//! How the parts of the state are written: checked names and times as text, documents as text or object, maps as
//! lists of values that hold their own key.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cloud::rpc::signature::timestamp;
use crate::model::{AccountId, PolicyName, PolicyRef, RoleName, VersionId};

/// When things were made whose seed does not say: 2026-01-02T03:04:05Z.
const SEEDED_SECOND: i64 = 1_767_323_045;

/// When things were made whose seed does not say.
pub(crate) fn seeded_at() -> Timestamp {
    Timestamp::from_second(SEEDED_SECOND).unwrap_or_default()
}

/// A value that is checked when it is read.
pub(super) trait Text: Sized {
    /// Reads the value; the error names what is wrong and with what.
    fn read(text: &str) -> Result<Self, String>;
    fn write(&self) -> String;
}

impl Text for AccountId {
    fn read(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| format!("account: {error}"))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Text for RoleName {
    fn read(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| format!("role `{text}`: {error}"))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Text for PolicyName {
    fn read(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| format!("policy `{text}`: {error}"))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// `system:NAME` or `custom:NAME`.
impl Text for PolicyRef {
    fn read(text: &str) -> Result<Self, String> {
        let make: fn(PolicyName) -> Self = match text.split_once(':') {
            Some(("custom", _)) => Self::custom,
            Some(("system", _)) => Self::system,
            _ => {
                return Err(format!(
                    "attachment `{text}` is not of the form `system:NAME` or `custom:NAME`"
                ));
            }
        };
        let name = text.split_once(':').map_or("", |(_, name)| name);
        let name =
            PolicyName::new(name).map_err(|error| format!("attachment `{text}`: {error}"))?;
        Ok(make(name))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Text for VersionId {
    fn read(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| error.to_string())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Text for Timestamp {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("`{text}` is not a time like 2026-01-02T03:04:05Z"))
    }

    fn write(&self) -> String {
        timestamp(*self)
    }
}

/// For `#[serde(with)]`: a checked value as text.
pub(super) mod text {
    use serde::de::Error;

    use super::{Deserialize, Deserializer, Serializer, Text};

    pub(in super::super) fn serialize<T: Text, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.write())
    }

    pub(in super::super) fn deserialize<'de, T: Text, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::read(&text).map_err(D::Error::custom)
    }
}

/// For `#[serde(with)]`: a checked value as text, or nothing.
pub(super) mod optional_text {
    use serde::de::Error;

    use super::{Deserialize, Deserializer, Serialize, Serializer, Text};

    pub(in super::super) fn serialize<T: Text, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Text::write).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, T: Text, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| T::read(&text).map_err(D::Error::custom))
            .transpose()
    }
}

/// For `#[serde(deserialize_with)]`: a document as text, kept byte for byte, or as an object, kept in compact form.
pub(super) fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        object => object.to_string(),
    })
}

/// As [`document`], or nothing.
pub(super) fn optional_document<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    document(deserializer).map(Some)
}

/// A value that holds the key under which it is kept.
pub(super) trait Keyed {
    type Key: Ord + Display;
    /// What people call such a value.
    const KIND: &str;
    fn key(&self) -> Self::Key;
}

/// For `#[serde(with)]`: a map as the list of its values. A key that is there twice is an error.
pub(super) mod list {
    use serde::de::Error;

    use super::{BTreeMap, Deserialize, Deserializer, Keyed, Serialize, Serializer};

    pub(in super::super) fn serialize<T: Keyed + Serialize, S: Serializer>(
        map: &BTreeMap<T::Key, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.values())
    }

    pub(in super::super) fn deserialize<'de, T: Keyed + Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<T::Key, T>, D::Error> {
        let mut map = BTreeMap::new();
        for value in Vec::<T>::deserialize(deserializer)? {
            let place = format!("{} {}", T::KIND, value.key());
            if map.insert(value.key(), value).is_some() {
                let problem = format!("{place} is there twice; letter case does not count");
                return Err(D::Error::custom(problem));
            }
        }
        Ok(map)
    }
}
