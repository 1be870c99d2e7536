//! Bucket policies: reading, lint, and comparison by meaning.

use export_iam::policy::lint::{Options, lint};
use export_iam::policy::{BucketPolicy, DocumentKind, Question, Verdict, compare};
use serde_json::{Value, json};

const SESSION: &str = "arn:sts::1234567890123456:assumed-role/Export/*";

fn statement(effect: &str, principal: Value, action: &str) -> Value {
    json!({
        "Effect": effect,
        "Principal": principal,
        "Action": [action],
        "Resource": ["acs:oss:*:1234567890123456:exports-hz/*"],
    })
}

fn policy(statements: &[Value]) -> String {
    json!({ "Version": "1", "Statement": statements }).to_string()
}

#[test]
fn a_valid_policy_is_read_and_has_no_finding() {
    let secure = json!({ "Bool": { "acs:SecureTransport": ["false"] } });
    let mut guarded = statement("Deny", json!(["*"]), "oss:PutObject");
    guarded["Condition"] = secure;
    let text = policy(&[
        statement(
            "Allow",
            json!([SESSION, "2345678901234567"]),
            "oss:GetObject",
        ),
        guarded,
    ]);
    assert_eq!(DocumentKind::of(&text), DocumentKind::Bucket);
    let read = BucketPolicy::parse(&text).unwrap();
    assert_eq!(read.statements().len(), 2);
    assert_eq!(read.statements()[0].principal.len(), 2);
    assert_eq!(
        BucketPolicy::parse_live(&read.pretty())
            .unwrap()
            .statements()
            .len(),
        2
    );
    let findings = lint(&text, &Options::default());
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn a_principal_is_a_list_of_texts() {
    let of = |principal: Value| policy(&[statement("Allow", principal, "oss:GetObject")]);
    for wrong in [json!({ "RAM": ["1"] }), json!([]), json!([1]), json!(7)] {
        assert!(BucketPolicy::parse(&of(wrong.clone())).is_err(), "{wrong}");
        assert!(
            BucketPolicy::parse_live(&of(wrong.clone())).is_err(),
            "{wrong}"
        );
    }
    let one = of(json!("*"));
    assert!(BucketPolicy::parse(&one).is_err());
    assert_eq!(BucketPolicy::parse_live(&one).unwrap().notes().len(), 1);
    let missing =
        policy(&[json!({ "Effect": "Allow", "Action": "oss:GetObject", "Resource": "*" })]);
    assert!(BucketPolicy::parse(&missing).is_err());
}

#[test]
fn policies_are_compared_by_who_may_do_what() {
    let verdict = |live: &[&Value], wanted: &[&Value]| {
        let read = |statements: &[&Value]| {
            let statements: Vec<Value> = statements.iter().copied().cloned().collect();
            BucketPolicy::parse(&policy(&statements))
                .unwrap()
                .by_principal()
        };
        compare(&[&read(live)], &[&read(wanted)], Question::Effective).verdict
    };
    let allow = |principal: Value| statement("Allow", principal, "oss:GetObject");
    let one = allow(json!(["1"]));
    let both = allow(json!(["1", "2"]));
    let (first, second) = (allow(json!(["2"])), allow(json!(["1"])));
    let own = allow(json!([SESSION]));
    let all_roles = allow(json!(["arn:sts::1234567890123456:assumed-role/*/*"]));
    let everybody = allow(json!(["*"]));
    let deny = statement("Deny", json!(["1"]), "oss:GetObject");
    for (live, wanted, said) in [
        (&[&both][..], &[&first, &second][..], Verdict::Equal),
        (&[&one], &[&both], Verdict::Broader),
        (&[&all_roles], &[&own], Verdict::Narrower),
        (&[&everybody], &[&own], Verdict::Narrower),
        (&[&one], &[&own], Verdict::Incomparable),
        (&[&both], &[&both, &deny], Verdict::Narrower),
    ] {
        assert_eq!(verdict(live, wanted), said, "{live:?} {wanted:?}");
    }
}
