//! Facts about ECS: images, ExportImage with every documented error, and the tasks it starts.
//!
//! Source, unless a test says otherwise: ECS API Reference 2014-05-26, `ExportImage` (April 2025), and the official
//! SDK's models (7.11.8).

use super::client::{Answer, Client, of};
use export_iam::sandbox::{FaultPlan, World, ready_states};
use serde_json::{Value, json};

const ECS: &str = "2014-05-26";
/// The image of the built-in states too.
pub(super) const IMAGE: &str = "m-bp1app";
const ROLE: &str = "AliyunECSImageExportDefaultRole";

fn trust() -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": ["ecs.aliyuncs.com"] } }
    ]})
}

/// A state in which the export works.
pub(super) fn healthy() -> Value {
    json!({
        "accounts": [{
            "id": "1234567890123456",
            "roles": [{
                "name": ROLE,
                "trust": trust(),
                "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
            }],
            "images": [{
                "id": IMAGE,
                "name": "app-2026",
                "disks": [
                    { "type": "system", "device": "/dev/xvda", "size": 40, "snapshot": "s-1", "encrypted": false },
                    { "type": "data", "device": "/dev/xvdb", "size": 100, "snapshot": "s-2" },
                ],
            }],
            "snapshots": [{ "id": "s-1" }, { "id": "s-2", "size": 100 }],
            "buckets": [{ "name": "exports-hz" }],
        }],
    })
}

pub(super) fn client(state: &Value) -> Client {
    of(World::from_json(&state.to_string()).unwrap())
}

pub(super) async fn ecs(
    client: &Client,
    operation: &str,
    parameters: &[(&'static str, &str)],
) -> Answer {
    let request = client.request(ECS, operation, parameters);
    client.send(request).await.unwrap()
}

async fn ok(client: &Client, operation: &str, parameters: &[(&'static str, &str)]) -> Value {
    let answer = ecs(client, operation, parameters).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer.body
}

pub(super) const EXPORT: [(&str, &str); 3] = [
    ("RegionId", "cn-hangzhou"),
    ("ImageId", IMAGE),
    ("OSSBucket", "exports-hz"),
];
const REGION: (&str, &str) = EXPORT[0];

/// Status and code of an export, `200 ok` for one that starts.
async fn export(state: &Value, more: &[(&'static str, &str)]) -> String {
    let mut asked = EXPORT.to_vec();
    for (name, value) in more {
        asked.retain(|(own, _)| own != name);
        asked.push((name, value));
    }
    let answer = ecs(&client(state), "ExportImage", &asked).await;
    match answer.status {
        200 => "200 ok".to_owned(),
        status => format!("{status} {}", answer.code()),
    }
}

type Edit = fn(&mut Value);
type Parameters = &'static [(&'static str, &'static str)];

/// One row for each error of the table that a state or a parameter can cause.
const ROWS: &[(&str, Parameters, Edit)] = &[
    ("200 ok", &[], |_| {}),
    ("400 MissingParameter", &[("RegionId", "")], |_| {}),
    ("400 MissingParameter", &[("ImageId", "")], |_| {}),
    ("400 MissingParameter", &[("OSSBucket", "")], |_| {}),
    ("400 InvalidImageName.Malformed", &[], |s| {
        image(s)["name"] = json!("acs:app")
    }),
    (
        "400 InvalidOSSPrefix.Malformed",
        &[("OSSPrefix", "night/ly")],
        |_| {},
    ),
    (
        "400 InvalidOSSPrefix.Malformed",
        &[("OSSPrefix", "a234567890123456789012345678901")],
        |_| {},
    ),
    (
        "400 InvalidRegionId.NotFound",
        &[("RegionId", "cn-hangzou")],
        |_| {},
    ),
    ("400 InvalidRegion.NotSupport", &[], |s| {
        s["regions"] = json!([{ "id": "cn-hangzhou", "exports": false }]);
    }),
    ("400 IncorrectImageStatus", &[], |s| {
        image(s)["status"] = json!("Creating")
    }),
    (
        "400 InvalidImageFormat.Malformed",
        &[("ImageFormat", "iso")],
        |_| {},
    ),
    (
        "400 InvalidImageFormat.RegionNotSupported",
        &[("ImageFormat", "vhd")],
        |_| {},
    ),
    (
        "400 InvalidOSSBucket.NotFound",
        &[("OSSBucket", "exports-xx")],
        |_| {},
    ),
    ("400 InvalidOSSBucket.NotFound", &[], |s| {
        bucket(s)["region"] = json!("cn-beijing")
    }),
    (
        "400 InvalidOSSBucket.NotMatched",
        &[("OSSBucket", "Exports_HZ")],
        |_| {},
    ),
    ("400 OperationDenied", &[], |s| {
        s["regions"] = json!([{ "id": "cn-hangzhou", "data_disks": false }]);
    }),
    ("400 InvalidImage.DiskAmountOrSize", &[], |s| {
        image(s)["disks"][1]["size"] = json!(501)
    }),
    ("400 InvalidImage.DiskAmountOrSize", &[], |s| {
        let data = image(s)["disks"][1].clone();
        let disks = image(s)["disks"].as_array_mut().unwrap();
        disks.extend(vec![data; 4]);
    }),
    ("400 InvalidImage.DiskAmountOrSize", &[], |s| {
        image(s)["disks"][0]["size"] = json!(4096)
    }),
    ("400 ImageNotSupported", &[], |s| {
        image(s)["disks"][0]["encrypted"] = json!(true)
    }),
    // Absent in the image, so the snapshot tells.
    ("400 ImageNotSupported", &[], |s| {
        account(s)["snapshots"][1]["encrypted"] = json!(true)
    }),
    ("400 InvalidOSSObject.NeedRestore", &[], |s| {
        bucket(s)["objects"] =
            json!([{ "key": format!("{IMAGE}_system.raw.tar.gz"), "storage_class": "Archive" }]);
    }),
    ("403 ImageNotSupported", &[], |s| {
        image(s)["product_code"] = json!("cmjj000001")
    }),
    ("403 ImageIsExporting", &[], |s| {
        account(s)["tasks"] = json!([task("t-1", IMAGE)])
    }),
    ("403 ExportImageFailed", &[], |s| {
        account(s)["exports"] = json!({ "ending": "refused" })
    }),
    ("403 UserNotInTheWhiteList", &[], |s| {
        account(s)["exports"] = json!({ "allowed": false })
    }),
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        account(s)["roles"] = json!([])
    }),
    (
        "403 NoSetRoletoECSServiceAcount",
        &[("RoleName", "Another")],
        |_| {},
    ),
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        role(s)["trust"]["Statement"][0]["Principal"] = json!({ "Service": "fc.aliyuncs.com" });
    }),
    ("200 ok", &[], |s| {
        role(s)["trust"]["Statement"][0]["Principal"] =
            json!({ "Service": "1234567890123456@ecs.aliyuncs.com" });
    }),
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        role(s)["trust"]["Statement"][0]["Principal"] =
            json!({ "Service": "9999999999999999@ecs.aliyuncs.com" });
    }),
    // ECS has not seen the role yet: the clock of the tests stands where seeds are made.
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        s["behavior"] = json!({ "role_delay": 60 })
    }),
    ("403 InvalidOSS.NotAuthorized", &[], |s| {
        role(s)["attachments"] = json!([])
    }),
    ("403 InvalidOSS.NotAuthorized", &[], |s| {
        let bucket = bucket(s).take();
        let accounts = s["accounts"].as_array_mut().unwrap();
        accounts[0]["buckets"] = json!([]);
        accounts.push(json!({ "id": "9999999999999999", "buckets": [bucket] }));
    }),
    ("403 ConcurrentQuotaExceed.ExportImage", &[], |s| {
        account(s)["exports"] = json!({ "concurrent": 1 });
        account(s)["tasks"] = json!([task("t-1", "m-other")]);
    }),
    ("403 WeeklyQuotaExceed.ExportImage", &[], |s| {
        account(s)["exports"] = json!({ "weekly": 1 });
        let mut done = task("t-1", "m-other");
        done["end"] = json!({ "status": "Finished", "at": "2026-01-01T00:01:00Z" });
        account(s)["tasks"] = json!([done]);
    }),
    ("403 InvalidImageLicense.NotSupported", &[], |s| {
        image(s)["os"] = json!("windows")
    }),
    ("403 InvalidImageLicense.NotSupported", &[], |s| {
        image(s)["license_problem"] = json!("The licence does not allow it.");
    }),
    ("403 InvalidImageCategory.NotSupported", &[], |s| {
        image(s)["owner"] = json!("others")
    }),
    ("403 InvalidOSSBucket.EncryptUnsupported", &[], |s| {
        bucket(s)["encryption"] = json!("AES256");
    }),
    (
        "404 InvalidImageId.NotFound",
        &[("ImageId", "m-none")],
        |_| {},
    ),
    ("404 InvalidImageId.NotFound", &[], |s| {
        image(s)["region"] = json!("cn-beijing")
    }),
];

fn account(state: &mut Value) -> &mut Value {
    &mut state["accounts"][0]
}

fn image(state: &mut Value) -> &mut Value {
    &mut account(state)["images"][0]
}

fn bucket(state: &mut Value) -> &mut Value {
    &mut account(state)["buckets"][0]
}

fn role(state: &mut Value) -> &mut Value {
    &mut account(state)["roles"][0]
}

/// An export that runs for a long time yet.
fn task(id: &str, image: &str) -> Value {
    json!({
        "id": id, "region": "cn-hangzhou", "image": image, "bucket": "exports-hz", "format": "raw",
        "keys": [format!("{image}_system.raw.tar.gz")],
        "created": "2026-01-02T03:00:00Z", "due": "2026-01-03T03:00:00Z",
    })
}

#[tokio::test]
async fn each_documented_error_of_an_export_has_a_state_that_gives_it() {
    for (number, (said, parameters, edit)) in ROWS.iter().enumerate() {
        let mut state = healthy();
        edit(&mut state);
        assert_eq!(export(&state, parameters).await, *said, "row {number}");
    }
}

/// What the built-in states say is wrong is what an export says.
#[tokio::test]
async fn built_in_states_are_broken_as_they_say() {
    let expected = [
        ("healthy", "200 ok"),
        ("role-missing", "403 NoSetRoletoECSServiceAcount"),
        ("trust-wrong", "403 NoSetRoletoECSServiceAcount"),
        ("policy-too-narrow", "403 InvalidOSS.NotAuthorized"),
        ("bucket-denies", "403 InvalidOSS.NotAuthorized"),
        ("image-encrypted", "400 ImageNotSupported"),
        ("import-role-missing", "404 InvalidImageId.NotFound"),
        ("fleet", "404 InvalidImageId.NotFound"),
    ];
    assert_eq!(
        ready_states().collect::<Vec<_>>(),
        expected.map(|(name, _)| name)
    );
    for (name, said) in expected {
        let world = World::ready(name).unwrap().unwrap();
        let state = serde_json::from_str(&world.to_json().unwrap()).unwrap();
        assert_eq!(export(&state, &[]).await, said, "{name}");
    }
    assert!(World::ready("nothing").unwrap().is_none());
}

/// With the depth `full` a dry run looks at all of it; a passed one is an error too, with one of two codes.
#[tokio::test]
async fn a_dry_run_looks_as_deep_as_it_is_told() {
    let dry = [("DryRun", "true")];
    let mut state = healthy();
    assert_eq!(export(&state, &dry).await, "400 DryRunOperation");
    state["behavior"] = json!({ "dry_run_code": "DRYRUN.SUCCESS" });
    assert_eq!(export(&state, &dry).await, "400 DRYRUN.SUCCESS");
    role(&mut state)["attachments"] = json!([]);
    assert_eq!(export(&state, &dry).await, "403 InvalidOSS.NotAuthorized");
    state["behavior"] = json!({ "dry_run": "parameters" });
    assert_eq!(export(&state, &dry).await, "400 DryRunOperation");
    let malformed = [dry[0], ("OSSPrefix", "-")];
    assert_eq!(
        export(&state, &malformed).await,
        "400 InvalidOSSPrefix.Malformed"
    );
    let mut state = healthy();
    state["behavior"] = json!({ "dry_run": "ignored" });
    assert_eq!(export(&state, &dry).await, "200 ok");
}

/// Source: RAM, order of evaluation; OSS, "Bucket Policy": a Deny anywhere beats an Allow anywhere, an Allow of the
/// bucket policy counts, control policies must allow.
#[tokio::test]
async fn an_export_is_decided_by_every_policy_layer() {
    let deny_put = |principal: Value| {
        json!({ "Version": "1", "Statement": [{
            "Effect": "Deny", "Action": "oss:PutObject", "Principal": principal,
            "Resource": "acs:oss:*:*:exports-hz/*"
        }]})
    };
    let session = format!("arn:sts::1234567890123456:assumed-role/{ROLE}/*");
    let allow_all = json!({ "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": "oss:*", "Principal": [session],
        "Resource": ["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"]
    }]});
    let no = "403 InvalidOSS.NotAuthorized";
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut state = healthy();
        edit(&mut state);
        state
    };
    let policy = |document: Value| with(&|s| bucket(s)["policy"] = document.clone());
    for (state, said) in [
        (policy(deny_put(json!([session]))), no),
        (
            policy(deny_put(json!([session.replace(ROLE, "Another")]))),
            "200 ok",
        ),
        (
            policy(deny_put(json!([format!(
                "arn:sts::1234567890123456:assumed-role/{ROLE}/other"
            )]))),
            "200 ok",
        ),
        (policy(deny_put(json!(["1234567890123456"]))), "200 ok"),
        // Everybody but the owner, and the role of the owner's account is not the owner, unless told so.
        (policy(deny_put(json!(["*"]))), no),
        (
            with(&|s| {
                bucket(s)["policy"] = deny_put(json!(["*"]));
                s["behavior"] = json!({ "owner_roles_are_owner": true });
            }),
            "200 ok",
        ),
        (
            with(&|s| {
                role(s)["attachments"] = json!([]);
                bucket(s)["policy"] = allow_all.clone();
            }),
            "200 ok",
        ),
        (
            with(&|s| {
                role(s)["attachments"] = json!([{
                    "policy": "system:AliyunECSImageExportRolePolicy", "resource_group": "rg-1"
                }]);
            }),
            no,
        ),
        (
            with(&|s| {
                role(s)["attachments"] = json!([{
                    "policy": "system:AliyunECSImageExportRolePolicy", "resource_group": "rg-1"
                }]);
                bucket(s)["resource_group"] = json!("rg-1");
            }),
            "200 ok",
        ),
    ] {
        assert_eq!(export(&state, &[]).await, said, "{state}");
    }
}

/// The keys that ECS fills in when it calls OSS are not documented; the state says what they are.
#[tokio::test]
async fn conditions_see_what_the_state_says_of_the_call() {
    let hardened = |context: Value| {
        let mut state = healthy();
        bucket(&mut state)["policy"] = json!({ "Version": "1", "Statement": [{
            "Effect": "Deny", "Action": "oss:*", "Principal": ["*"], "Resource": "acs:oss:*:*:exports-hz/*",
            "Condition": { "Bool": { "acs:SecureTransport": "false" } }
        }]});
        state["behavior"] = json!({ "ecs_context": context });
        state
    };
    let secure = hardened(json!({ "acs:SecureTransport": "true" }));
    assert_eq!(export(&secure, &[]).await, "200 ok");
    let plain = hardened(json!({ "acs:SecureTransport": "false" }));
    assert_eq!(export(&plain, &[]).await, "403 InvalidOSS.NotAuthorized");
    assert_eq!(export(&hardened(json!({})), &[]).await, "200 ok");
}

/// A control policy on the account, on a folder above it or on the root binds the role of a member, and not that of
/// the management account.
#[tokio::test]
async fn control_policies_bind_members_on_every_level() {
    let deny = json!({ "Version": "1", "Statement": [
        { "Effect": "Deny", "Action": "oss:PutObject", "Resource": "*" }
    ]});
    for target in [
        "2000000000000001",
        "fd-inner",
        "fd-outer",
        "r-sandbox",
        "fd-other",
    ] {
        let mut state = healthy();
        let mut member = account(&mut state).clone();
        member["id"] = json!("2000000000000001");
        member["buckets"][0]["name"] = json!("exports-member");
        state["accounts"].as_array_mut().unwrap().push(member);
        state["keys"] = json!([
            { "id": "sandbox-key", "secret": "sandbox-secret", "account": "2000000000000001" },
            { "id": "main", "secret": "main" },
        ]);
        state["directory"] = json!({
            "id": "rd-1",
            "folders": [
                { "id": "fd-outer", "name": "outer" },
                { "id": "fd-inner", "name": "inner", "parent": "fd-outer" },
                { "id": "fd-other", "name": "other" },
            ],
            "members": [{ "account": "2000000000000001", "folder": "fd-inner" }],
            "control_policies": [{ "id": "cp-1", "name": "guard", "document": deny, "targets": [target] }],
        });
        let said = export(&state, &[("OSSBucket", "exports-member")]).await;
        let expected = match target {
            "fd-other" => "200 ok",
            _ => "403 InvalidOSS.NotAuthorized",
        };
        assert_eq!(said, expected, "{target}");
        state["keys"] = json!([]);
        assert_eq!(export(&state, &[]).await, "200 ok", "{target}");
    }
}

/// Source: `DescribeTasks`, `DescribeTaskAttribute`: a task moves with the clock and names what it wrote.
#[tokio::test]
async fn a_task_runs_on_the_clock_and_writes_its_objects() {
    let client = client(&healthy());
    let asked = [EXPORT[0], EXPORT[1], EXPORT[2], ("OSSPrefix", "Nightly")];
    let started = ok(&client, "ExportImage", &asked).await;
    let id = started["TaskId"].as_str().unwrap();
    let one = [REGION, ("TaskId", id)];
    let waiting = ok(&client, "DescribeTaskAttribute", &one).await;
    assert_eq!(waiting["TaskStatus"], "Waiting");
    assert_eq!(waiting["TaskProcess"], "0%");
    client.pass(10);
    let running = ok(&client, "DescribeTaskAttribute", &one).await;
    assert_eq!(running["TaskStatus"], "Processing");
    assert_eq!(running["TaskProcess"], "50%");
    assert_eq!(running["SupportCancel"], "true");
    assert!(running.get("FinishedTime").is_none());
    let of_image = [
        REGION,
        ("TaskAction", "ExportImage"),
        ("TaskStatus", "Processing"),
        ("ResourceIds.1", IMAGE),
    ];
    let listed = ok(&client, "DescribeTasks", &of_image).await;
    assert_eq!(listed["TaskSet"]["Task"][0]["TaskId"], id);
    assert_eq!(listed["TotalCount"], 1);
    client.pass(10);
    let done = ok(&client, "DescribeTaskAttribute", &one).await;
    assert_eq!(done["TaskStatus"], "Finished");
    assert_eq!(done["TaskProcess"], "100%");
    assert_eq!(
        (&done["SuccessCount"], &done["FailedCount"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(done["CreationTime"], "2026-01-02T03:04Z");
    assert_eq!(done["FinishedTime"], "2026-01-02T03:04Z");
    let parts = &done["OperationProgressSet"]["OperationProgress"];
    assert_eq!(
        parts[1]["RelatedItemSet"]["RelatedItem"],
        json!([
            { "Name": "OSSBucket", "Value": "exports-hz" },
            { "Name": "OSSObject", "Value": format!("Nightly_{IMAGE}_data_xvdb.raw.tar.gz") },
            { "Name": "ImageFormat", "Value": "raw" },
        ])
    );
    let state = client.sandbox.world().to_json().unwrap();
    let state: Value = serde_json::from_str(&state).unwrap();
    let objects = state["accounts"][0]["buckets"][0]["objects"]
        .as_array()
        .unwrap()
        .clone();
    let keys: Vec<_> = objects.iter().map(|object| object["key"].clone()).collect();
    assert_eq!(
        keys,
        [
            format!("Nightly_{IMAGE}_data_xvdb.raw.tar.gz"),
            format!("Nightly_{IMAGE}_system.raw.tar.gz"),
        ]
    );
    // Only while it runs may the image not be exported again.
    ok(&client, "ExportImage", &asked).await;
}

/// Source: `CancelTask`: running exports only; the wrong status has a message of its own.
#[tokio::test]
async fn a_task_is_cancelled_while_it_runs() {
    let mut state = healthy();
    let mut other = task("t-disk", "m-other");
    other["action"] = json!("ModifyDiskSpec");
    account(&mut state)["tasks"] = json!([other]);
    let client = client(&state);
    let started = ok(&client, "ExportImage", &EXPORT).await;
    let one = [REGION, ("TaskId", started["TaskId"].as_str().unwrap())];
    ok(&client, "CancelTask", &one).await;
    let task = ok(&client, "DescribeTaskAttribute", &one).await;
    assert_eq!(task["TaskStatus"], "Deleted");
    for (id, status, code) in [
        (one[1].1, 403, "InvalidTaskId.IncorrectTaskStatus"),
        ("t-disk", 403, "InvalidTaskId.TaskActionNotSupport"),
        ("t-none", 400, "InvalidTaskId.NotFound"),
        ("", 400, "MissingParameter"),
    ] {
        let answer = ecs(&client, "CancelTask", &[REGION, ("TaskId", id)]).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{id}");
    }
    client.pass(3600);
    let state = client.sandbox.world().to_json().unwrap();
    assert!(
        !state.contains("\"objects\""),
        "a cancelled export wrote something"
    );
}

/// Endings that a client must not take for success.
#[tokio::test]
async fn exports_can_end_badly() {
    for (edit, status, good, failed, code) in [
        (
            (|s: &mut Value| account(s)["exports"] = json!({ "ending": "failed" })) as Edit,
            "Failed",
            0,
            2,
            "InternalError",
        ),
        (
            |s| account(s)["exports"] = json!({ "ending": "incomplete" }),
            "Finished",
            1,
            1,
            "DiskExportFailed",
        ),
        (
            |s| account(s)["exports"] = json!({ "ending": "without-objects" }),
            "Finished",
            2,
            0,
            "",
        ),
        // Nothing may be written over in a bucket with a retention period.
        (
            |s| {
                bucket(s)["worm_days"] = json!(30);
                bucket(s)["objects"] = json!([{ "key": format!("{IMAGE}_system.raw.tar.gz") }]);
            },
            "Failed",
            0,
            2,
            "FileImmutability",
        ),
    ] {
        let mut state = healthy();
        edit(&mut state);
        let client = client(&state);
        let started = ok(&client, "ExportImage", &EXPORT).await;
        client.pass(60);
        let one = [REGION, ("TaskId", started["TaskId"].as_str().unwrap())];
        let task = ok(&client, "DescribeTaskAttribute", &one).await;
        assert_eq!(task["TaskStatus"], status, "{task}");
        assert_eq!(
            (&task["SuccessCount"], &task["FailedCount"]),
            (&json!(good), &json!(failed))
        );
        let parts = task["OperationProgressSet"]["OperationProgress"]
            .as_array()
            .unwrap();
        assert_eq!(parts.last().unwrap()["ErrorCode"], code);
    }
}

/// Source: `DescribeImages`: Available ones unless `Status` says otherwise; an unknown id is an empty list.
#[tokio::test]
async fn images_are_filtered_as_documented() {
    let mut state = healthy();
    let images = account(&mut state)["images"].as_array_mut().unwrap();
    images.push(json!({ "id": "m-new", "status": "Creating", "usable": true }));
    images.push(json!({ "id": "m-shop", "owner": "marketplace" }));
    let client = client(&state);
    for (more, ids) in [
        (vec![], vec![IMAGE]),
        (vec![("Status", "ALL")], vec![IMAGE, "m-new"]),
        (vec![("Status", "Creating,Waiting")], vec!["m-new"]),
        (vec![("ImageId", "m-new")], vec![]),
        (
            vec![("ImageId", "m-none,m-new"), ("Status", "ALL")],
            vec!["m-new"],
        ),
        (vec![("ImageOwnerAlias", "marketplace")], vec!["m-shop"]),
        (
            vec![("Usable", "true"), ("Status", "ALL")],
            vec![IMAGE, "m-new"],
        ),
    ] {
        let mut asked = vec![REGION];
        asked.extend(more.clone());
        let answer = ok(&client, "DescribeImages", &asked).await;
        let shown = answer["Images"]["Image"].as_array().unwrap();
        let shown: Vec<_> = shown
            .iter()
            .map(|image| image["ImageId"].as_str().unwrap())
            .collect();
        assert_eq!(shown, ids, "{more:?}");
    }
    let image = &ok(&client, "DescribeImages", &[REGION]).await["Images"]["Image"][0];
    assert_eq!(image["ImageOwnerId"], 1_234_567_890_123_456_u64);
    let disks = &image["DiskDeviceMappings"]["DiskDeviceMapping"];
    assert_eq!(disks[0]["Size"], "40");
    assert_eq!(disks[0]["Encrypted"], false);
    assert!(disks[1].get("Encrypted").is_none());
    for (wrong, status, code) in [
        (("Usable", "true"), 400, "MissingParameter"),
        (("Status", "Gone"), 400, "InvalidParamter"),
        (
            ("ImageOwnerAlias", "me"),
            400,
            "InvalidImageOwnerAlias.ValueNotSupported",
        ),
        (("RegionId", "mars"), 404, "InvalidRegionId.NotFound"),
        (("DryRun", "true"), 400, "DryRunOperation"),
    ] {
        let answer = ecs(&client, "DescribeImages", &[REGION, wrong]).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{wrong:?}");
    }
}

#[tokio::test]
async fn regions_snapshots_and_instances_are_described() {
    let mut state = healthy();
    account(&mut state)["instance_roles"] = json!([
        { "instance": "i-1", "role": ROLE },
        { "instance": "i-2", "role": "Another" },
    ]);
    let client = client(&state);
    let regions = ok(&client, "DescribeRegions", &[]).await;
    let regions = regions["Regions"]["Region"].as_array().unwrap().clone();
    let host = |id: &str| {
        let mut found = regions.iter().filter(|region| region["RegionId"] == id);
        found.next().unwrap()["RegionEndpoint"].clone()
    };
    assert_eq!(host("cn-hangzhou"), "ecs-cn-hangzhou.aliyuncs.com");
    assert_eq!(host("eu-central-1"), "ecs.eu-central-1.aliyuncs.com");
    let asked = [REGION, ("SnapshotIds", r#"["s-2"]"#)];
    let snapshots = ok(&client, "DescribeSnapshots", &asked).await;
    assert_eq!(snapshots["Snapshots"]["Snapshot"][0]["Encrypted"], false);
    assert_eq!(snapshots["TotalCount"], 1);
    let asked = [REGION, ("RamRoleName", ROLE)];
    let worn = ok(&client, "DescribeInstanceRamRole", &asked).await;
    assert_eq!(
        worn["InstanceRamRoleSets"]["InstanceRamRoleSet"],
        json!([{ "InstanceId": "i-1", "RamRoleName": ROLE }])
    );
}

/// Source: ECS, common errors: a missing permission has a code of its own.
#[tokio::test]
async fn ecs_refuses_by_its_own_code() {
    let mut state = healthy();
    state["keys"] = json!([{
        "id": "sandbox-key", "secret": "sandbox-secret", "user": "narrow",
        "allowed": { "Version": "1", "Statement": [
            { "Effect": "Allow", "Action": "ecs:ExportImage", "Resource": "acs:ecs:*:*:image/m-bp1app" }
        ]},
    }]);
    let client = client(&state);
    ok(&client, "ExportImage", &EXPORT).await;
    let answer = ecs(&client, "DescribeTasks", &[REGION]).await;
    assert_eq!((answer.status, answer.code()), (403, "Forbidden.RAM"));
    assert_eq!(
        answer.body["AccessDeniedDetail"]["AuthAction"],
        "ecs:DescribeTasks"
    );
    // So does a planned fault.
    let fault = "ExportImage=no-permission".parse().unwrap();
    client.sandbox.set_faults(FaultPlan::new(vec![fault]));
    let answer = ecs(&client, "ExportImage", &EXPORT).await;
    assert_eq!((answer.status, answer.code()), (403, "Forbidden.RAM"));
}

/// Source: ResourceDirectoryMaster, `ListControlPolicyAttachmentsForTarget`, `GetControlPolicy`.
#[tokio::test]
async fn the_management_account_reads_control_policies() {
    let mut state = healthy();
    state["directory"] = json!({
        "id": "rd-1", "members": [],
        "control_policies": [{ "id": "cp-1", "name": "guard", "document": {}, "targets": ["r-sandbox"] }],
    });
    let client = client(&state);
    let call = async |operation: &str, parameter: (&'static str, &str)| {
        let request = client.request("2022-04-19", operation, &[parameter]);
        client.send(request).await.unwrap()
    };
    let target = ("TargetId", "r-sandbox");
    let listed = call("ListControlPolicyAttachmentsForTarget", target)
        .await
        .body;
    let listed = listed["ControlPolicyAttachments"]["ControlPolicyAttachment"].clone();
    assert_eq!(listed[0]["PolicyId"], "cp-1");
    assert_eq!(listed[1]["PolicyId"], "FullAliyunAccess");
    let policy = call("GetControlPolicy", ("PolicyId", "cp-1")).await.body;
    assert_eq!(policy["ControlPolicy"]["PolicyDocument"], "{}");
    for (operation, parameter, code) in [
        (
            "GetControlPolicy",
            ("PolicyId", "cp-9"),
            "EntityNotExists.ControlPolicy",
        ),
        (
            "ListControlPolicyAttachmentsForTarget",
            ("TargetId", "fd-9"),
            "EntityNotExists.Target",
        ),
    ] {
        let answer = call(operation, parameter).await;
        assert_eq!((answer.status, answer.code()), (404, code));
    }
}
