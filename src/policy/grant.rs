//! Policies generated from what people want to do.

use super::catalogue::{self, Level};
use super::document::{ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// The least privilege that ExportImage needs to write into the given buckets.
///
/// `account` is the uid of the buckets' owner, or `*`. Each target is a bucket and, optionally, the
/// `OSSPrefix` that exports are started with. Two statements: the bucket actions on the buckets, the
/// object actions on their objects; sorted, so that equal wishes give equal text. Without targets
/// the document has no statement and grants nothing.
///
/// The object pattern is `bucket/prefix*`, not `bucket/prefix/*`: the exported object's name is the
/// prefix followed by a generated name. The region field is `*`, the only value OSS documents.
/// Source: OSS, "RAM policy"; ECS, "Export a custom image".
pub fn image_export(account: &str, targets: &[(&str, Option<&str>)]) -> PolicyDocument {
    let mut buckets = BTreeSet::new();
    let mut objects = BTreeSet::new();
    for (bucket, prefix) in targets {
        buckets.insert(bucket_arn(account, bucket));
        objects.insert(objects_arn(account, bucket, prefix.unwrap_or_default()));
    }
    if targets.is_empty() {
        return PolicyDocument::new(Vec::new());
    }
    PolicyDocument::new(vec![
        allow(catalogue::export_actions(Level::Bucket), buckets),
        allow(catalogue::export_actions(Level::Object), objects),
    ])
}

fn allow<'a>(actions: impl Iterator<Item = &'a str>, resources: BTreeSet<String>) -> Statement {
    statement(Effect::Allow, actions, resources)
}

/// A statement that denies the actions on the resources.
#[must_use]
pub fn deny(actions: &[&str], resources: BTreeSet<String>) -> Statement {
    statement(Effect::Deny, actions.iter().copied(), resources)
}

fn statement<'a>(
    effect: Effect,
    actions: impl Iterator<Item = &'a str>,
    resources: BTreeSet<String>,
) -> Statement {
    Statement {
        sid: None,
        effect,
        action: ActionMatch::Action(actions.map(str::to_owned).collect()),
        resource: ResourceMatch::Resource(resources.into_iter().collect()),
        condition: Condition::default(),
    }
}

/// Allow statements for exactly these pairs of action and resource pattern, as few as that takes. A pair whose resource
/// another one covers is left out.
#[must_use]
pub fn exactly(pairs: &BTreeSet<(String, String)>) -> Vec<Statement> {
    let is_covered = |(action, resource): &&(String, String)| {
        let mut others = pairs.iter();
        others.any(|(other, wide)| other == action && wide != resource && covers(wide, resource))
    };
    let mut actions_on: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (action, resource) in pairs.iter().filter(|pair| !is_covered(pair)) {
        actions_on.entry(resource).or_default().insert(action);
    }
    let mut together: BTreeMap<BTreeSet<&str>, BTreeSet<String>> = BTreeMap::new();
    for (resource, actions) in actions_on {
        together
            .entry(actions)
            .or_default()
            .insert(resource.to_owned());
    }
    let statements = together.into_iter();
    statements
        .map(|(actions, resources)| allow(actions.into_iter(), resources))
        .collect()
}

/// Whether `wide` covers `narrow`, by fields that are equal, `*`, or end with it.
fn covers(wide: &str, narrow: &str) -> bool {
    let fields = wide.splitn(5, ':').zip(narrow.splitn(5, ':'));
    let mut fields = fields.map(|(wide, narrow)| match wide.strip_suffix('*') {
        Some(start) => narrow.starts_with(start),
        None => wide == narrow,
    });
    fields.all(|is_covered| is_covered)
}

/// The resource pattern of a bucket itself, in any region.
pub(crate) fn bucket_arn(account: &str, bucket: &str) -> String {
    format!("acs:oss:*:{account}:{bucket}")
}

/// The resource pattern of a bucket's objects whose key starts with `prefix`, in any region.
pub(crate) fn objects_arn(account: &str, bucket: &str, prefix: &str) -> String {
    format!("acs:oss:*:{account}:{bucket}/{prefix}*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_manual() {
        let document = image_export("1234567890123456", &[("img-hz", Some("exp"))]);
        let expected = concat!(
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetBucketInfo","#,
            r#""oss:GetBucketLocation","oss:ListMultipartUploads"],"Resource":["acs:oss:*:1234567890123456:img-hz"]},"#,
            r#"{"Effect":"Allow","Action":["oss:AbortMultipartUpload","oss:DeleteObject","oss:GetObject","#,
            r#""oss:ListParts","oss:PutObject"],"Resource":["acs:oss:*:1234567890123456:img-hz/exp*"]}]}"#
        );
        assert_eq!(document.to_json(), expected);
        assert_eq!(PolicyDocument::parse(expected).unwrap(), document);
    }

    #[test]
    fn exactly_the_pairs_and_nothing_across() {
        let pairs = [
            ("ram:GetRole", "acs:ram:*:*:role/a"),
            ("ram:UpdateRole", "acs:ram:*:*:role/a"),
            ("ram:GetRole", "acs:ram:*:*:role/b"),
            ("ram:UpdateRole", "acs:ram:*:*:role/b"),
            ("ram:GetPolicy", "acs:ram:*:*:policy/p"),
            ("ram:GetPolicy", "acs:ram:*:*:policy/*"),
            ("ram:GetPolicy", "acs:ram:*:system:policy/*"),
            ("ram:DeletePolicy", "acs:ram:*:*:policy/p"),
        ];
        let pairs = pairs.map(|(action, resource)| (action.to_owned(), resource.to_owned()));
        let document = PolicyDocument::new(exactly(&pairs.into()));
        let expected = concat!(
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["ram:DeletePolicy"],"Resource":["acs:ram:*:*:policy/p"]},"#,
            r#"{"Effect":"Allow","Action":["ram:GetPolicy"],"Resource":["acs:ram:*:*:policy/*"]},"#,
            r#"{"Effect":"Allow","Action":["ram:GetRole","ram:UpdateRole"],"#,
            r#""Resource":["acs:ram:*:*:role/a","acs:ram:*:*:role/b"]}]}"#
        );
        assert_eq!(document.to_json(), expected);
    }

    #[test]
    fn room_for_31_to_81_buckets() {
        let fits = |account: &str, letters: usize, count: usize| {
            let names: Vec<String> = (0..count).map(|at| format!("{at:0letters$}")).collect();
            let targets: Vec<_> = names.iter().map(|name| (name.as_str(), None)).collect();
            image_export(account, &targets).excess_length().is_none()
        };
        assert!(fits("1234567890123456", 63, 31) && !fits("1234567890123456", 63, 32));
        assert!(fits("*", 20, 81) && !fits("*", 20, 82));
    }
}
