//! Would ExportImage work: rows N1 to N14 of `tests/policy/pairs.json`, and what they leave out.

use export_iam::policy::need::{
    Attached, Export, ExportError, Grant, Readiness, RoleTrust, image_export,
};
use export_iam::policy::{PolicyDocument, Semantics, TrustPolicy, decide};
use serde_json::{Value, json};

fn documents(attached: &Value) -> Vec<PolicyDocument> {
    let text = |statements| json!({ "Version": "1", "Statement": statements }).to_string();
    let attached = attached.as_array().unwrap().iter();
    attached
        .map(|statements| PolicyDocument::parse(&text(statements)).unwrap())
        .collect()
}

fn ask(documents: &[PolicyDocument], export: Export<'_>) -> Readiness {
    let trust = TrustPolicy::for_service("ecs.aliyuncs.com");
    let names = ["first", "second", "third"];
    let attached: Vec<Attached<'_>> = documents
        .iter()
        .zip(names)
        .map(|(document, name)| Attached {
            name,
            document: Some(document),
        })
        .collect();
    image_export(RoleTrust::Policy(&trust), &attached, &[export])
}

const BUCKET: Export<'_> = Export {
    bucket: Some("b"),
    prefix: None,
    owner: Some("1"),
};

#[test]
fn need_rows_have_their_answer() {
    let table: Value = serde_json::from_str(include_str!("../../policy/pairs.json")).unwrap();
    for row in table["need"].as_array().unwrap() {
        let name = row["row"].as_str().unwrap();
        let documents = documents(&row["attached"]);
        let prefix = row["prefix"].as_str();
        let readiness = ask(&documents, Export { prefix, ..BUCKET });
        assert_eq!(
            readiness.trust.as_ref().unwrap().is_granted(),
            Some(true),
            "{name}"
        );
        let mut missing: Vec<&str> = Vec::new();
        for action in &readiness.exports[0].actions {
            let kind = match &action.grant {
                Grant::Granted { by } => {
                    assert!(!by.is_empty(), "{name}");
                    continue;
                }
                Grant::Missing { .. } => "missing",
                Grant::Denied { by, .. } => {
                    assert_eq!(by.policy, "second", "{name}");
                    "denied"
                }
                Grant::OnlyWhen { condition, .. } => {
                    assert_eq!(row["condition"], *condition, "{name}");
                    "only_when"
                }
                Grant::OnlyInRegion { region, .. } => {
                    assert_eq!(Some(region.as_str()), row["region"].as_str(), "{name}");
                    "only_in_region"
                }
                Grant::Unknown { reason } => panic!("{name}: {reason}"),
            };
            assert_eq!(kind, row["answer"], "{name}: {:?}", action.grant);
            missing.push(action.action.name);
            let (Grant::Missing { witness, .. }
            | Grant::Denied { witness, .. }
            | Grant::OnlyWhen { witness, .. }
            | Grant::OnlyInRegion { witness, .. }) = &action.grant
            else {
                continue;
            };
            let all: Vec<&PolicyDocument> = documents.iter().collect();
            let decision = decide(&all, witness, Semantics::DEFAULT);
            assert_eq!(decision.is_allowed(), Some(false), "{name}: {witness:?}");
        }
        missing.sort_unstable();
        let expected: Vec<&str> = row["missing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a.as_str().unwrap())
            .collect();
        assert_eq!(missing, expected, "{name}");
        assert_eq!(readiness.is_ready(), Some(missing.is_empty()), "{name}");
        let error = (!missing.is_empty()).then_some(ExportError::InvalidOssNotAuthorized);
        assert_eq!(readiness.error(), error, "{name}");
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
fn any_bucket_is_asked_when_no_export_is_declared() {
    let eight = |resource: &str| {
        let actions = export_iam::policy::catalogue::IMAGE_EXPORT.map(|action| action.name);
        documents(&json!([[{ "Effect": "Allow", "Action": actions, "Resource": resource }]]))
    };
    let trust = TrustPolicy::for_service("ecs.aliyuncs.com");
    for (resource, ready) in [
        ("*", true),
        ("acs:oss:*:*:*", true),
        ("acs:oss:*:*:b*", false),
    ] {
        let documents = eight(resource);
        let attached = [Attached {
            name: "p",
            document: Some(&documents[0]),
        }];
        let readiness = image_export(RoleTrust::Policy(&trust), &attached, &[]);
        assert_eq!(
            readiness.is_ready(),
            Some(ready),
            "{resource}: {:#?}",
            readiness.exports
        );
        assert!(
            readiness.over_grant.is_empty(),
            "{resource}: {:?}",
            readiness.over_grant
        );
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
    let missing = image_export(RoleTrust::Missing, &attached, &[]);
    assert_eq!(
        (missing.is_ready(), missing.error()),
        (Some(false), Some(ExportError::NoSetRoletoECSServiceAcount))
    );
    let other = TrustPolicy::for_service("oss.aliyuncs.com");
    let refused = image_export(RoleTrust::Policy(&other), &attached, &[]);
    assert_eq!(
        refused.error(),
        Some(ExportError::NoSetRoletoECSServiceAcount)
    );
    assert!(matches!(refused.trust, Some(Grant::Missing { .. })));
}

#[test]
fn what_cannot_be_read_is_unknown_and_not_granted() {
    let documents = documents(&json!([
        [{ "Effect": "Allow", "Action": "oss:*", "Resource": "*" }],
        [{ "Effect": "Deny", "Action": "oss:DeleteObject", "Resource": "*" }],
    ]));
    let trust = TrustPolicy::for_service("ecs.aliyuncs.com");
    let unread = Attached {
        name: "other",
        document: None,
    };
    let allowed = Attached {
        name: "p",
        document: Some(&documents[0]),
    };
    let denied = Attached {
        name: "q",
        document: Some(&documents[1]),
    };
    let readiness = image_export(RoleTrust::Policy(&trust), &[allowed, unread], &[BUCKET]);
    assert_eq!((readiness.is_ready(), readiness.error()), (None, None));
    let readiness = image_export(
        RoleTrust::Policy(&trust),
        &[allowed, denied, unread],
        &[BUCKET],
    );
    assert_eq!(readiness.is_ready(), Some(false));
    let readiness = image_export(RoleTrust::Unreadable, &[allowed], &[BUCKET]);
    assert_eq!((readiness.is_ready(), readiness.error()), (None, None));
}

#[test]
fn the_generated_grant_is_exactly_the_need() {
    let document = export_iam::policy::grant::image_export("1", &[("b", Some("exp"))]);
    let export = Export {
        prefix: Some("exp"),
        ..BUCKET
    };
    let readiness = ask(&[document], export);
    assert_eq!(readiness.is_ready(), Some(true));
    assert!(
        readiness.over_grant.is_empty(),
        "{:?}",
        readiness.over_grant
    );
}
