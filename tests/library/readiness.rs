//! Would ExportImage work: rows N1 to N14 of `tests/policy/pairs.json`, and set-ups from real life.

use export_iam::policy::{Effect, PolicyDocument, Semantics, TrustPolicy, catalogue, decide};
use export_iam::readiness::{
    Answer, Attached, ErrorCode, Export, Factor, Outcome, Readiness, Refusal, Role, RoleTrust,
    image_export,
};
use jiff::Timestamp;
use serde_json::{Value, json};

const ECS: &str = "ecs.aliyuncs.com";

fn documents(attached: &Value) -> Vec<PolicyDocument> {
    let text = |statements| json!({ "Version": "1", "Statement": statements }).to_string();
    let attached = attached.as_array().unwrap().iter();
    attached
        .map(|statements| PolicyDocument::parse(&text(statements)).unwrap())
        .collect()
}

fn now() -> Option<Timestamp> {
    Some("2026-11-28T12:00:00Z".parse().unwrap())
}

fn assess(documents: &[PolicyDocument], export: Export<'_>) -> Readiness {
    assess_with(&TrustPolicy::for_service(ECS), documents, export, now())
}

fn assess_with(
    trust: &TrustPolicy,
    documents: &[PolicyDocument],
    export: Export<'_>,
    now: Option<Timestamp>,
) -> Readiness {
    let names = ["first", "second", "third"];
    let attached: Vec<Attached<'_>> = documents
        .iter()
        .zip(names)
        .map(|(document, name)| Attached {
            name,
            document: Some(document),
        })
        .collect();
    let role = Role {
        trust: RoleTrust::Policy(trust),
        attached: &attached,
        in_groups: &[],
    };
    image_export(role, &[export], now)
}

const BUCKET: Export<'_> = Export {
    region: Some("cn-hangzhou"),
    bucket: Some("b"),
    prefix: None,
    owner: Some("1"),
};

/// What a policy of these statements, alone on the role, gives for exports into bucket `b`.
fn answer(statements: Value) -> Readiness {
    assess(&documents(&json!([statements])), BUCKET)
}

fn factors(readiness: &Readiness) -> Vec<String> {
    readiness
        .factors()
        .iter()
        .map(|factor| factor.what())
        .collect()
}

fn eight() -> [&'static str; 8] {
    catalogue::IMAGE_EXPORT.map(|action| action.name)
}

#[test]
fn need_rows_have_their_answer() {
    let table: Value = serde_json::from_str(include_str!("../policy/pairs.json")).unwrap();
    for row in table["need"].as_array().unwrap() {
        let name = row["row"].as_str().unwrap();
        let documents = documents(&row["attached"]);
        let prefix = row["prefix"].as_str();
        let readiness = assess(&documents, Export { prefix, ..BUCKET });
        let trust = readiness.trust.as_ref().unwrap();
        assert_eq!(trust.answer(), Answer::Ready, "{name}");
        let mut missing: Vec<&str> = Vec::new();
        for action in &readiness.exports[0].actions {
            let kind = match &action.outcome {
                Outcome::Granted { by } => {
                    assert!(!by.is_empty(), "{name}");
                    continue;
                }
                Outcome::Refused { why, witness } => {
                    let all: Vec<&PolicyDocument> = documents.iter().collect();
                    let decision = decide(&all, witness, Semantics::DEFAULT);
                    assert_eq!(decision.is_allowed(), Some(false), "{name}: {witness:?}");
                    match why {
                        Refusal::NotGranted { .. } => "missing",
                        Refusal::Denied { by } => {
                            assert_eq!(by.policy, "second", "{name}");
                            "denied"
                        }
                        Refusal::ConditionFails { .. } => panic!("{name}: {why:?}"),
                    }
                }
                Outcome::Depends { on } => match on.as_slice() {
                    [Factor::Condition { effect, keys, .. }] => {
                        assert_eq!((*effect, keys.len()), (Effect::Allow, 1), "{name}");
                        assert_eq!(keys[0], "acs:SecureTransport", "{name}");
                        "only_when"
                    }
                    [Factor::Region { spellings }] => {
                        assert_eq!(*spellings, [row["region"].as_str().unwrap()], "{name}");
                        "only_in_region"
                    }
                    other => panic!("{name}: {other:?}"),
                },
            };
            assert_eq!(kind, row["answer"], "{name}: {:?}", action.outcome);
            missing.push(action.action.name);
        }
        missing.sort_unstable();
        let expected: Vec<&str> = row["missing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a.as_str().unwrap())
            .collect();
        assert_eq!(missing, expected, "{name}");
        let (whole, error) = match row["answer"].as_str().unwrap() {
            "granted" => (Answer::Ready, None),
            "only_when" | "only_in_region" => (Answer::Depends, None),
            _ => (Answer::Blocked, Some(ErrorCode::InvalidOssNotAuthorized)),
        };
        assert_eq!(
            (readiness.answer(), readiness.error()),
            (whole, error),
            "{name}"
        );
        if let Some(over_granted) = row["over_granted"].as_bool() {
            assert_eq!(
                !readiness.over_grant.is_empty(),
                over_granted,
                "{name}: {:?}",
                readiness.over_grant
            );
        }
    }
}

#[test]
fn where_no_bucket_is_named_the_answer_is_for_all_or_depends_on_the_bucket() {
    for (resource, answer) in [
        (json!("*"), Answer::Ready),
        (json!("acs:oss:*:*:*"), Answer::Ready),
        (json!("acs:oss:*:*:b*"), Answer::Depends),
        (json!(["acs:oss:*:*:b", "acs:oss:*:*:b/*"]), Answer::Depends),
        (json!("acs:oss:*:*:b"), Answer::Blocked),
        (json!("acs:oss:*:*:*/exp*"), Answer::Blocked),
    ] {
        let documents =
            documents(&json!([[{ "Effect": "Allow", "Action": eight(), "Resource": resource }]]));
        let readiness = assess(&documents, Export::default());
        assert_eq!(
            readiness.answer(),
            answer,
            "{resource}: {:#?}",
            readiness.exports
        );
        assert!(
            readiness.over_grant.is_empty(),
            "{resource}: {:?}",
            readiness.over_grant
        );
        if answer == Answer::Depends {
            assert_eq!(
                factors(&readiness),
                ["which bucket is exported to"],
                "{resource}"
            );
        }
    }
}

#[test]
fn without_role_or_trust_ecs_cannot_start() {
    let documents =
        documents(&json!([[{ "Effect": "Allow", "Action": "oss:*", "Resource": "*" }]]));
    let attached = [Attached {
        name: "p",
        document: Some(&documents[0]),
    }];
    let role = |trust| Role {
        trust,
        attached: &attached,
        in_groups: &[],
    };
    let missing = image_export(role(RoleTrust::Missing), &[], now());
    assert_eq!(
        (missing.answer(), missing.error()),
        (
            Answer::Blocked,
            Some(ErrorCode::NoSetRoletoECSServiceAcount)
        )
    );
    let other = TrustPolicy::for_service("oss.aliyuncs.com");
    let refused = image_export(role(RoleTrust::Policy(&other)), &[], now());
    assert_eq!(
        refused.error(),
        Some(ErrorCode::NoSetRoletoECSServiceAcount)
    );
    let Some(Outcome::Refused { why, .. }) = refused.trust else {
        panic!("{:?}", refused.trust)
    };
    assert_eq!(why, Refusal::NotGranted { partly: false });
}

#[test]
fn what_cannot_be_read_leaves_the_answer_open() {
    let documents = documents(&json!([
        [{ "Effect": "Allow", "Action": "oss:*", "Resource": "*" }],
        [{ "Effect": "Deny", "Action": "oss:DeleteObject", "Resource": "*" }],
    ]));
    let trust = TrustPolicy::for_service(ECS);
    let unread = Attached {
        name: "other",
        document: None,
    };
    let attached = |name, document| Attached {
        name,
        document: Some(document),
    };
    let (allowed, denied) = (attached("p", &documents[0]), attached("q", &documents[1]));
    let answer = |trust, attached: &[Attached<'_>]| {
        let readiness = image_export(
            Role {
                trust,
                attached,
                in_groups: &[],
            },
            &[BUCKET],
            now(),
        );
        (readiness.answer(), readiness.error())
    };
    let trust = RoleTrust::Policy(&trust);
    assert_eq!(answer(trust, &[allowed, unread]), (Answer::Depends, None));
    assert_eq!(answer(trust, &[unread]), (Answer::Depends, None));
    let refused = Some(ErrorCode::InvalidOssNotAuthorized);
    assert_eq!(
        answer(trust, &[allowed, denied, unread]),
        (Answer::Blocked, refused)
    );
    assert_eq!(
        answer(RoleTrust::Unreadable, &[allowed]),
        (Answer::Depends, None)
    );
}

#[test]
fn the_generated_grant_is_exactly_what_is_required() {
    let document = export_iam::policy::grant::image_export("1", &[("b", Some("exp"))]);
    let export = Export {
        prefix: Some("exp"),
        ..BUCKET
    };
    let readiness = assess(&[document], export);
    assert_eq!(readiness.answer(), Answer::Ready);
    assert!(
        readiness.over_grant.is_empty(),
        "{:?}",
        readiness.over_grant
    );
}

/// Everything on bucket `b`, unless a second statement denies it.
fn hardened(deny: Value) -> Value {
    let mut deny = deny;
    deny["Effect"] = json!("Deny");
    deny["Action"] = json!("oss:*");
    if deny.get("Resource").is_none() && deny.get("NotResource").is_none() {
        deny["Resource"] = json!("*");
    }
    json!([
        { "Effect": "Allow", "Action": "oss:*", "Resource": ["acs:oss:*:*:b", "acs:oss:*:*:b/*"] },
        deny,
    ])
}

#[test]
fn a_condition_on_what_ecs_does_not_document_leaves_the_answer_open() {
    for (deny, what) in [
        (
            json!({ "Bool": { "acs:SecureTransport": "false" } }),
            "whether ECS connects over HTTPS (acs:SecureTransport)",
        ),
        (
            json!({ "NotIpAddress": { "acs:SourceIp": ["203.0.113.0/24"] } }),
            "the address that ECS connects from (acs:SourceIp)",
        ),
        (
            json!({ "StringNotEquals": { "acs:SourceVpc": "vpc-1" } }),
            "the VPC that ECS connects from (acs:SourceVpc)",
        ),
        (
            json!({ "StringNotLike": { "acs:UserAgent": "Aliyun*" } }),
            "the user agent of ECS (acs:UserAgent)",
        ),
        (
            json!({ "StringEquals": { "oss:BucketTag/team": "a" } }),
            "the tags of the bucket (oss:BucketTag/team)",
        ),
    ] {
        let readiness = answer(hardened(json!({ "Condition": deny })));
        assert_eq!(
            (readiness.answer(), readiness.error()),
            (Answer::Depends, None),
            "{deny}"
        );
        assert_eq!(factors(&readiness), [what], "{deny}");
        let Factor::Condition { by, effect, .. } = readiness.factors()[0] else {
            panic!()
        };
        assert_eq!((by.statement, *effect), (1, Effect::Deny), "{deny}");
    }
    for allow in [
        json!({ "StringEquals": { "acs:SourceVpc": "vpc-1" } }),
        json!({ "IpAddress": { "acs:SourceIp": "203.0.113.0/24" } }),
        json!({ "Bool": { "acs:SecureTransport": "true" } }),
    ] {
        let readiness = answer(json!([
            { "Effect": "Allow", "Action": "oss:*", "Resource": "*", "Condition": allow },
        ]));
        assert_eq!(readiness.answer(), Answer::Depends, "{allow}");
    }
}

#[test]
fn a_region_in_the_resource_leaves_the_answer_open_unless_it_is_another_region() {
    let allow = |region: &str| {
        json!([{ "Effect": "Allow", "Action": "oss:*", "Resource": [
            format!("acs:oss:{region}:*:b"), format!("acs:oss:{region}:*:b/*")] }])
    };
    for (region, expected) in [
        ("oss-cn-hangzhou", Answer::Depends),
        ("cn-hangzhou", Answer::Depends),
        ("oss-us-east-1", Answer::Blocked),
        ("*", Answer::Ready),
    ] {
        assert_eq!(answer(allow(region)).answer(), expected, "{region}");
    }
    let somewhere = assess(
        &documents(&json!([allow("oss-us-east-1")])),
        Export {
            region: None,
            ..BUCKET
        },
    );
    assert_eq!(somewhere.answer(), Answer::Depends);
    let deny = |region: &str| {
        answer(hardened(
            json!({ "Resource": format!("acs:oss:{region}:*:*") }),
        ))
        .answer()
    };
    assert_eq!(deny("oss-cn-hangzhou"), Answer::Depends);
    assert_eq!(deny("oss-us-east-1"), Answer::Ready);
}

#[test]
fn a_key_that_ecs_can_never_carry_decides() {
    let allow = |condition: Value| json!([{ "Effect": "Allow", "Action": "oss:*", "Resource": "*", "Condition": condition }]);
    for (condition, expected) in [
        (
            json!({ "Bool": { "acs:MFAPresent": "true" } }),
            Answer::Blocked,
        ),
        (
            json!({ "Bool": { "acs:MFAPresent": "false" } }),
            Answer::Depends,
        ),
        (
            json!({ "StringEquals": { "saml:recipient": "x" } }),
            Answer::Blocked,
        ),
        (
            json!({ "StringEquals": { "oidc:aud": "x" } }),
            Answer::Blocked,
        ),
        (
            json!({ "StringEquals": { "kms:tag": "x" } }),
            Answer::Blocked,
        ),
        (
            json!({ "StringLike": { "oss:Prefix": "*" } }),
            Answer::Blocked,
        ),
        (
            json!({ "DateLessThan": { "acs:CurrentTime": "2026-01-01T00:00:00Z" } }),
            Answer::Blocked,
        ),
        (
            json!({ "DateLessThan": { "acs:CurrentTime": "2027-01-01T00:00:00Z" } }),
            Answer::Ready,
        ),
        (
            json!({ "DateGreaterThan": { "acs:CurrentTime": "2026-01-01T00:00:00+08:00" } }),
            Answer::Ready,
        ),
    ] {
        let readiness = answer(allow(condition.clone()));
        assert_eq!(readiness.answer(), expected, "{condition}");
        if expected == Answer::Blocked {
            let Outcome::Refused {
                why: Refusal::ConditionFails { by, .. },
                ..
            } = &readiness.exports[0].actions[0].outcome
            else {
                panic!("{condition}")
            };
            assert_eq!(by.statement, 0);
        }
    }
    let mfa = answer(hardened(
        json!({ "Condition": { "Bool": { "acs:MFAPresent": "true" } } }),
    ));
    assert_eq!(mfa.answer(), Answer::Ready);
}

#[test]
fn without_the_time_a_deadline_leaves_the_answer_open() {
    let documents = documents(&json!([[{
        "Effect": "Allow", "Action": "oss:*", "Resource": "*",
        "Condition": { "DateLessThan": { "acs:CurrentTime": "2026-01-01T00:00:00Z" } },
    }]]));
    let trust = TrustPolicy::for_service(ECS);
    assert_eq!(
        assess_with(&trust, &documents, BUCKET, None).answer(),
        Answer::Depends
    );
}

#[test]
fn conditions_of_the_trust_policy_count_likewise() {
    let documents =
        documents(&json!([[{ "Effect": "Allow", "Action": "oss:*", "Resource": "*" }]]));
    for (condition, expected) in [
        (
            json!({ "Bool": { "acs:SecureTransport": "true" } }),
            Answer::Depends,
        ),
        (
            json!({ "IpAddress": { "acs:SourceIp": "203.0.113.0/24" } }),
            Answer::Depends,
        ),
        (
            json!({ "Bool": { "acs:MFAPresent": "true" } }),
            Answer::Blocked,
        ),
        (
            json!({ "StringEquals": { "saml:recipient": "x" } }),
            Answer::Blocked,
        ),
        (
            json!({ "DateLessThan": { "acs:CurrentTime": "2026-01-01T00:00:00Z" } }),
            Answer::Blocked,
        ),
        (
            json!({ "DateLessThan": { "acs:CurrentTime": "2027-01-01T00:00:00Z" } }),
            Answer::Ready,
        ),
    ] {
        let trust = json!({ "Version": "1", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": [ECS] },
            "Condition": condition,
        }] });
        let trust = TrustPolicy::parse(&trust.to_string()).unwrap();
        let readiness = assess_with(&trust, &documents, BUCKET, now());
        assert_eq!(readiness.answer(), expected, "{condition}");
        let error = (expected == Answer::Blocked).then_some(ErrorCode::NoSetRoletoECSServiceAcount);
        assert_eq!(readiness.error(), error, "{condition}");
    }
}

#[test]
fn a_deny_that_no_object_of_an_export_meets_is_no_obstacle() {
    let secret = json!(["acs:oss:*:*:secret", "acs:oss:*:*:secret/*"]);
    let everything = |deny: Value| {
        json!([
            { "Effect": "Allow", "Action": "oss:*", "Resource": "*" },
            { "Effect": "Deny", "Action": "oss:*", "Resource": deny },
        ])
    };
    let whole_bucket = json!([
        { "Effect": "Allow", "Action": "oss:*", "Resource": ["acs:oss:*:*:b", "acs:oss:*:*:b/*"] },
        { "Effect": "Deny", "Action": "oss:*", "Resource": secret },
    ]);
    for (statements, expected) in [
        (whole_bucket, Answer::Ready),
        (everything(secret.clone()), Answer::Ready),
        (
            json!([{ "Effect": "Allow", "Action": "oss:*", "NotResource": secret }]),
            Answer::Ready,
        ),
        (
            everything(json!("acs:oss:*:*:b/production/*")),
            Answer::Ready,
        ),
        (everything(json!("acs:oss:*:*:*/*/*")), Answer::Ready),
        (everything(json!("acs:oss:*:*:b/*%*")), Answer::Ready),
        (everything(json!("acs:oss:*:*:b/*.raw*")), Answer::Blocked),
        (everything(json!("acs:oss:*:*:b/*")), Answer::Blocked),
    ] {
        let readiness = answer(statements.clone());
        assert_eq!(
            readiness.answer(),
            expected,
            "{statements}: {:?}",
            factors(&readiness)
        );
    }
}

#[test]
fn a_key_of_an_export_has_a_symbol_even_where_documents_name_all_of_them() {
    let all: String = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain(".-_".chars())
        .collect();
    let named: Vec<String> = all
        .chars()
        .map(|symbol| format!("acs:oss:*:*:b/zz{symbol}?*"))
        .collect();
    let single: Vec<String> = all
        .chars()
        .map(|symbol| format!("acs:oss:*:*:b/{symbol}*"))
        .collect();
    let deny = |resources: &[String]| {
        answer(json!([
            { "Effect": "Allow", "Action": "oss:*", "Resource": "*" },
            { "Effect": "Deny", "Action": "oss:*", "Resource": resources },
        ]))
        .answer()
    };
    assert_eq!(deny(&named), Answer::Blocked);
    assert_eq!(deny(&single), Answer::Blocked);
    let allow = json!([
        { "Effect": "Allow", "Action": eight(), "Resource": "acs:oss:*:*:b" },
        { "Effect": "Allow", "Action": eight(), "Resource": single },
    ]);
    assert_eq!(answer(allow.clone()).answer(), Answer::Ready);
    let mut fewer = allow;
    fewer[1]["Resource"].as_array_mut().unwrap().remove(10);
    assert_eq!(answer(fewer).answer(), Answer::Blocked);
}

#[test]
fn set_operators_decide_where_a_key_is_there_and_leave_the_answer_open_where_it_is_not() {
    let eight = json!({ "Effect": "Allow", "Action": eight(), "Resource": "*" });
    let role_factory = |operator: &str| {
        json!({ "Effect": "Allow", "Action": ["ram:CreateRole", "ram:AttachPolicyToRole"],
                "Resource": "acs:ram:*:*:role/*",
                "Condition": { operator: { "ram:TrustedPrincipalTypes": "Service" } } })
    };
    let beside = answer(json!([eight, role_factory("ForAllValues:StringEquals")]));
    assert_eq!(beside.answer(), Answer::Ready);
    let lines: Vec<String> = beside.over_grant.iter().map(ToString::to_string).collect();
    assert!(
        lines.iter().any(|line| line.contains("ram:CreateRole")),
        "{lines:?}"
    );
    for (condition, expected) in [
        (
            json!({ "ForAllValues:StringEquals": { "acs:SourceVpc": "vpc-1" } }),
            Answer::Depends,
        ),
        (
            json!({ "ForAllValues:StringEquals": { "saml:recipient": "x" } }),
            Answer::Depends,
        ),
        (
            json!({ "ForAnyValue:StringEquals": { "saml:recipient": "x" } }),
            Answer::Blocked,
        ),
    ] {
        let only = json!([{ "Effect": "Allow", "Action": "oss:*", "Resource": "*", "Condition": condition }]);
        assert_eq!(answer(only).answer(), expected, "{condition}");
    }
}

#[test]
fn a_grant_that_is_not_understood_is_told_beside_the_over_grant() {
    let text = json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": eight(), "Resource": "*" },
        { "Effect": "Allow", "Action": "ram:CreateRole", "Resource": "*",
          "Condition": { "StringEqualsIfExists": { "ram:TrustedPrincipalTypes": "Service" } } },
    ] });
    let live = PolicyDocument::parse_live(&text.to_string()).unwrap();
    let readiness = assess(&[live], BUCKET);
    assert_eq!(readiness.answer(), Answer::Ready);
    assert!(readiness.over_grant_reasons[0].starts_with("may allow ram:CreateRole on *: "));
}

#[test]
fn what_is_never_requested_is_not_granted_beyond_the_requirements() {
    let both = json!(["acs:oss:*:1:b", "acs:oss:*:1:b/*"]);
    let eight = json!({ "Effect": "Allow", "Action": eight(), "Resource": both });
    let https = json!({ "Bool": { "acs:SecureTransport": "false" } });
    let deny = json!({ "Effect": "Deny", "Action": "oss:*", "Resource": "*", "Condition": https });
    let vpc = json!({ "Effect": "Allow", "Action": "oss:GetObject", "Resource": "acs:oss:*:1:b/*",
                      "Condition": { "StringEquals": { "acs:SourceVpc": "vpc-1" } } });
    for statements in [
        json!([eight]),
        json!([eight, deny]),
        json!([eight, vpc, deny]),
    ] {
        let over_grant = answer(statements.clone()).over_grant;
        assert_eq!(over_grant, [], "{statements}");
    }
}

#[test]
fn the_owner_of_the_bucket_is_not_in_the_documents() {
    let allow = json!([{ "Effect": "Allow", "Action": "oss:*", "Resource": ["acs:oss:*:7:b", "acs:oss:*:7:b/*"] }]);
    let documents = documents(&json!([allow]));
    let owned = |owner| assess(&documents, Export { owner, ..BUCKET });
    assert_eq!(owned(Some("7")).answer(), Answer::Ready);
    assert_eq!(owned(Some("8")).answer(), Answer::Blocked);
    assert_eq!(owned(None).answer(), Answer::Depends);
    assert_eq!(factors(&owned(None)), ["whether account 7 owns the bucket"]);
}

#[test]
fn what_decides_is_always_named() {
    let deny = hardened(json!({ "Condition": { "Bool": { "acs:MFAPresent": "false" } } }));
    let words = factors(&answer(deny));
    assert_eq!(
        words,
        ["whether a service's request says that it has no MFA (acs:MFAPresent)"]
    );
}
