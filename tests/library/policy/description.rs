//! Lines of access as data and in words.

use export_iam::policy::{
    AccessLine, Pattern, PolicyDocument, Question, Targets, Verdict, compare, descriptions,
};
use serde_json::{Value, json};

fn document(statements: Value) -> PolicyDocument {
    let text = json!({ "Version": "1", "Statement": statements }).to_string();
    PolicyDocument::parse_live(&text).unwrap()
}

fn allow(action: Value, resource: Value) -> PolicyDocument {
    document(json!([{ "Effect": "Allow", "Action": action, "Resource": resource }]))
}

/// The eight actions of an export, on everything.
fn export() -> PolicyDocument {
    let actions = [
        "oss:GetObject",
        "oss:PutObject",
        "oss:DeleteObject",
        "oss:ListParts",
        "oss:AbortMultipartUpload",
        "oss:GetBucketInfo",
        "oss:GetBucketLocation",
        "oss:ListMultipartUploads",
    ];
    allow(json!(actions), json!("*"))
}

fn shown(lines: &[AccessLine]) -> Vec<String> {
    descriptions(lines)
        .into_iter()
        .map(|(_, description)| description.to_string())
        .collect()
}

#[test]
fn a_grant_is_named_as_a_whole_where_parts_of_it_were_there() {
    let everything = allow(json!("*"), json!("*"));
    let oss = allow(json!("oss:*"), json!("*"));
    let one_bucket = allow(
        json!(["oss:GetObject", "oss:PutObject"]),
        json!("acs:oss:*:*:exports-hz/*"),
    );
    for (live, wanted, gained) in [
        (&export(), &everything, "+ every action on everything"),
        (&export(), &oss, "+ every OSS action on everything"),
        (&one_bucket, &oss, "+ every OSS action on everything"),
        (&one_bucket, &everything, "+ every action on everything"),
    ] {
        let comparison = compare(&[live], &[wanted], Question::Effective);
        assert_eq!(shown(&comparison.gained), [gained]);
        assert_eq!(shown(&comparison.lost), [""; 0]);
        let back = compare(&[wanted], &[live], Question::Effective);
        let lost = gained.replace("+", "-") + ", apart from what remains";
        assert_eq!(shown(&back.lost), [lost]);
    }
}

#[test]
fn exceptions_are_named_where_they_are_few_and_never_counted() {
    let live = allow(json!("oss:GetObject"), json!("*"));
    let wanted = allow(json!("oss:*"), json!("*"));
    let comparison = compare(&[&live], &[&wanted], Question::Effective);
    assert_eq!(
        shown(&comparison.gained),
        ["+ every OSS action except oss:GetObject on everything"]
    );
    let wide = compare(&[&export()], &[&wanted], Question::Effective);
    let [line] = wide.gained.as_slice() else {
        panic!("{:?}", wide.gained);
    };
    // The data has every exception, whatever the words leave out.
    assert_eq!(line.actions[0].pattern, "oss:*");
    assert_eq!(line.actions[0].except.len(), 8);
    let own = document(json!([{
        "Effect": "Allow", "NotAction": ["ram:*", "sts:*", "kms:*", "ecs:*", "vpc:*", "log:*"],
        "Resource": "*",
    }]));
    let nothing = document(json!([]));
    let comparison = compare(&[&nothing], &[&own], Question::Effective);
    assert_eq!(
        shown(&comparison.gained),
        ["+ every action except ram:*, sts:*, kms:*, ecs:*, vpc:* and log:* on everything"]
    );
}

#[test]
fn buckets_and_their_objects_are_named_together() {
    let nothing = document(json!([]));
    let both = json!(["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"]);
    let wanted = allow(json!("oss:*"), both);
    let comparison = compare(&[&nothing], &[&wanted], Question::Effective);
    assert_eq!(
        shown(&comparison.gained),
        ["+ every OSS action on bucket exports-hz and its objects"]
    );
    let open = allow(json!("oss:GetObject"), json!("acs:oss:*:*:exports-hz/*"));
    let owned = allow(
        json!("oss:GetObject"),
        json!("acs:oss:*:1234567890123456:exports-hz/*"),
    );
    let comparison = compare(&[&open], &[&owned], Question::Effective);
    assert_eq!(
        shown(&comparison.lost),
        ["- oss:GetObject on objects of bucket exports-hz, if another account owns it"]
    );
}

#[test]
fn what_a_deny_takes_away_is_not_claimed() {
    let nothing = document(json!([]));
    let deny = |action: Value, resource: Value| json!({ "Effect": "Deny", "Action": action, "Resource": resource });
    let bucket = json!(["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"]);
    for (allowed, on, denied, gained) in [
        (
            json!("*"),
            json!("*"),
            deny(json!(["ram:*", "bss:*"]), json!("*")),
            "+ every action except ram:* and bss:* on everything",
        ),
        (
            json!("oss:*"),
            bucket.clone(),
            deny(json!("oss:Delete*"), json!("*")),
            "+ every OSS action except oss:Delete* on bucket exports-hz and its objects",
        ),
        (
            json!("oss:*"),
            bucket.clone(),
            deny(json!("oss:*"), json!("acs:oss:*:*:exports-hz/production/*")),
            "+ every OSS action on bucket exports-hz and its objects except those under prefix production/",
        ),
    ] {
        let allow = json!({ "Effect": "Allow", "Action": allowed, "Resource": on });
        let wanted = document(json!([allow, denied]));
        let comparison = compare(&[&nothing], &[&wanted], Question::Effective);
        assert_eq!(shown(&comparison.gained), [gained]);
    }
}

/// A slow, obvious matcher of `*` and `?`.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|skip| matches(rest, &text[skip..])),
        (['?', rest @ ..], [_, text @ ..]) => matches(rest, text),
        ([own, rest @ ..], [symbol, text @ ..]) => own == symbol && matches(rest, text),
        _ => false,
    }
}

fn hold(patterns: &[Pattern], text: &str) -> bool {
    let symbols = |text: &str| text.chars().collect::<Vec<char>>();
    let is_one = |pattern: &str| matches(&symbols(pattern), &symbols(text));
    patterns
        .iter()
        .any(|one| is_one(&one.pattern) && !one.except.iter().any(|out| is_one(&out.pattern)))
}

#[test]
fn the_data_of_a_line_holds_the_request_that_proves_it() {
    let table: Value = serde_json::from_str(include_str!("../../policy/pairs.json")).unwrap();
    let mut lines = 0;
    for row in table["permission"].as_array().unwrap() {
        let read = |side: &str| {
            let text = json!({ "Version": "1", "Statement": row[side] }).to_string();
            PolicyDocument::parse_live(&text).unwrap()
        };
        let (live, wanted) = (read("live"), read("wanted"));
        let comparison = compare(&[&live], &[&wanted], Question::DropIn);
        if comparison.verdict == Verdict::Unknown {
            // The matcher below knows one reading of wildcards only.
            continue;
        }
        for line in comparison.gained.iter().chain(&comparison.lost) {
            let request = &line.witness.request;
            let lower = |pattern: &Pattern| {
                let mut pattern = pattern.clone();
                pattern.pattern = pattern.pattern.to_lowercase();
                for out in &mut pattern.except {
                    out.pattern = out.pattern.to_lowercase();
                }
                pattern
            };
            let actions: Vec<Pattern> = line.actions.iter().map(lower).collect();
            let Targets::Resources(resources) = &line.targets else {
                panic!("{line}");
            };
            assert!(
                hold(&actions, &request.action.to_lowercase()),
                "{}: {line}",
                row["row"]
            );
            assert!(hold(resources, &request.resource), "{}: {line}", row["row"]);
            lines += 1;
        }
    }
    assert!(lines > 25, "{lines}");
}
