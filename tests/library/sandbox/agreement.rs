//! What the readiness verdict says of made-up roles is what the sandbox's ExportImage then does.
//!
//! Both are decided by code that has only the parsed documents in common. What no document says, such as whether ECS
//! calls over HTTPS, is tried in several ways: "ready" must work in all, "blocked" in none.

use std::collections::BTreeMap;

use super::chance::Chance;
use super::ecs::{EXPORT, IMAGE, client, ecs, healthy};
use super::statements::{actions, conditions, document};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use export_iam::readiness::{Answer, Attached, Export, Factor, Role, RoleTrust, image_export};
use serde_json::{Value, json};

/// Roles that are tried. A thousand take twenty seconds without optimisation.
const ROLES: u64 = 400;

/// A statement that an export may have to do with.
fn statement(chance: &mut Chance) -> Value {
    let effect = chance.choose(&["Allow", "Allow", "Allow", "Deny"]);
    let is_deny = effect == "Deny";
    let not_oss = json!({ "NotAction": "oss:*" });
    let actions = [actions(), vec![not_oss]].concat();
    let resources = [
        json!({ "Resource": "*" }),
        json!({ "Resource": ["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"] }),
        json!({ "Resource": ["acs:oss:*:*:exports-*"] }),
        json!({ "Resource": "acs:oss:*:1234567890123456:exports-hz*" }),
        json!({ "Resource": "acs:oss:*:9999999999999999:exports-hz*" }),
        json!({ "Resource": ["acs:oss:oss-cn-hangzhou:*:exports-hz", "acs:oss:oss-cn-hangzhou:*:exports-hz/*"] }),
        json!({ "Resource": ["acs:oss:*:*:secret", "acs:oss:*:*:secret/*"] }),
        json!({ "NotResource": ["acs:oss:*:*:secret", "acs:oss:*:*:secret/*"] }),
        json!({ "NotResource": ["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"] }),
    ];
    let mut made = json!({ "Effect": effect });
    // A Deny of everything is rarely of interest.
    let of_actions = if is_deny {
        &actions[2..6]
    } else {
        &actions[..]
    };
    for part in [chance.choose(of_actions), chance.choose(&resources)] {
        let members = part.as_object().unwrap().clone();
        made.as_object_mut().unwrap().extend(members);
    }
    if chance.next().is_multiple_of(3) {
        made["Condition"] = chance.choose(&conditions());
    }
    made
}

fn made_up(chance: &mut Chance) -> Value {
    let count = 1 + chance.next() % 3;
    let statements: Vec<_> = (0..count).map(|_| statement(chance)).collect();
    document(&statements)
}

fn trust(chance: &mut Chance) -> Value {
    let services = [
        "ecs.aliyuncs.com",
        "ecs.aliyuncs.com",
        "ecs.aliyuncs.com",
        "*.aliyuncs.com",
        "fc.aliyuncs.com",
    ];
    let mut statements = vec![json!({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": [chance.choose(&services)] }
    })];
    if chance.next().is_multiple_of(8) {
        statements.push(json!({
            "Effect": "Deny", "Action": "sts:AssumeRole", "Principal": { "Service": ["ecs.aliyuncs.com"] },
            "Condition": { "Bool": { "acs:SecureTransport": "false" } }
        }));
    }
    json!({ "Version": "1", "Statement": statements })
}

/// What the documents do not say, in several ways.
fn behaviors() -> Vec<Value> {
    let mut all = Vec::new();
    for secure in [Some("true"), Some("false"), None] {
        for address in [Some("100.104.0.7"), Some("10.1.2.3"), None] {
            for vpc in [Some("vpc-office"), Some("vpc-other"), None] {
                for region in [None, Some("cn-hangzhou")] {
                    let keys = [
                        ("acs:SecureTransport", secure),
                        ("acs:SourceIp", address),
                        ("acs:SourceVpc", vpc),
                    ];
                    let keys = keys
                        .into_iter()
                        .filter_map(|(key, value)| Some((key, value?)));
                    let context: BTreeMap<_, _> = keys.collect();
                    all.push(json!({ "ecs_context": context, "oss_region_field": region }));
                }
            }
        }
    }
    all
}

/// Whether the export starts where the services behave so.
async fn works(state: &mut Value, behavior: &Value) -> bool {
    state["behavior"] = behavior.clone();
    let answer = ecs(&client(state), "ExportImage", &EXPORT).await;
    let is_ours = ["NoSetRoletoECSServiceAcount", "InvalidOSS.NotAuthorized"];
    assert!(
        answer.status == 200 || is_ours.contains(&answer.code()),
        "{}",
        answer.body
    );
    answer.status == 200
}

/// The answer, and the kinds of what it depends on.
fn verdict(state: &Value) -> (Answer, Vec<&'static str>) {
    let account = &state["accounts"][0];
    let role = &account["roles"][0];
    let trust = TrustPolicy::parse(&role["trust"].to_string()).unwrap();
    let policies = account["policies"].as_array().unwrap().iter();
    let documents: Vec<_> = policies
        .map(|policy| policy["versions"][0]["document"].to_string())
        .map(|text| PolicyDocument::parse(&text).unwrap())
        .collect();
    let attached: Vec<_> = documents
        .iter()
        .map(|document| Attached {
            name: "custom",
            document: Some(document),
        })
        .collect();
    let role = Role {
        trust: RoleTrust::Policy(&trust),
        attached: &attached,
        in_groups: &[],
    };
    let export = Export {
        region: Some("cn-hangzhou"),
        bucket: Some("exports-hz"),
        prefix: None,
        owner: Some("1234567890123456"),
    };
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let readiness = image_export(role, &[export], Some(now));
    let factors = readiness.factors();
    let kinds = factors.into_iter().map(Factor::kind).collect();
    (readiness.answer(), kinds)
}

#[tokio::test]
async fn an_export_does_what_the_verdict_says() {
    let behaviors = behaviors();
    let mut counts = BTreeMap::new();
    for seed in 0..ROLES {
        let mut chance = Chance(seed);
        let mut state = healthy();
        let account = &mut state["accounts"][0];
        account["images"][0]["id"] = json!(IMAGE);
        account["roles"][0]["trust"] = trust(&mut chance);
        let count = 1 + chance.next() % 2;
        let names: Vec<_> = (0..count).map(|number| format!("P{number}")).collect();
        let policies: Vec<_> = names
            .iter()
            .map(|name| json!({ "name": name, "versions": [{ "document": made_up(&mut chance) }] }))
            .collect();
        account["policies"] = json!(policies);
        let attachments: Vec<_> = names
            .iter()
            .map(|name| json!({ "policy": format!("custom:{name}") }))
            .collect();
        account["roles"][0]["attachments"] = json!(attachments);
        let (said, factors) = verdict(&state);
        let (mut has_worked, mut has_failed) = (false, false);
        for place in 0..behaviors.len() {
            // A few ways for each role, all of them where it depends.
            let place = match said {
                Answer::Depends => place,
                _ if place >= 6 => break,
                _ => usize::try_from(chance.next()).unwrap() % behaviors.len(),
            };
            match works(&mut state, &behaviors[place]).await {
                true => has_worked = true,
                false => has_failed = true,
            }
            if has_worked && has_failed {
                break;
            }
        }
        let is_right = match said {
            Answer::Ready => has_worked && !has_failed,
            Answer::Blocked => has_failed && !has_worked,
            // How RAM reads its language is not among the ways that are tried.
            Answer::Depends => (has_worked && has_failed) || factors.contains(&"language"),
        };
        assert!(is_right, "{said:?} by {factors:?}, seed {seed}: {state:#}");
        *counts.entry(said).or_insert(0) += 1;
    }
    for answer in [Answer::Ready, Answer::Depends, Answer::Blocked] {
        assert!(counts[&answer] > 20, "{counts:?}");
    }
}
