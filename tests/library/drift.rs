//! Findings of an audit: what counts and how much, ids that stay, states that change.

use crate::support::Account;
use crate::support::account::desired;
use crate::support::export_role::{NEEDED, ROLE, allow, trust};
use export_iam::drift::{DriftReport, Severity, audit};
use export_iam::plan::plan;
use export_iam::spec::{SpecSource, load};
use serde_json::{Value, json};

/// An account that matches `preset:image-export-custom`.
fn at_rest() -> Value {
    json!({
        "roles": [{
            "name": ROLE,
            "description": "Lets ECS write exported images to OSS.",
            "trust": trust(json!({ "Service": ["ecs.aliyuncs.com"] })),
            "attachments": [{ "policy": "custom:ImageExportToOss" }],
        }],
        "policies": [policy("ImageExportToOss", &allow(&NEEDED))],
    })
}

fn policy(name: &str, document: &Value) -> Value {
    json!({
        "name": name,
        "description": "The eight OSS actions that ECS ExportImage needs.",
        "versions": [{ "document": document.to_string() }],
    })
}

async fn audited(account: &Value) -> DriftReport {
    let source = SpecSource::Preset("image-export-custom".to_owned());
    let spec = load(&source, std::path::Path::new(".")).unwrap();
    let desired = desired(&spec);
    let account = Account::new(&account.to_string());
    let observed = account.observe(&desired).await;
    audit(&desired, &observed, &plan(&desired, &observed).unwrap())
}

/// Each finding as `severity address part kind`.
fn words(report: &DriftReport) -> Vec<String> {
    let finding = report.findings.iter().map(|finding| {
        let address = finding.address.to_string().replace(ROLE, "R");
        let (severity, kind) = (finding.severity.as_str(), finding.kind.as_str());
        format!("{severity} {address} {} {kind}", finding.part).replace("  ", " ")
    });
    finding.collect()
}

fn attach(account: &mut Value, policy: &str) {
    let attachments = account["roles"][0]["attachments"].as_array_mut();
    attachments.unwrap().push(json!({ "policy": policy }));
}

#[tokio::test(start_paused = true)]
async fn severity_is_by_effect() {
    type Change = fn(&mut Value);
    let rows: &[(&str, Change, &[&str])] = &[
        ("nothing", |_| {}, &[]),
        (
            "the role is deleted",
            |account| account["roles"] = json!([]),
            &[
                "medium role/R missing",
                "high role/R export-blocked",
                "medium role/R/custom:ImageExportToOss missing",
            ],
        ),
        (
            "an action that exports need is gone",
            |account| account["policies"][0] = policy("ImageExportToOss", &allow(&NEEDED[1..])),
            &[
                "medium policy/ImageExportToOss document narrower",
                "high role/R export-blocked",
            ],
        ),
        (
            "the policy gives one action more",
            |account| {
                let actions = [&NEEDED[..], &["oss:ListBuckets"]].concat();
                account["policies"][0] = policy("ImageExportToOss", &allow(&actions));
            },
            &["high policy/ImageExportToOss document wider"],
        ),
        (
            "the policy gives everything",
            |account| account["policies"][0] = policy("ImageExportToOss", &allow(&["*"])),
            &["critical policy/ImageExportToOss document wider"],
        ),
        (
            "the trust lets another service in",
            |account| {
                let services = json!({ "Service": ["ecs.aliyuncs.com", "fc.aliyuncs.com"] });
                account["roles"][0]["trust"] = trust(services);
            },
            &["high role/R trust wider"],
        ),
        (
            "the trust lets another account in",
            |account| {
                let both = json!({
                    "Service": ["ecs.aliyuncs.com"],
                    "RAM": ["acs:ram::2222222222222222:root"],
                });
                account["roles"][0]["trust"] = trust(both);
            },
            &["critical role/R trust wider"],
        ),
        (
            "the trust names another account instead of ECS",
            |account| {
                let other = json!({ "RAM": ["acs:ram::2222222222222222:root"] });
                account["roles"][0]["trust"] = trust(other);
            },
            &[
                "high role/R export-blocked",
                "critical role/R trust changed",
            ],
        ),
        (
            "an administrator's policy is attached",
            |account| attach(account, "system:AdministratorAccess"),
            &["critical role/R/system:AdministratorAccess unmanaged"],
        ),
        (
            "a policy that gives more is attached",
            |account| attach(account, "system:AliyunOSSFullAccess"),
            &["high role/R/system:AliyunOSSFullAccess unmanaged"],
        ),
        (
            "a policy that gives nothing new is attached",
            |account| {
                let policies = account["policies"].as_array_mut().unwrap();
                policies.push(policy("Same", &allow(&["oss:GetObject"])));
                attach(account, "custom:Same");
            },
            &["low role/R/custom:Same unmanaged"],
        ),
        (
            "a Deny is attached",
            |account| {
                let deny = json!({ "Version": "1", "Statement": [
                    { "Effect": "Deny", "Action": "oss:PutObject", "Resource": "*" },
                ]});
                let policies = account["policies"].as_array_mut().unwrap();
                policies.push(policy("NoUploads", &deny));
                attach(account, "custom:NoUploads");
            },
            &[
                "high role/R export-blocked",
                "medium role/R/custom:NoUploads unmanaged",
            ],
        ),
        (
            "only words differ",
            |account| account["policies"][0]["description"] = json!("Made by hand"),
            &["low policy/ImageExportToOss description changed"],
        ),
    ];
    for (name, change, expected) in rows {
        let mut account = at_rest();
        change(&mut account);
        let mut found = words(&audited(&account).await);
        let mut expected: Vec<&str> = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn blocked_exports_are_found_where_nothing_differs_from_the_spec() {
    let account = json!({
        "roles": [{
            "name": ROLE,
            "trust": trust(json!({ "Service": ["ecs.aliyuncs.com"] })),
            "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
        }],
        "system_policies": [{
            "name": "AliyunECSImageExportRolePolicy",
            "document": allow(&NEEDED[1..]),
        }],
    });
    let text = "version: 1\nroles:\n  - name: AliyunECSImageExportDefaultRole\n    trust: { service: ecs.aliyuncs.com }\n    policies: [ { system: AliyunECSImageExportRolePolicy } ]\n";
    let spec = load(
        &SpecSource::Stdin(text.as_bytes().to_vec()),
        std::path::Path::new("."),
    )
    .unwrap();
    let desired = desired(&spec);
    let account = Account::new(&account.to_string());
    let observed = account.observe(&desired).await;
    let plan = plan(&desired, &observed).unwrap();
    assert!(plan.is_empty());
    let report = audit(&desired, &observed, &plan);
    assert_eq!(words(&report), ["high role/R export-blocked"]);
    assert_eq!(report.worst(), Some(Severity::High));
}

#[tokio::test(start_paused = true)]
async fn the_id_stays_and_the_state_changes_when_a_finding_gets_worse() {
    let with = |more: &[&str]| {
        let mut account = at_rest();
        let actions = [&NEEDED[..], more].concat();
        account["policies"][0] = policy("ImageExportToOss", &allow(&actions));
        account
    };
    let tonight = audited(&with(&["oss:ListBuckets"])).await;
    let [tonight] = tonight.findings.as_slice() else {
        panic!("{:?}", words(&tonight));
    };
    let again = audited(&with(&["oss:ListBuckets"])).await;
    assert_eq!(std::slice::from_ref(tonight), again.findings.as_slice());
    let worse = audited(&with(&["oss:*"])).await;
    let [worse] = worse.findings.as_slice() else {
        panic!("{:?}", words(&worse));
    };
    assert_eq!(worse.id, tonight.id);
    assert_ne!(worse.state, tonight.state);
}

#[tokio::test(start_paused = true)]
async fn an_audit_speaks_of_the_account_and_not_of_the_way_back() {
    let mut account = at_rest();
    let actions = [&NEEDED[1..], &["oss:ListBuckets"]].concat();
    account["policies"][0] = policy("ImageExportToOss", &allow(&actions));
    let report = audited(&account).await;
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.part == "document")
        .unwrap();
    let json = serde_json::to_value(finding).unwrap();
    let actions = |side: &str| json["access"][side][0]["actions"].to_string();
    assert!(actions("gained").contains("oss:ListBuckets"), "{json:#}");
    assert!(actions("lost").contains("oss:GetObject"), "{json:#}");
}
