//! Lint on documents that nobody would write: no panic, places in the text, nothing refused in silence,
//! and an answer in bounded time. `PROPTEST_CASES` sets how many are tried.

use export_iam::policy::lint::{Export, Finding, Kind, Options, Severity, lint};
use export_iam::policy::{BucketPolicy, PolicyDocument, TrustPolicy};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Words that documents are made of, right ones and wrong ones.
const WORDS: &[&str] = &[
    "Version",
    "Statement",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "Condition",
    "Sid",
    "Service",
    "RAM",
    "Federated",
    "AWS",
    "1",
    "2012-10-17",
    "Allow",
    "Deny",
    "allow",
    "*",
    "**",
    "oss:*",
    "oss:GetObject",
    "oss:Get*",
    "OSS:putobject",
    "s3:GetObject",
    "oss:HeadObject",
    "sts:AssumeRole",
    "ecs.aliyuncs.com",
    "acs:ram::1:root",
    "acs:oss:*:*:img-hz",
    "acs:oss:*:*:img-hz/*",
    "acs:oss:*:*:b*",
    "acs:oss:*:img",
    "acs:oss:::b",
    "acs:oss:*:*:exports-*",
    "acs:oss:*:YOUR_UID:img-hz/*",
    "acs:ram::1773999888000111/role/renewer",
    "acs:oss:*:*:img-hz/",
    "1379506842317095@log.aliyuncs.com",
    "esc.aliyuncs.com",
    "oss:GetObjct",
    "oos:GetObject",
    "arn:aws:s3:::b/*",
    "acs:oss:cn-x:7:Img/é${x}*",
    "",
    " ",
    "?",
    "é",
    "StringEquals",
    "StringNotLike",
    "Bool",
    "IpAddress",
    "NullIfExists",
    "acs:SourceIp",
    "oss:Prefix",
    "aws:SourceIp",
    "true",
    "192.0.2.0/24",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => ".{0,6}",
    ]
}

fn text(word: &str) -> String {
    serde_json::to_string(word).unwrap()
}

fn object(members: impl IntoIterator<Item = (String, String)>) -> String {
    let members = members
        .into_iter()
        .map(|(name, value)| format!("{}:{value}", text(&name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(",\n "))
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

/// Any JSON made of such words; members may repeat.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => word().prop_map(|word| text(&word)),
        1 => Just("true".to_owned()),
        1 => Just("-1.5e3".to_owned()),
        1 => Just("null".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| list(&items)),
            vec((word(), inner), 0..5).prop_map(object),
        ]
    })
}

fn one_or_many() -> impl Strategy<Value = String> {
    prop_oneof![
        vec(word(), 1..4)
            .prop_map(|words| list(&words.iter().map(|w| text(w)).collect::<Vec<_>>())),
        word().prop_map(|word| text(&word)),
    ]
}

/// Nearly a statement.
fn statement() -> impl Strategy<Value = String> {
    let tests = vec(
        (word(), vec((word(), one_or_many()), 0..3).prop_map(object)),
        0..3,
    )
    .prop_map(object);
    let optional = prop_oneof![
        4 => Just(Vec::new()),
        2 => tests.prop_map(|tests| vec![("Condition".to_owned(), tests)]),
        1 => (word(), json()).prop_map(|member| vec![member]),
        1 => vec((word(), one_or_many()), 0..2).prop_map(|p| vec![("Principal".to_owned(), object(p))]),
    ];
    let effect =
        proptest::sample::select(&["\"Allow\"", "\"Allow\"", "\"Deny\"", "\"deny\"", "1"][..]);
    let action = proptest::sample::select(&["Action", "Action", "NotAction"][..]);
    let resource = proptest::sample::select(&["Resource", "Resource", "NotResource", "Sid"][..]);
    (
        effect,
        action,
        one_or_many(),
        resource,
        one_or_many(),
        optional,
    )
        .prop_map(|(effect, action, actions, resource, resources, optional)| {
            let mut members = vec![
                ("Effect".to_owned(), effect.to_owned()),
                (action.to_owned(), actions),
                (resource.to_owned(), resources),
            ];
            members.extend(optional);
            object(members)
        })
}

pub(super) fn document() -> impl Strategy<Value = String> {
    vec(statement(), 0..5).prop_map(|statements| {
        object([
            ("Version".to_owned(), "\"1\"".to_owned()),
            ("Statement".to_owned(), list(&statements)),
        ])
    })
}

const EXPORTS: &[Export<'_>] = &[Export {
    bucket: "img-hz",
    prefix: Some("exp"),
}];

/// Lints in every way and checks what must hold of any findings.
fn check(text: &str) {
    for kind in [Kind::Auto, Kind::Permission, Kind::Trust, Kind::Bucket] {
        for exports in [None, Some(&[][..]), Some(EXPORTS)] {
            let options = Options {
                kind,
                exports,
                account: Some("1"),
                now: None,
            };
            let findings = lint(text, &options);
            for finding in &findings {
                check_place(text, finding);
                assert!(!finding.message.contains('\n'), "{finding}");
            }
            assert!(findings.is_sorted_by_key(|f| (f.place, f.rule.severity)));
            assert_eq!(findings, lint(text, &options));
            let is_refused = match kind {
                Kind::Permission => PolicyDocument::parse(text).is_err(),
                Kind::Trust => TrustPolicy::parse(text).is_err(),
                Kind::Bucket => BucketPolicy::parse(text).is_err(),
                Kind::Auto => false,
            };
            let has_error = findings.iter().any(|f| f.rule.severity == Severity::Error);
            assert!(has_error || !is_refused, "refused in silence: {text}");
        }
    }
}

fn check_place(text: &str, finding: &Finding) {
    // A syntax error may be told past the end of its line, as serde_json counts.
    let line = text.split('\n').nth(finding.place.line - 1);
    let in_text = line.is_some_and(|line| finding.place.column <= line.len() + 1);
    assert!(in_text, "{finding} is not in {text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_linted(text in ".{0,80}") {
        check(&text);
    }

    #[test]
    fn any_json_is_linted(text in json()) {
        check(&text);
    }

    #[test]
    fn near_documents_are_linted(text in document()) {
        check(&text);
    }

    #[test]
    fn cut_documents_are_linted(text in document(), at in any::<proptest::sample::Index>()) {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        check(&text[..ends[at.index(ends.len())]]);
    }
}

fn with_actions(actions: impl Iterator<Item = String>, resources: &str) -> String {
    let actions: Vec<String> = actions.map(|action| text(&action)).collect();
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":{},"Resource":{resources}}}]}}"#,
        list(&actions)
    )
}

/// Documents that take long if a rule is careless, each up to the length that is looked into.
fn hard_documents() -> Vec<String> {
    let statements = |count: usize, body: &dyn Fn(usize) -> String| {
        let statements: Vec<String> = (0..count).map(body).collect();
        format!(r#"{{"Version":"1","Statement":{}}}"#, list(&statements))
    };
    vec![
        "[".repeat(60_000),
        format!("{}1{}", "[".repeat(100), "]".repeat(100)),
        with_actions((0..5_000).map(|at| format!("oss:G{at}")), "\"*\""),
        with_actions((0..4_500).map(|at| format!("oss:*{at}")), "\"*\""),
        with_actions(
            (0..1_000).map(|at| format!("oss:*a*{at}*")),
            "\"acs:oss:*:*:img\"",
        ),
        with_actions(
            ["oss:".to_owned() + &"*a".repeat(8_000)].into_iter(),
            "\"*\"",
        ),
        format!(
            r#"{{"Version":"1","Statement":{}}}"#,
            list(&vec!["{}".to_owned(); 16_000])
        ),
        statements(250, &|at| {
            format!(r#"{{"Effect":"Allow","Action":"oss:*","Resource":"acs:oss:*:*:b{at}"}}"#)
        }),
        statements(40, &|at| {
            format!(
                r#"{{"Effect":"{}","Action":"oss:*a*{at}*","Resource":"acs:oss:*:*:*/*a{}b*","Condition":{{"StringLike":{{"oss:Prefix":"*x{at}*"}}}}}}"#,
                if at % 3 == 0 { "Deny" } else { "Allow" },
                "?".repeat(at)
            )
        }),
    ]
}

/// Generous, as the machine may be busy and the build is not optimised; a careless rule takes minutes.
const LONG: Duration = Duration::from_secs(30);

#[test]
fn hard_documents_are_linted_in_bounded_time() {
    for (at, text) in hard_documents().iter().enumerate() {
        let start = Instant::now();
        let options = Options {
            exports: Some(EXPORTS),
            ..Options::default()
        };
        let count = lint(text, &options).len();
        let took = start.elapsed();
        println!(
            "document {at}: {} bytes, {count} findings, {took:?}",
            text.len()
        );
        assert!(took < LONG, "document {at} took {took:?}");
    }
}
