//! Which names ECS takes.

/// Source: ECS, `InvalidImageName.Malformed`: 2 to 128 characters, a letter first, no `acs:`, `aliyun` or address.
pub(super) fn is_image_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '_' | '-');
    (2..=128).contains(&name.chars().count())
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(is_allowed)
        && !name.starts_with("acs:")
        && !name.starts_with("aliyun")
}

/// Source: OSS, bucket naming: 3 to 63 lower-case letters, digits and `-`, which is neither first nor last.
pub(super) fn is_bucket_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (3..=63).contains(&name.len())
        && name.chars().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Source: OSS, object naming: 1 to 1023 bytes, neither `/` nor `\` first.
pub(super) fn is_object_key(key: &str) -> bool {
    (1..=1023).contains(&key.len()) && !key.starts_with(['/', '\\'])
}
