//! Every call against the sandbox, which judges the signatures with its own reading of what it received.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use export_iam::account::AccountErrorKind;
use export_iam::cloud::resource_manager::control_policies::ControlPolicyReader;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::endpoint::Endpoint;
use export_iam::cloud::rpc::http::{HttpOptions, HttpTransport};
use export_iam::cloud::rpc::transport::{HttpRequest, Transport};
use export_iam::cloud::services::ServicesClient;
use export_iam::model::{AccountId, BucketObject, ControlTarget, DryRun, ExportRequest, RoleName};
use export_iam::sandbox::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, FaultPlan, Sandbox, World, start};
use export_iam::services::{ExportImages, ReadServices};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ROLE: &str = "AliyunECSImageExportDefaultRole";
const REGION: &str = "cn-hangzhou";
const BUCKET: &str = "exports-hz";

fn state() -> Value {
    json!({
        "accounts": [{
            "id": "1234567890123456",
            "roles": [{
                "name": ROLE,
                "trust": { "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": { "Service": ["ecs.aliyuncs.com"] } }] },
                "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
            }],
            "images": [
                {
                    "id": "m-1",
                    "name": "app-2026",
                    "disks": [
                        { "type": "data", "device": "/dev/xvdb", "size": 100, "snapshot": "s-2" },
                        { "type": "system", "device": "/dev/xvda", "size": 40, "snapshot": "s-1", "encrypted": false },
                    ],
                },
                { "id": "m-creating", "name": "young", "status": "Creating", "usable": true },
                { "id": "m-bought", "name": "bought", "owner": "marketplace", "product_code": "cmjj" },
            ],
            "snapshots": [{ "id": "s-1" }, { "id": "s-2", "size": 100, "encrypted": true }],
            "buckets": [
                { "name": BUCKET },
                { "name": "exports-bj", "region": "cn-beijing", "storage_class": "IA", "encryption": "KMS",
                  "versioning": true, "worm_days": 30, "policy": { "Version": "1", "Statement": [] } },
            ],
            "instance_roles": (0..120).map(|n| json!({ "instance": format!("i-{n:03}"), "role": ROLE })).collect::<Vec<_>>(),
        }],
    })
}

/// A sandbox and the second that it shows.
struct Place {
    sandbox: Arc<Sandbox>,
    clock: Arc<AtomicI64>,
}

impl Place {
    fn of(state: &Value) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::now().as_second()));
        let shown = Arc::clone(&clock);
        let tell = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap();
        let world = World::from_json(&state.to_string()).unwrap();
        let sandbox = Sandbox::new(world).with_clock(Arc::new(tell));
        Self {
            sandbox: Arc::new(sandbox),
            clock,
        }
    }

    fn client(&self) -> ServicesClient<Arc<Sandbox>, Credentials> {
        let rpc = || {
            let now = Timestamp::from_second(self.clock.load(Ordering::SeqCst)).unwrap();
            RpcClient::new(
                Arc::clone(&self.sandbox),
                Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
                Clock::starting_at(now),
                Random::from_os().unwrap(),
                Settings::default(),
            )
        };
        ServicesClient::new(rpc(), Arc::new(ControlPolicyReader::new(rpc())))
    }

    fn operations(&self) -> Vec<&'static str> {
        let calls = self.sandbox.calls();
        calls.records().map(|call| call.operation).collect()
    }
}

fn request() -> ExportRequest {
    ExportRequest {
        region: REGION.to_owned(),
        image: "m-1".to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: Some("Nightly".to_owned()),
        format: None,
        role: None,
    }
}

/// An image whose snapshots are not encrypted.
fn exportable() -> Value {
    let mut state = state();
    state["accounts"][0]["snapshots"][1]["encrypted"] = json!(false);
    state
}

#[tokio::test]
async fn an_image_is_read_whole_and_its_snapshot_asked_where_it_is_silent() {
    let place = Place::of(&state());
    let client = place.client();
    let image = client.image(REGION, "m-1").await.unwrap().unwrap();
    assert_eq!(
        (image.name.as_str(), image.owner_alias.as_str()),
        ("app-2026", "self")
    );
    assert_eq!(image.owner_id.as_deref(), Some("1234567890123456"));
    let disks: Vec<_> = image
        .disks
        .iter()
        .map(|disk| {
            (
                disk.is_system,
                disk.device.as_str(),
                disk.size,
                disk.is_encrypted,
            )
        })
        .collect();
    assert_eq!(
        disks,
        [
            (true, "/dev/xvda", Some(40), Some(false)),
            (false, "/dev/xvdb", Some(100), Some(true)),
        ]
    );
    assert_eq!(place.operations(), ["DescribeImages", "DescribeSnapshots"]);
    let young = client.image(REGION, "m-creating").await.unwrap().unwrap();
    assert_eq!(
        (young.status.as_str(), young.usable),
        ("Creating", Some(true))
    );
    let bought = client.image(REGION, "m-bought").await.unwrap().unwrap();
    assert_eq!(bought.owner_alias, "marketplace");
    assert_eq!(client.image(REGION, "m-nobody").await.unwrap(), None);
    assert_eq!(client.image("cn-beijing", "m-1").await.unwrap(), None);
}

/// What the snapshot would have said stays open; the image is there all the same.
#[tokio::test]
async fn a_snapshot_that_may_not_be_read_leaves_encryption_open() {
    let place = Place::of(&state());
    let fault = "DescribeSnapshots=no-permission".parse().unwrap();
    place.sandbox.set_faults(FaultPlan::new(vec![fault]));
    let image = place.client().image(REGION, "m-1").await.unwrap().unwrap();
    let said: Vec<_> = image.disks.iter().map(|disk| disk.is_encrypted).collect();
    assert_eq!(said, [Some(false), None]);
}

#[tokio::test]
async fn a_bucket_is_found_in_whichever_region_it_is() {
    let place = Place::of(&state());
    let client = place.client();
    let bucket = client.bucket(REGION, BUCKET).await.unwrap().unwrap();
    assert_eq!(
        (bucket.region.as_str(), bucket.owner.as_str()),
        (REGION, "1234567890123456")
    );
    assert_eq!(bucket.encryption, None);
    assert!(!client.is_locked(REGION, BUCKET).await.unwrap());
    let bucket = client.bucket(REGION, "exports-bj").await.unwrap().unwrap();
    assert_eq!(
        (bucket.region.as_str(), bucket.storage_class.as_str()),
        ("cn-beijing", "IA")
    );
    assert_eq!(bucket.encryption.as_deref(), Some("KMS"));
    assert!(bucket.is_versioned);
    assert!(client.is_locked(REGION, "exports-bj").await.unwrap());
    assert_eq!(client.bucket(REGION, "exports-no").await.unwrap(), None);
    assert_eq!(client.bucket_policy(REGION, BUCKET).await.unwrap(), None);
    let policy = client.bucket_policy(REGION, "exports-bj").await.unwrap();
    let policy: Value = serde_json::from_str(&policy.unwrap()).unwrap();
    assert_eq!(policy, json!({ "Version": "1", "Statement": [] }));
    let gone = client
        .bucket_policy(REGION, "exports-no")
        .await
        .unwrap_err();
    assert_eq!(gone.code.as_deref(), Some("NoSuchBucket"));
}

#[tokio::test]
async fn instances_that_wear_the_role_are_read_to_the_last_page() {
    let place = Place::of(&state());
    let role = RoleName::new(ROLE).unwrap();
    let client = place.client();
    let found = client.instances_with_role(REGION, &role).await.unwrap();
    assert_eq!(
        (found.len(), found[0].as_str(), found[119].as_str()),
        (120, "i-000", "i-119")
    );
    assert_eq!(place.operations().len(), 3);
    let none = client
        .instances_with_role("cn-beijing", &role)
        .await
        .unwrap();
    assert_eq!(none, Vec::<String>::new());
}

#[tokio::test]
async fn control_policies_come_from_the_account_its_folders_and_the_root() {
    let mut state = state();
    let policy = |id: &str, target: &str| {
        json!({ "id": id, "name": format!("{id}-name"), "document": { "Version": "1", "Statement": [] },
                "targets": [target] })
    };
    state["directory"] = json!({
        "id": "rd-1",
        "folders": [
            { "id": "fd-outer", "name": "outer" },
            { "id": "fd-inner", "name": "inner", "parent": "fd-outer" },
            { "id": "fd-other", "name": "other" },
        ],
        "members": [
            { "account": "2000000000000001", "folder": "fd-inner" },
            { "account": "2000000000000002" },
        ],
        "control_policies": [
            policy("cp-root", "r-sandbox"),
            policy("cp-outer", "fd-outer"),
            policy("cp-other", "fd-other"),
            policy("cp-own", "2000000000000001"),
        ],
    });
    let place = Place::of(&state);
    let client = place.client();
    let read = async |id: &str| {
        let found = client.control_policies(&AccountId::new(id).unwrap()).await;
        let found = found.unwrap().into_iter();
        let own = found.filter(|policy| policy.name != "FullAliyunAccess");
        own.map(|policy| (policy.target, policy.name))
            .collect::<Vec<_>>()
    };
    let text = str::to_owned;
    assert_eq!(
        read("2000000000000001").await,
        [
            (ControlTarget::Root, text("cp-root-name")),
            (
                ControlTarget::Folder(text("fd-outer")),
                text("cp-outer-name")
            ),
            (ControlTarget::Account, text("cp-own-name")),
        ]
    );
    let before = place.operations().len();
    assert_eq!(
        read("2000000000000002").await,
        [(ControlTarget::Root, text("cp-root-name"))]
    );
    // Only the second account itself was new.
    assert_eq!(place.operations().len(), before + 1);
    // The management account is bound by none.
    assert_eq!(read("1234567890123456").await, []);
    let read_once = place.operations();
    let count = |name: &str| read_once.iter().filter(|own| **own == name).count();
    assert_eq!(
        (count("GetResourceDirectory"), count("ListAccounts")),
        (1, 1)
    );
}

#[tokio::test]
async fn an_account_in_no_directory_is_bound_by_nothing_and_a_refusal_is_an_error() {
    let place = Place::of(&state());
    let account = AccountId::new("1234567890123456").unwrap();
    let found = place.client().control_policies(&account).await.unwrap();
    assert_eq!(found, []);
    let mut fleet = state();
    fleet["directory"] = json!({ "id": "rd-1", "members": [] });
    let place = Place::of(&fleet);
    let fault = "GetResourceDirectory=no-permission".parse().unwrap();
    place.sandbox.set_faults(FaultPlan::new(vec![fault]));
    let client = place.client();
    for _ in 0..2 {
        let denied = client.control_policies(&account).await.unwrap_err();
        assert_eq!(denied.kind, AccountErrorKind::Denied);
        assert!(denied.advice.unwrap().contains("management account"));
    }
    assert_eq!(place.operations().len(), 2);
}

#[tokio::test]
async fn a_dry_run_passes_with_either_code_is_refused_or_starts_an_export() {
    for code in ["DryRunOperation", "DRYRUN.SUCCESS"] {
        let mut state = exportable();
        state["behavior"] = json!({ "dry_run_code": code });
        let passed = Place::of(&state)
            .client()
            .dry_run(&request())
            .await
            .unwrap();
        assert_eq!(
            passed,
            DryRun::Passed {
                code: code.to_owned()
            }
        );
    }
    let refused = Place::of(&state())
        .client()
        .dry_run(&request())
        .await
        .unwrap_err();
    assert_eq!(refused.code.as_deref(), Some("ImageNotSupported"));
    let mut ignoring = exportable();
    ignoring["behavior"] = json!({ "dry_run": "ignored" });
    let place = Place::of(&ignoring);
    let client = place.client();
    let DryRun::Started { task } = client.dry_run(&request()).await.unwrap() else {
        panic!("no task");
    };
    client.cancel(REGION, &task).await.unwrap();
    let cancelled = client.task(REGION, &task).await.unwrap().unwrap();
    assert_eq!(cancelled.status, "Deleted");
    let again = client.cancel(REGION, &task).await.unwrap_err();
    assert_eq!(
        again.code.as_deref(),
        Some("InvalidTaskId.IncorrectTaskStatus")
    );
}

#[tokio::test]
async fn an_export_runs_to_its_objects() {
    let place = Place::of(&exportable());
    let client = place.client();
    let id = client.start(&request()).await.unwrap();
    let again = client.start(&request()).await.unwrap_err();
    assert_eq!(again.code.as_deref(), Some("ImageIsExporting"));
    place.clock.fetch_add(10, Ordering::SeqCst);
    let task = client.task(REGION, &id).await.unwrap().unwrap();
    assert_eq!(
        (task.status.as_str(), task.percent),
        ("Processing", Some(50))
    );
    assert_eq!(task.can_be_cancelled, Some(true));
    let listed = client.tasks(REGION).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id.as_str(), listed[0].action.as_str()),
        (id.as_str(), "ExportImage")
    );
    place.clock.fetch_add(60, Ordering::SeqCst);
    let task = client.task(REGION, &id).await.unwrap().unwrap();
    assert_eq!((task.status.as_str(), task.failed_parts), ("Finished", 0));
    let written: Vec<_> = task
        .parts
        .iter()
        .filter_map(|part| part.object.clone())
        .collect();
    assert_eq!(
        written,
        [
            "Nightly_m-1_data_xvdb.raw.tar.gz",
            "Nightly_m-1_system.raw.tar.gz"
        ]
    );
    let objects = client
        .objects(REGION, BUCKET, "Nightly_m-1_")
        .await
        .unwrap();
    let keys: Vec<_> = objects.iter().map(|object| object.key.clone()).collect();
    assert_eq!(keys, written);
    let one = client.object(REGION, BUCKET, &written[0]).await.unwrap();
    assert_eq!(one.as_ref(), Some(&objects[0]));
    assert!(objects[0].modified.is_some());
    assert_eq!(
        client.object(REGION, BUCKET, "nothing").await.unwrap(),
        None
    );
    assert_eq!(client.task(REGION, "t-none").await.unwrap(), None);
    let gone = client
        .object(REGION, "exports-no", "nothing")
        .await
        .unwrap_err();
    assert_eq!(gone.code.as_deref(), Some("NoSuchBucket"));
}

/// Whoever has the link reads the object; nothing else of the request is signed or needed.
#[tokio::test]
async fn a_presigned_link_opens_the_object_and_is_shown_nowhere() {
    let mut state = state();
    state["accounts"][0]["buckets"][0]["objects"] =
        json!([{ "key": "a b/c+d.raw", "content": "held" }]);
    let place = Place::of(&state);
    let client = place.client();
    let life = Duration::from_secs(3600);
    let url = client
        .presigned_url(REGION, BUCKET, "a b/c+d.raw", life)
        .await
        .unwrap();
    let request = HttpRequest {
        method: "GET".to_owned(),
        url: url.clone(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let answer = place.sandbox.send(request.clone()).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"held".as_slice())
    );
    assert!(!format!("{request:?}").contains("x-oss-signature"));
    assert!(!format!("{client:?}").contains(ACCESS_KEY_SECRET));
    place.clock.fetch_add(3601, Ordering::SeqCst);
    assert_eq!(place.sandbox.send(request).await.unwrap().status, 403);
    for life in [Duration::ZERO, Duration::from_secs(604_801)] {
        let error = client
            .presigned_url(REGION, BUCKET, "a", life)
            .await
            .unwrap_err();
        assert_eq!(error.kind, AccountErrorKind::Rejected);
    }
}

/// Keys of every kind survive listing, and pages of the list are put together.
#[tokio::test]
async fn long_lists_and_odd_keys_are_read_whole() {
    let odd = [
        "Nightly_\u{1}\n<&>",
        "Nightly_../../etc",
        "Nightly_a b+c%2F",
        "Nightly_é",
    ];
    let mut objects: Vec<Value> = odd.iter().map(|key| json!({ "key": key })).collect();
    objects.extend((0..2100).map(|n| json!({ "key": format!("Nightly_{n:04}"), "content": "x" })));
    objects.push(json!({ "key": "other" }));
    let mut state = state();
    state["accounts"][0]["buckets"][0]["objects"] = json!(objects);
    let place = Place::of(&state);
    let client = place.client();
    let found = client.objects(REGION, BUCKET, "Nightly_").await.unwrap();
    assert_eq!(found.len(), 2104);
    for key in odd {
        assert!(found.iter().any(|object| object.key == key), "{key:?}");
    }
    assert_eq!(place.operations(), ["ListObjectsV2"; 3]);
    // No client of HTTP can ask for it.
    let error = client.object(REGION, BUCKET, "a/../b").await.unwrap_err();
    assert_eq!(error.kind, AccountErrorKind::Rejected);
    assert_eq!(place.operations().len(), 3);
}

/// Over a real connection HEAD has a length and no body, and errors travel in its headers.
#[tokio::test]
async fn the_same_goes_over_http_in_path_style() {
    let mut state = state();
    state["accounts"][0]["buckets"][1]["objects"] = json!([{ "key": "held", "content": "12345" }]);
    let options = export_iam::sandbox::Options {
        seed: Some(World::from_json(&state.to_string()).unwrap()),
        ..Default::default()
    };
    let server = start(options).await.unwrap();
    let mut settings = Settings::default();
    for service in ["ecs", "oss", "resourcemanager"] {
        let endpoint = Endpoint::new(&server.base_url()).unwrap();
        settings.endpoints.insert(service, endpoint);
    }
    let rpc = || {
        RpcClient::new(
            HttpTransport::new(HttpOptions::default()).unwrap(),
            Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
            Clock::system(),
            Random::from_os().unwrap(),
            settings.clone(),
        )
    };
    let client = ServicesClient::new(rpc(), Arc::new(ControlPolicyReader::new(rpc())));
    let bucket = client.bucket(REGION, "exports-bj").await.unwrap().unwrap();
    assert_eq!(bucket.region, "cn-beijing");
    // The answer names the bucket's own region, for which the call is signed anew.
    let held = client.object(REGION, "exports-bj", "held").await.unwrap();
    let expected = BucketObject {
        key: "held".to_owned(),
        size: 5,
        storage_class: Some("Standard".to_owned()),
        restore: None,
        modified: held.as_ref().and_then(|object| object.modified),
    };
    assert_eq!(held, Some(expected));
    assert_eq!(
        client
            .object("cn-beijing", "exports-bj", "no")
            .await
            .unwrap(),
        None
    );
    assert!(client.image(REGION, "m-1").await.unwrap().is_some());
}

#[tokio::test]
async fn an_ended_session_and_a_wrong_clock_are_told_in_the_words_of_oss() {
    let place = Place::of(&state());
    let fault = "GetBucketPolicy=expired-token".parse().unwrap();
    place.sandbox.set_faults(FaultPlan::new(vec![fault]));
    let ended = place
        .client()
        .bucket_policy(REGION, BUCKET)
        .await
        .unwrap_err();
    assert_eq!(ended.kind, AccountErrorKind::Credential);
    assert_eq!(ended.code.as_deref(), Some("SecurityTokenExpired"));
    place.sandbox.set_faults(FaultPlan::default());
    let wrong = RpcClient::new(
        Arc::clone(&place.sandbox),
        Credentials::permanent(ACCESS_KEY_ID, "not the secret"),
        Clock::starting_at(Timestamp::now()),
        Random::seeded(1),
        Settings::default(),
    );
    let policy = export_iam::cloud::oss::bucket_policy(&wrong, REGION, BUCKET).await;
    let error = policy.unwrap_err();
    assert_eq!(error.kind, AccountErrorKind::Credential);
    assert!(error.message.contains("wrong secret"), "{error}");
    // Less is corrected from the time of the answer.
    let late = Timestamp::now() + SignedDuration::from_hours(48);
    let skewed = RpcClient::new(
        Arc::clone(&place.sandbox),
        Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
        Clock::starting_at(late),
        Random::seeded(1),
        Settings::default(),
    );
    let policy = export_iam::cloud::oss::bucket_policy(&skewed, REGION, "exports-bj").await;
    assert_eq!(policy.unwrap_err().kind, AccountErrorKind::Clock);
}
