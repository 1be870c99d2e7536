//! How many calls a run makes, and which of them are under way together; counted at the server, over real HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::account::{approved, desired};
use crate::support::is_read;
use export_iam::apply::{Shutdown, Verified, apply, verify};
use export_iam::cloud::ram::RamClient;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::endpoint::Endpoint;
use export_iam::cloud::rpc::http::{HttpOptions, HttpTransport};
use export_iam::model::{DesiredState, Scope};
use export_iam::observe::observe;
use export_iam::plan::{Plan, plan};
use export_iam::sandbox::{CallRecord, Options, Server, World, start};
use export_iam::spec::{SpecSource, load};
use tokio::sync::watch;

/// Long beside the time that sending takes, so that calls sent together are seen together.
const LATENCY: Duration = Duration::from_millis(80);

async fn served(seed: &str) -> Server {
    let options = Options {
        seed: Some(World::of_account(seed).unwrap()),
        latency: LATENCY,
        ..Options::default()
    };
    start(options).await.unwrap()
}

fn client(server: &Server) -> RamClient<HttpTransport, Credentials> {
    let endpoint = Endpoint::new(&server.base_url()).unwrap();
    let settings = Settings {
        endpoints: ["ram", "sts", "resourcemanager"]
            .map(|name| (name, endpoint.clone()))
            .into(),
        ..Settings::default()
    };
    let key = Credentials::permanent(server.access_key_id(), server.access_key_secret());
    let transport = HttpTransport::new(HttpOptions::default()).unwrap();
    let random = Random::from_os().unwrap();
    RamClient::new(RpcClient::new(
        transport,
        key,
        Clock::system(),
        random,
        settings,
    ))
}

fn preset(name: &str) -> DesiredState {
    let folder = crate::support::golden::root();
    desired(&load(&SpecSource::Preset(name.to_owned()), &folder).unwrap())
}

/// Plans, carries out and verifies, as `apply` does, with one client; gives the calls of the three parts.
async fn run(server: &Server, wanted: &DesiredState) -> [Vec<CallRecord>; 3] {
    let account = client(server);
    let calls = || {
        let calls = server
            .sandbox()
            .calls()
            .records()
            .cloned()
            .collect::<Vec<_>>();
        server.sandbox().clear_calls();
        calls
    };
    calls();
    let observed = observe(&account, &Scope::of(wanted), None).await.unwrap();
    let made: Plan = plan(wanted, &observed).unwrap();
    let planning = calls();
    if made.is_empty() {
        return [planning, Vec::new(), Vec::new()];
    }
    let (_keep, shutdown) = watch::channel(Shutdown::None);
    let report = apply(&account, &approved(made, &observed), shutdown, |_| {}).await;
    assert!(report.is_complete(), "{report:?}");
    let writing = calls();
    let verified = verify(&account, wanted, &observed.caller).await;
    assert!(matches!(verified, Verified::InSync(_)), "{verified:?}");
    [planning, writing, calls()]
}

/// How often each operation was called.
fn counts(calls: &[CallRecord]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.operation).or_default() += 1;
    }
    counts
}

/// The operations of each wave: a wave begins when everything before it has ended.
fn waves(calls: &[CallRecord]) -> Vec<Vec<&str>> {
    let mut calls: Vec<&CallRecord> = calls.iter().collect();
    calls.sort_by_key(|call| call.start);
    let mut waves: Vec<Vec<&str>> = Vec::new();
    let mut end = None;
    for call in calls {
        match waves.last_mut() {
            Some(wave) if end.is_some_and(|end| call.start < end) => wave.push(call.operation),
            _ => waves.push(vec![call.operation]),
        }
        end = end.max(Some(call.end));
    }
    waves.iter_mut().for_each(|wave| wave.sort_unstable());
    waves
}

fn each_once<'a>(operations: &[&'a str]) -> BTreeMap<&'a str, usize> {
    operations.iter().map(|operation| (*operation, 1)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn system_mode_reads_in_one_wave_and_writes_in_two() {
    let server = served("{}").await;
    let wanted = preset("image-export");
    let [planning, writing, verifying] = run(&server, &wanted).await;
    let reads = [
        "GetCallerIdentity",
        "GetPolicy",
        "GetRole",
        "ListPoliciesForRole",
        "ListPolicyAttachments",
    ];
    assert_eq!(counts(&planning), each_once(&reads));
    assert_eq!(waves(&planning), [reads.to_vec()]);
    assert_eq!(waves(&writing), [["CreateRole"], ["AttachPolicyToRole"]]);
    // Who is calling is known by then.
    assert_eq!(waves(&verifying), [reads[1..].to_vec()]);

    let [planning, writing, verifying] = run(&server, &wanted).await;
    assert_eq!(waves(&planning), [reads.to_vec()]);
    assert!(writing.is_empty() && verifying.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reads_of_a_plan_are_all_under_way_at_one_moment() {
    let server = served("{}").await;
    let scope = Scope::of(&preset("image-export"));
    observe(&client(&server), &scope, None).await.unwrap();
    assert_eq!(server.sandbox().calls().max_overlap(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn custom_mode_makes_role_and_policy_together() {
    let server = served("{}").await;
    let [planning, writing, verifying] = run(&server, &preset("image-export-custom")).await;
    let reads = [
        "GetCallerIdentity",
        "GetPolicy",
        "GetRole",
        "ListPoliciesForRole",
        "ListPolicyAttachments",
        "ListPolicyVersions",
    ];
    assert_eq!(waves(&planning), [reads.to_vec()]);
    assert_eq!(
        waves(&writing),
        [
            vec!["CreatePolicy", "CreateRole"],
            vec!["AttachPolicyToRole"]
        ]
    );
    assert_eq!(waves(&verifying), [reads[1..].to_vec()]);
}

/// The documents of policies that the spec does not name can only be asked for once their names are known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extra_policy_costs_a_second_wave() {
    let seed = serde_json::json!({ "roles": [{
        "name": "AliyunECSImageExportDefaultRole",
        "trust": crate::support::account::TRUST,
        "attachments": [
            { "policy": "system:AliyunECSImageExportRolePolicy" },
            { "policy": "system:AdministratorAccess" },
            { "policy": "system:AliyunOSSFullAccess" },
        ],
    }]});
    let server = served(&seed.to_string()).await;
    let scope = Scope::of(&preset("image-export"));
    observe(&client(&server), &scope, None).await.unwrap();
    let calls: Vec<CallRecord> = server.sandbox().calls().records().cloned().collect();
    let waves = waves(&calls);
    assert_eq!(waves.len(), 2, "{waves:?}");
    assert_eq!(waves[1], ["GetPolicy", "GetPolicy"]);
}

/// Two roles that share a policy need its document once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_roles_share_is_read_once() {
    let spec = b"version: 1\n\
        roles:\n\
        - { name: Nightly, trust: { service: ecs.aliyuncs.com }, policies: [ { system: AliyunOSSFullAccess } ] }\n\
        - { name: Weekly, trust: { service: ecs.aliyuncs.com }, policies: [ { system: AliyunOSSFullAccess } ] }\n";
    let spec = load(
        &SpecSource::Stdin(spec.to_vec()),
        &crate::support::golden::root(),
    )
    .unwrap();
    let server = served("{}").await;
    let [planning, writing, verifying] = run(&server, &desired(&spec)).await;
    assert_eq!(counts(&planning)["GetPolicy"], 1);
    assert_eq!(counts(&planning)["GetRole"], 2);
    assert_eq!(waves(&writing).len(), 2);
    assert_eq!(counts(&verifying)["GetPolicy"], 1);
}

/// Over all presets and a run from nothing: no read is made twice while planning, no write is made twice at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_made_twice() {
    for name in [
        "image-export",
        "image-export-custom",
        "image-export-scoped",
        "image-import",
    ] {
        let server = served("{}").await;
        let [planning, writing, verifying] = run(&server, &preset(name)).await;
        for part in [&planning, &writing, &verifying] {
            assert!(
                counts(part).values().all(|count| *count == 1),
                "{name}: {part:?}"
            );
        }
        assert!(
            planning
                .iter()
                .chain(&verifying)
                .all(|call| is_read(call.operation))
        );
        assert!(writing.iter().all(|call| !is_read(call.operation)));
    }
}
