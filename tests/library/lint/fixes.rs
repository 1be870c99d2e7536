//! Fixes do what they promise: the finding is gone, and lint has nothing against what was written instead.

use super::cases::{Case, files, lint_with};
use super::properties::document;
use export_iam::policy::lint::{Finding, Options, Severity, lint};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;

/// Rules about how entries go together. A fix of one entry may bring to light that it is in the wrong company.
const PAIRINGS: &[&str] = &[
    "bucket-action-on-object",
    "object-action-on-bucket",
    "service-action-on-bucket",
    "service-mismatch",
    "bucket-without-objects",
    "objects-without-bucket",
    "condition-key-not-filled",
    "never-for-services",
    "deny-defeats-export",
    "statement-never-matches",
    "moot-statement",
    "trust-action",
];

/// What lint has against the entry of `finding` beyond what it had before, once its fix is carried out.
fn left_over(text: &str, finding: &Finding, lint: &dyn Fn(&str) -> Vec<Finding>) -> Vec<String> {
    let Some(edit) = &finding.edit else {
        return Vec::new();
    };
    let fixed = edit.apply(text);
    let is_serious =
        |f: &&Finding| f.rule.severity != Severity::Note && !PAIRINGS.contains(&f.rule.id);
    // The name of a member has the path of its value, and another place.
    let inside = format!("{}[", finding.path);
    let here = |f: &&Finding| f.place == finding.place || f.path.starts_with(&inside);
    let before: BTreeSet<&str> = lint(text)
        .iter()
        .filter(|f| f.place == finding.place && f.rule.id != finding.rule.id)
        .map(|f| f.rule.id)
        .collect();
    let after = lint(&fixed);
    let left = after
        .iter()
        .filter(is_serious)
        .filter(here)
        .filter(|f| !before.contains(f.rule.id));
    left.map(|f| format!("{finding}\n  {}\n  then: {f}", finding.fix_text()))
        .collect()
}

fn check_all(text: &str, lint: &dyn Fn(&str) -> Vec<Finding>) -> usize {
    let findings = lint(text);
    let left: Vec<String> = findings
        .iter()
        .flat_map(|f| left_over(text, f, lint))
        .collect();
    assert!(left.is_empty(), "{}\nin {text}", left.join("\n"));
    findings
        .iter()
        .filter(|finding| finding.edit.is_some())
        .count()
}

#[test]
fn fixes_of_all_cases_pass_lint_themselves() {
    let mut count = 0;
    for path in files("rules", "txt") {
        let case = Case::read(path);
        count += check_all(&case.triggers, &|text| lint_with(text, &case.options));
    }
    for path in files("examples", "json") {
        let text = fs::read_to_string(path).unwrap();
        count += check_all(&text, &|text| lint(text, &Options::default()));
    }
    assert!(count > 60, "{count}");
}

/// What lint says about one statement's resource, and the fix.
fn of_resource(resource: &str) -> Vec<(&'static str, Option<String>)> {
    let text = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:GetBucketInfo","ram:GetRole"],"Resource":"{resource}"}}]}}"#
    );
    let findings = lint(&text, &Options::default());
    let found = findings
        .iter()
        .filter(|finding| finding.path == "Statement[0].Resource");
    found
        .map(|finding| (finding.rule.id, finding.fix.clone()))
        .collect()
}

#[test]
fn no_fix_leads_astray() {
    let write = |text: &str| Some(format!("write `{text}`"));
    for (resource, expected) in [
        ("acs:oss:*:*:exports-*", vec![("bucket-wildcard", None)]),
        (
            "acs:ram::1773999888000111/role/renewer",
            vec![(
                "arn-field-missing",
                write("acs:ram::1773999888000111:role/renewer"),
            )],
        ),
        (
            "acs:oss:::b",
            vec![
                ("account-field", None),
                ("bucket-name", None),
                ("oss-region", None),
            ],
        ),
        (
            "acs:oss:::img-hz",
            vec![
                ("account-field", None),
                ("oss-region", write("acs:oss:*:*:img-hz")),
            ],
        ),
        ("acs:ram:::role/x", vec![("account-field", None)]),
        (
            "acs:oss:*:YOUR_UID:img-hz/*",
            vec![("account-field", write("acs:oss:*:*:img-hz/*"))],
        ),
        (
            "acs:oss:*:*:img-hz/",
            vec![("bare-slash", write("acs:oss:*:*:img-hz/*"))],
        ),
        (
            "acs:oss:*:123456789012****:img-hz/*",
            vec![("masked-account", None)],
        ),
    ] {
        let found: Vec<_> = of_resource(resource)
            .into_iter()
            .filter(|(id, _)| !PAIRINGS.contains(id))
            .collect();
        assert_eq!(found, expected, "{resource}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixes_of_any_document_pass_lint_themselves(text in document()) {
        check_all(&text, &|text| lint(text, &Options::default()));
    }
}
