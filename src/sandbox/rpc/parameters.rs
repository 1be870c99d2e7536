//! The parameters of one call, of query and form body together.

use std::collections::BTreeMap;

use serde_json::Value;

use super::api_error::ApiError;
use crate::model::Tags;

/// Names and values as sent; the last one wins where a name is repeated.
#[derive(Clone, Default)]
pub(crate) struct Parameters(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Parameters {
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value, also an empty one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value; an empty one counts as left out.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// As [`Self::optional`], letter case of the name without meaning, as ECS takes it.
    pub(crate) fn in_any_case(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs();
        let found = pairs.find(|(own, value)| own.eq_ignore_ascii_case(name) && !value.is_empty());
        found.map(|(_, value)| value)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.optional(name).ok_or_else(|| ApiError::missing(name))
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, ApiError> {
        self.optional(name)
            .map(|text| text.parse().map_err(|_| ApiError::bad_format(name)))
            .transpose()
    }

    /// A number from `least` to `most`.
    pub(crate) fn number_within(
        &self,
        name: &str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, ApiError> {
        let Some(number) = self.number(name)? else {
            return Ok(None);
        };
        u32::try_from(number)
            .ok()
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| ApiError::out_of_range(name, least, most))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.optional(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(ApiError::bad_format(name)),
        }
    }

    /// A list of texts: JSON in one parameter, as RAM documents it, or numbered, as some clients also send.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, ApiError> {
        if let Some(text) = self.optional(name) {
            return serde_json::from_str(text).map_err(|_| ApiError::bad_format(name));
        }
        Ok(self
            .numbered(name, "")
            .map(|(_, value)| value.to_owned())
            .collect())
    }

    /// The list of tags in `Tag`; a filter may leave values out.
    pub(crate) fn tag_pairs(&self) -> Result<Vec<(String, Option<String>)>, ApiError> {
        let Some(text) = self.optional("Tag") else {
            return Ok(self
                .numbered("Tag", ".Key")
                .map(|(number, key)| {
                    let value = self.get(&format!("Tag.{number}.Value"));
                    (key.to_owned(), value.map(str::to_owned))
                })
                .collect());
        };
        let list: Vec<Value> =
            serde_json::from_str(text).map_err(|_| ApiError::bad_format("Tag"))?;
        list.iter()
            .map(|tag| {
                let member = |name| tag.get(name).and_then(Value::as_str).map(str::to_owned);
                let key = member("Key").ok_or_else(|| ApiError::missing("Tag.Key"))?;
                Ok((key, member("Value")))
            })
            .collect()
    }

    /// The tags in `Tag`, to set.
    pub(crate) fn tags(&self) -> Result<Tags, ApiError> {
        Ok(self
            .tag_pairs()?
            .into_iter()
            .map(|(key, value)| (key, value.unwrap_or_default()))
            .collect())
    }

    /// `name.1suffix`, `name.2suffix` and so on, as long as they follow one another.
    fn numbered<'a>(
        &'a self,
        name: &'a str,
        suffix: &'a str,
    ) -> impl Iterator<Item = (usize, &'a str)> {
        (1..).map_while(move |number| {
            let value = self.get(&format!("{name}.{number}{suffix}"))?;
            Some((number, value))
        })
    }
}

/// Whether all wanted tags are held; a wanted key without a value takes any value.
pub(crate) fn has_tags(held: &Tags, wanted: &[(String, Option<String>)]) -> bool {
    wanted.iter().all(|(key, value)| {
        held.get(key)
            .is_some_and(|held| value.as_ref().is_none_or(|value| value == held))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn tags_are_read_from_json_and_from_numbers() {
        let json = parameters(&[("Tag", r#"[{"Key":"a","Value":"1"},{"Key":"b"}]"#)]);
        let numbered = parameters(&[
            ("Tag.1.Key", "a"),
            ("Tag.1.Value", "1"),
            ("Tag.2.Key", "b"),
            ("Tag.4.Key", "skipped"),
        ]);
        let expected = vec![
            ("a".to_owned(), Some("1".to_owned())),
            ("b".to_owned(), None),
        ];
        assert_eq!(json.tag_pairs().unwrap(), expected);
        assert_eq!(numbered.tag_pairs().unwrap(), expected);
        assert!(parameters(&[("Tag", "a=1")]).tag_pairs().is_err());
    }

    #[test]
    fn numbers_and_booleans_are_checked() {
        let given = parameters(&[("N", "7"), ("B", "True"), ("X", "seven"), ("E", "")]);
        assert_eq!(given.number("N").unwrap(), Some(7));
        assert_eq!(given.number_within("N", 1, 7).unwrap(), Some(7));
        assert!(given.number_within("N", 8, 9).is_err());
        assert!(given.number("X").is_err());
        assert_eq!(given.number("E").unwrap(), None);
        assert_eq!(given.boolean("B").unwrap(), Some(true));
        assert!(given.boolean("X").is_err());
    }
}
