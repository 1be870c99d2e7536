//! Lists in pages: an opaque marker names where the next page starts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::parameters::Parameters;

/// Most items in a page. Source: `MaxItems` of `ListRoles` and `ListPolicies`.
const MOST: u32 = 1000;
/// Items in a page when the caller does not say. Same source.
const USUAL: u32 = 100;

/// One page of a list, and the marker of the next one.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) marker: Option<String>,
}

/// How a list names its paging parameters.
pub(crate) struct Names {
    pub(crate) marker: &'static str,
    pub(crate) size: &'static str,
    pub(crate) most: u32,
    pub(crate) usual: u32,
}

/// `Marker` and `MaxItems`, of the lists of roles and policies.
pub(crate) const MARKER: Names = Names {
    marker: "Marker",
    size: "MaxItems",
    most: MOST,
    usual: USUAL,
};

/// `NextToken` and `PageSize`, of the list of tags. Its usual size is not documented.
pub(crate) const TOKEN: Names = Names {
    marker: "NextToken",
    size: "PageSize",
    most: 100,
    usual: 20,
};

/// The page that `parameters` ask for. `entries` are (key, item) in the order of the keys; the marker holds the
/// first key of the next page, so that entries that come and go between pages cause neither gaps nor repeats.
pub(crate) fn page(
    parameters: &Parameters,
    names: &Names,
    entries: impl Iterator<Item = (String, Value)>,
) -> Result<Page, ApiError> {
    let size = parameters.number_within(names.size, 1, names.most)?;
    let size = usize::try_from(size.unwrap_or(names.usual)).unwrap_or(usize::MAX);
    let start = match parameters.optional(names.marker) {
        Some(marker) => Some(decode(marker).ok_or_else(|| ApiError::incorrect(names.marker))?),
        None => None,
    };
    let mut rest = entries.skip_while(|(key, _)| start.as_ref().is_some_and(|start| key < start));
    let items = rest.by_ref().take(size).map(|(_, item)| item).collect();
    let marker = rest.next().map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
    Ok(Page { items, marker })
}

/// One page of `PageNumber` and `PageSize`, and the members that every numbered list has: at most 100 items, 10 when
/// the caller does not say.
pub(crate) fn numbered(
    parameters: &Parameters,
    items: Vec<Value>,
) -> Result<(Vec<Value>, Value), ApiError> {
    let number = parameters
        .number_within("PageNumber", 1, 1_000_000)?
        .unwrap_or(1);
    let size = parameters.number_within("PageSize", 1, 100)?.unwrap_or(10);
    let answer = json!({ "TotalCount": items.len(), "PageNumber": number, "PageSize": size });
    let skipped = u64::from(number - 1) * u64::from(size);
    let page = items
        .into_iter()
        .skip(usize::try_from(skipped).unwrap_or(usize::MAX))
        .take(usize::try_from(size).unwrap_or(usize::MAX))
        .collect();
    Ok((page, answer))
}

fn decode(marker: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(marker).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(parameters: &[(&str, &str)]) -> Result<Page, ApiError> {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let entries = (0..5).map(|n| (format!("k{n}"), Value::from(n)));
        page(&parameters, &MARKER, entries)
    }

    #[test]
    fn pages_follow_one_another_without_gap_or_repeat() {
        let first = numbers(&[("MaxItems", "2")]).unwrap();
        assert_eq!(first.items, [0, 1].map(Value::from));
        let marker = first.marker.unwrap();
        let second = numbers(&[("MaxItems", "3"), ("Marker", &marker)]).unwrap();
        assert_eq!(second.items, [2, 3, 4].map(Value::from));
        assert_eq!(second.marker, None);
    }

    #[test]
    fn sizes_and_markers_are_checked() {
        assert!(numbers(&[("MaxItems", "0")]).is_err());
        assert!(numbers(&[("MaxItems", "1001")]).is_err());
        assert!(numbers(&[("Marker", "???")]).is_err());
        assert_eq!(numbers(&[("Marker", "")]).unwrap().items.len(), 5);
    }
}
