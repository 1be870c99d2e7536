//! Whether a resource name can be offered as a fix: whether lint itself would have nothing against it.

use super::pattern::{Arn, has_wildcard, is_all};

/// Whether a bucket can have this name. Source: OSS, "Bucket naming conventions", 2025.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    let formed = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    formed && (3..=63).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

/// Whether the word is a whole resource name in which nothing is missing, misspelt or unreachable.
pub(crate) fn is_sound(resource: &str) -> bool {
    let Some(arn) = Arn::read(resource) else {
        return resource == "*";
    };
    let is_plain = resource.is_ascii() && resource.trim() == resource && !resource.contains("${");
    let is_account = |account: &str| match account {
        "" => !matches!(arn.service, "oss" | "ram"),
        account => account == "*" || account.bytes().all(|b| b.is_ascii_digit()),
    };
    let is_reachable = match arn.bucket_and_key() {
        None => !arn.service.is_empty() && !has_wildcard(arn.service),
        Some((bucket, key)) => {
            let ends_bare = key.is_some_and(|key| key.is_empty() || key.ends_with('/'));
            arn.region == "*" && (is_all(bucket) || is_bucket_name(bucket)) && !ends_bare
        }
    };
    is_plain && is_account(arn.account) && is_reachable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_offered() {
        for (resource, expected) in [
            ("*", true),
            ("acs:oss:*:*:img-hz/*", true),
            ("acs:oss:*:*:*", true),
            ("acs:ram::1773999888000111:role/renewer", true),
            ("acs:oss:*:*:exports-", false),
            ("acs:oss:*::img-hz", false),
            ("acs:oss:*:*:img-hz/", false),
            ("acs:oss:cn-x:*:img-hz", false),
            ("acs:ram:*::1773999888000111/role/renewer", false),
            ("acs:oss:*:YOUR_UID:img-hz", false),
            ("img-hz", false),
        ] {
            assert_eq!(is_sound(resource), expected, "{resource}");
        }
    }
}
