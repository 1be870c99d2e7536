//! Names of places in Alibaba Cloud: regions, and buckets and objects of OSS.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::name::as_text;

/// Why a text is no name of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {problem}")]
pub struct PlaceError {
    kind: &'static str,
    problem: String,
    hint: Option<String>,
}

impl PlaceError {
    /// What to do about it, where more can be said than what is wrong.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// Defines a text that is checked once, when made, and whose letter case counts.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        as_text!($name, PlaceError);

        impl $name {
            /// Checks `text`.
            ///
            /// # Errors
            /// When it is not of the form above.
            pub fn new(text: &str) -> Result<Self, PlaceError> {
                match $check(text) {
                    None => Ok(Self(text.to_owned())),
                    Some((problem, hint)) => Err(PlaceError { kind: $kind, problem, hint }),
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// The id of a region, as `cn-hangzhou` or `ap-southeast-1`: lower-case letters and digits in at least
    /// two parts joined by `-`, the first of two or three letters. Not an OSS location (`oss-cn-hangzhou`)
    /// and not a zone (`cn-hangzhou-b`, `ap-southeast-1a`).
    RegionId,
    "region",
    region_problem
);

checked_text!(
    /// The name of an OSS bucket: 3 to 63 lower-case letters, digits and hyphens, a letter or digit at both
    /// ends. Source: OSS, "Bucket naming".
    BucketName,
    "bucket",
    bucket_problem
);

checked_text!(
    /// What the names of exported objects start with: 1 to 30 letters and digits. Source: ECS `ExportImage`,
    /// parameter `OSSPrefix`.
    ObjectPrefix,
    "prefix",
    prefix_problem
);

checked_text!(
    /// The key of an object of OSS: 1 to 1023 bytes, neither `/` nor `\\` first, no control character, and no part that
    /// is `.` or `..`, which clients take out of addresses. Source: OSS, "Object naming".
    ObjectKey,
    "object",
    key_problem
);

type Problem = Option<(String, Option<String>)>;

/// Longest region id that we take for one. Unit: characters. No limit is published; the longest known has 22.
const REGION_LENGTH: usize = 40;

fn problem(word: &str, what: &str, hint: Option<String>) -> Problem {
    Some((format!("`{}` {what}", word.escape_debug()), hint))
}

fn hint(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn region_problem(text: &str) -> Problem {
    const FORM: &str = "a region id looks like `cn-hangzhou` or `ap-southeast-1`";
    if let Some(region) = text
        .strip_prefix("oss-")
        .filter(|r| region_problem(r).is_none())
    {
        let hint = format!("write the region, `{region}`");
        return problem(text, "is an OSS location, not a region id", Some(hint));
    }
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.len() > REGION_LENGTH || !text.chars().all(is_allowed) {
        return problem(text, "is not a region id", hint(FORM));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let [area, .., last] = parts.as_slice() else {
        return problem(text, "is not a region id", hint(FORM));
    };
    let is_area = matches!(area.len(), 2 | 3) && area.chars().all(|c| c.is_ascii_lowercase());
    if !is_area || parts.iter().any(|part| part.is_empty()) {
        return problem(text, "is not a region id", hint(FORM));
    }
    match region_of_zone(text, last) {
        Some(region) => {
            let hint = format!("write the region, `{region}`");
            problem(text, "is a zone, not a region id", Some(hint))
        }
        None => None,
    }
}

/// The region, when `text` has the form of a zone: a region and `-b`, or a numbered region and `a`.
fn region_of_zone<'a>(text: &'a str, last: &str) -> Option<&'a str> {
    let (number, letter) = last.split_at_checked(last.len().checked_sub(1)?)?;
    if !letter.chars().all(|c| c.is_ascii_lowercase()) {
        return None;
    }
    let region = text.strip_suffix(letter)?;
    if number.is_empty() {
        return region.strip_suffix('-').filter(|r| r.contains('-'));
    }
    number.chars().all(|c| c.is_ascii_digit()).then_some(region)
}

fn bucket_problem(text: &str) -> Problem {
    let length = text.chars().count();
    if !(3..=63).contains(&length) {
        let what = format!("has {length} characters, OSS wants 3 to 63");
        return problem(text, &what, None);
    }
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if let Some(bad) = text.chars().find(|&c| !is_plain(c) && c != '-') {
        let what = format!(
            "contains `{}`, OSS allows lower-case letters, digits and `-`",
            bad.escape_debug()
        );
        return problem(text, &what, bucket_hint(text));
    }
    if text.starts_with('-') || text.ends_with('-') {
        return problem(text, "starts or ends with `-`", None);
    }
    None
}

fn bucket_hint(text: &str) -> Option<String> {
    if text.starts_with("oss://") {
        return hint("write the name alone, without `oss://`");
    }
    if text.contains(['*', '?']) {
        return hint("a wildcard would reach other people's buckets; name each bucket");
    }
    if text.contains('/') {
        return hint("write the bucket alone; the start of the object's name goes into `prefix`");
    }
    let lower = text.to_ascii_lowercase();
    (lower != text && bucket_problem(&lower).is_none()).then(|| format!("did you mean `{lower}`?"))
}

fn prefix_problem(text: &str) -> Problem {
    let length = text.chars().count();
    if length == 0 {
        return Some((
            "is empty, ExportImage wants 1 to 30 characters".to_owned(),
            hint("leave `prefix` out to allow any name"),
        ));
    }
    if length > 30 {
        let what = format!("has {length} characters, ExportImage wants 1 to 30");
        return problem(text, &what, None);
    }
    let bad = text.chars().find(|c| !c.is_ascii_alphanumeric())?;
    let what = format!(
        "contains `{}`, ExportImage allows letters and digits",
        bad.escape_debug()
    );
    let advice =
        (bad == '/').then(|| "a prefix is the start of the object's name, not a folder".to_owned());
    problem(text, &what, advice)
}

/// Longest key. Unit: bytes. Source: OSS, "Object naming".
const KEY_LENGTH: usize = 1023;

fn key_problem(text: &str) -> Problem {
    if text.is_empty() {
        return Some(("is empty, OSS wants 1 to 1023 bytes".to_owned(), None));
    }
    if text.len() > KEY_LENGTH {
        let what = format!("has {} bytes, OSS wants 1 to {KEY_LENGTH}", text.len());
        return Some((what, None));
    }
    if text.starts_with("oss://") {
        let advice = "write the key alone, without `oss://` and the bucket";
        return problem(text, "is an address, not a key", hint(advice));
    }
    if let Some(bad) = text.chars().find(|c| c.is_control()) {
        let what = format!("contains the control character `{}`", bad.escape_debug());
        return problem(text, &what, None);
    }
    if text.starts_with(['/', '\\']) {
        let bare = text.trim_start_matches(['/', '\\']);
        let advice = (key_problem(bare).is_none()).then(|| format!("did you mean `{bare}`?"));
        return problem(
            text,
            "starts with a slash, which OSS does not allow",
            advice,
        );
    }
    let is_dots = |part: &str| matches!(part, "." | "..");
    if text.split('/').any(is_dots) {
        let advice = "clients take such parts out of addresses; copy the object to another key";
        return problem(text, "has a part that is `.` or `..`", hint(advice));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_known_and_new_are_accepted() {
        for region in [
            "cn-hangzhou",
            "ap-southeast-1",
            "us-west-1",
            "rus-west-1",
            "cn-hangzhou-finance",
            "cn-shanghai-finance-1",
            "cn-north-2-gov-1",
            "cn-heyuan-acdr-1",
            "me-central-1",
        ] {
            assert_eq!(RegionId::new(region).unwrap().as_str(), region);
        }
    }

    #[test]
    fn what_is_not_a_region_says_what_it_is() {
        let told = |text: &str| {
            let error = RegionId::new(text).unwrap_err();
            format!("{error} | {}", error.hint().unwrap_or_default())
        };
        assert_eq!(
            told("oss-cn-hangzhou"),
            "region `oss-cn-hangzhou` is an OSS location, not a region id | write the region, `cn-hangzhou`"
        );
        assert_eq!(
            told("ap-southeast-1a"),
            "region `ap-southeast-1a` is a zone, not a region id | write the region, `ap-southeast-1`"
        );
        assert_eq!(
            told("cn-hangzhou-b"),
            "region `cn-hangzhou-b` is a zone, not a region id | write the region, `cn-hangzhou`"
        );
        for bad in [
            "",
            "cn",
            "cn-",
            "-cn",
            "CN-hangzhou",
            "cn_hangzhou",
            "hangzhou",
            "cn--hz",
            "c1-x",
        ] {
            assert!(told(bad).contains("is not a region id"), "{bad:?}");
        }
    }

    #[test]
    fn buckets_keep_to_oss_rules() {
        for good in ["abc", "a-b", "1-2", &"a".repeat(63)] {
            assert!(BucketName::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ab",
            &"a".repeat(64),
            "-abc",
            "abc-",
            "a_b",
            "a.b",
            "Abc",
            "b*c",
            "bücket",
        ] {
            assert!(BucketName::new(bad).is_err(), "{bad}");
        }
        let error = BucketName::new("Exports-HZ").unwrap_err();
        assert_eq!(
            error.to_string(),
            "bucket `Exports-HZ` contains `E`, OSS allows lower-case letters, digits and `-`"
        );
        assert_eq!(error.hint(), Some("did you mean `exports-hz`?"));
    }

    #[test]
    fn prefixes_are_letters_and_digits() {
        for good in ["a", "Nightly", &"x".repeat(30)] {
            assert!(ObjectPrefix::new(good).is_ok(), "{good}");
        }
        for bad in ["", &"x".repeat(31), "a/", "a-b", "a_b", "ä"] {
            assert!(ObjectPrefix::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_keep_to_oss_rules() {
        for good in [
            "a",
            "images/app.raw",
            "ä ö.vhd",
            "a..b",
            "...",
            "a//b",
            &"x".repeat(1023),
        ] {
            assert!(ObjectKey::new(good).is_ok(), "{good}");
        }
        let told = |text: &str| {
            let error = ObjectKey::new(text).unwrap_err();
            format!("{error} | {}", error.hint().unwrap_or_default())
        };
        assert_eq!(told(""), "object is empty, OSS wants 1 to 1023 bytes | ");
        assert_eq!(
            told("/app.raw"),
            "object `/app.raw` starts with a slash, which OSS does not allow | did you mean `app.raw`?"
        );
        assert_eq!(
            told("a\nb"),
            "object `a\\nb` contains the control character `\\n` | "
        );
        for bad in [
            "../app.raw",
            "a/../b",
            "a/.",
            "\\a",
            "oss://b/k",
            "\u{7f}",
            &"x".repeat(1024),
        ] {
            assert!(ObjectKey::new(bad).is_err(), "{bad}");
        }
    }
}
