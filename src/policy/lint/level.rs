//! Which OSS requests a resource pattern can be about: those on buckets, on objects, or on neither.

use super::pattern::{Arn, action_parts, has_wildcard, is_all, matches, matches_action};
use super::tree::Spot;
use super::view::View;
use crate::policy::catalogue::{self, Level};
use crate::policy::error::quote;

/// Most actions that one finding names.
const MAX_NAMED: usize = 3;

/// What an OSS resource pattern can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Only buckets, and not all of them.
    Bucket,
    /// Only objects.
    Object,
    /// Buckets and objects.
    Both,
    /// Not an OSS bucket or object, or nothing that can be told.
    Other,
}

impl Reach {
    /// Whether requests of `level` can match.
    pub(crate) fn has(self, level: Level) -> bool {
        match self {
            Reach::Bucket => level == Level::Bucket,
            Reach::Object => level == Level::Object,
            Reach::Both | Reach::Other => true,
        }
    }
}

/// Access points and resource pools, which look like objects of buckets of that name.
pub(crate) fn is_of_another_kind(arn: Arn<'_>) -> bool {
    let first = arn.relative.split('/').next().unwrap_or_default();
    arn.relative.contains('/') && matches!(first, "accesspoint" | "resourcepool")
}

/// What the pattern can match. A star runs across `/`.
pub(crate) fn reach(resource: &str) -> Reach {
    let Some(arn) = Arn::read(resource).filter(|arn| !is_of_another_kind(*arn)) else {
        return Reach::Other;
    };
    match arn.bucket_and_key() {
        None => Reach::Other,
        Some((_, Some(_))) => Reach::Object,
        Some((bucket, None)) if bucket.contains('*') => Reach::Both,
        Some((_, None)) => Reach::Bucket,
    }
}

/// Whether the resource pattern holds objects of the bucket.
pub(crate) fn has_objects_of(resource: &str, bucket: &str) -> bool {
    if is_all(resource) {
        return true;
    }
    let Some(arn) = Arn::read(resource).filter(|arn| matches(arn.service, "oss")) else {
        return false;
    };
    match arn.relative.split_once('/') {
        Some((pattern, _)) => matches(pattern, bucket),
        None => arn.relative.contains('*') && matches(arn.relative, &format!("{bucket}/")),
    }
}

/// Whether the resource pattern holds the bucket itself.
pub(crate) fn has_bucket(resource: &str, bucket: &str) -> bool {
    let arn = Arn::read(resource).filter(|arn| matches(arn.service, "oss"));
    is_all(resource) || arn.is_some_and(|arn| matches(arn.relative, bucket))
}

/// Whether the action is one by name, without wildcards.
pub(crate) fn is_concrete(action: &str) -> bool {
    !has_wildcard(action)
}

/// Whether the action pattern names OSS and matches an action of `level`.
pub(crate) fn reaches_level(action: &str, level: Level) -> bool {
    let service = action_parts(action).map(|(service, _)| service.to_ascii_lowercase());
    service.as_deref() == Some("oss")
        && catalogue::all().any(|known| known.level == level && matches_action(action, known.name))
}

/// In each statement with resources of the levels `on` and none of `level`, the actions by name of `level`,
/// which can never match there: where the first is, and their names.
pub(crate) fn stranded(view: &View<'_>, level: Level, on: &[Level]) -> Vec<(Spot, String)> {
    let lists = view.statements.iter().filter_map(|s| s.positive());
    let found = lists.filter_map(|(actions, resources)| {
        let reaches = || resources.iter().map(|word| reach(word.text));
        if resources.is_empty()
            || reaches().any(|reach| reach.has(level))
            || !reaches().any(|reach| on.iter().any(|on| reach.has(*on)))
        {
            return None;
        }
        let known = actions
            .iter()
            .filter(|word| catalogue::find(word.text).is_some_and(|known| known.level == level));
        let known: Vec<_> = known.collect();
        let spot = known.first()?.spot;
        let names = known.iter().take(MAX_NAMED).map(|word| quote(word.text));
        let names: Vec<String> = names.collect();
        let more = match known.len().saturating_sub(MAX_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some((spot, format!("{}{more}", names.join(", "))))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pattern_can_match() {
        for (resource, expected) in [
            ("*", Reach::Other),
            ("acs:oss:*:*:img", Reach::Bucket),
            ("acs:oss:*:*:img/*", Reach::Object),
            ("acs:oss:*:*:img*", Reach::Both),
            ("acs:oss:*:*:img-?", Reach::Bucket),
            ("acs:oss:*:*:accesspoint/a", Reach::Other),
            ("acs:ecs:*:*:image/*", Reach::Other),
        ] {
            assert_eq!(reach(resource), expected, "{resource}");
        }
        assert!(
            has_objects_of("acs:oss:*:*:i*", "img") && has_objects_of("acs:oss:*:*:im?/x", "img")
        );
        assert!(!has_objects_of("acs:oss:*:*:img", "img") && has_bucket("acs:oss:*:*:img", "img"));
    }
}
