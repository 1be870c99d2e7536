//! Facts about ImportImage: every error that a state can give, and the image and the task that it makes.
//!
//! Source: ECS API Reference 2014-05-26, `ImportImage` (May 2025), and the official SDK's models (7.11.8).

use super::client::Client;
use super::ecs::{client, ecs, healthy};
use serde_json::{Value, json};

const ROLE: &str = "AliyunECSImageImportDefaultRole";
const IMPORT: [(&str, &str); 3] = [
    ("RegionId", "cn-hangzhou"),
    ("DiskDeviceMapping.1.OSSBucket", "imports-hz"),
    ("DiskDeviceMapping.1.OSSObject", "images/app.raw"),
];

/// A state in which the import works.
fn state() -> Value {
    let mut state = healthy();
    let account = &mut state["accounts"][0];
    account["roles"][0]["name"] = json!(ROLE);
    account["roles"][0]["attachments"] =
        json!([{ "policy": "system:AliyunECSImageImportRolePolicy" }]);
    account["buckets"] = json!([{
        "name": "imports-hz",
        "objects": [
            { "key": "images/app.raw", "size": 5_368_709_120_u64 },
            { "key": "data.vhd", "size": 1 },
        ],
    }]);
    state
}

type Edit = fn(&mut Value);
type Parameters = &'static [(&'static str, &'static str)];

fn account(state: &mut Value) -> &mut Value {
    &mut state["accounts"][0]
}

fn bucket(state: &mut Value) -> &mut Value {
    &mut account(state)["buckets"][0]
}

fn object(state: &mut Value) -> &mut Value {
    &mut bucket(state)["objects"][0]
}

async fn send(client: &Client, more: &[(&'static str, &str)]) -> (String, Value) {
    let mut asked = IMPORT.to_vec();
    for (name, value) in more {
        asked.retain(|(own, _)| own != name);
        asked.push((name, value));
    }
    let answer = ecs(client, "ImportImage", &asked).await;
    let told = match answer.status {
        200 => "200 ok".to_owned(),
        status => format!("{status} {}", answer.code()),
    };
    (told, answer.body)
}

const OBJECT: &str = "DiskDeviceMapping.1.OSSObject";

/// One row for each error of the table that a state or a parameter can cause.
const ROWS: &[(&str, Parameters, Edit)] = &[
    ("200 ok", &[], |_| {}),
    ("400 MissingParameter", &[("RegionId", "")], |_| {}),
    (
        "400 MissingParameter",
        &[("DiskDeviceMapping.1.OSSBucket", "")],
        |_| {},
    ),
    ("400 MissingParameter", &[(OBJECT, "")], |_| {}),
    (
        "403 MissingParameter.DiskDeviceMapping",
        &[("DiskDeviceMapping.1.OSSBucket", ""), (OBJECT, "")],
        |_| {},
    ),
    (
        "400 UnsupportedSuffix.OSSObject",
        &[(OBJECT, "m-bp1app_system.raw.tar.gz")],
        |_| {},
    ),
    (
        "400 UnsupportedSuffix.OSSObject",
        &[(OBJECT, "images/app")],
        |_| {},
    ),
    (
        "400 InvalidOSSObject.Malformed",
        &[(OBJECT, "/images/app.raw")],
        |_| {},
    ),
    (
        "400 InvalidOSSBucket.Malformed",
        &[("DiskDeviceMapping.1.OSSBucket", "Imports_HZ")],
        |_| {},
    ),
    ("400 InvalidOSSObject.Size", &[], |s| {
        object(s)["size"] = json!(0);
    }),
    (
        "400 InvalidOSSObject.NotFound",
        &[(OBJECT, "images/none.raw")],
        |_| {},
    ),
    ("400 InvalidOSSObject.NeedRestore", &[], |s| {
        object(s)["storage_class"] = json!("ColdArchive");
    }),
    ("200 ok", &[], |s| {
        object(s)["storage_class"] = json!("ColdArchive");
        object(s)["restored"] = json!("2026-01-02T03:04:05Z");
    }),
    ("400 InvalidImageSize", &[], |s| {
        object(s)["size"] = json!((2_u64 << 40) + 1);
    }),
    // The file has 5 GiB.
    (
        "400 InvalidImageSize",
        &[("DiskDeviceMapping.1.DiskImageSize", "4")],
        |_| {},
    ),
    (
        "200 ok",
        &[("DiskDeviceMapping.1.DiskImageSize", "5")],
        |_| {},
    ),
    (
        "400 InvalidImageSize",
        &[("DiskDeviceMapping.1.DiskImSize", "2049")],
        |_| {},
    ),
    (
        "400 InvalidDataDiskSize",
        &[
            ("DiskDeviceMapping.2.OSSBucket", "imports-hz"),
            ("DiskDeviceMapping.2.OSSObject", "data.vhd"),
            ("DiskDeviceMapping.2.DiskImageSize", "0"),
        ],
        |_| {},
    ),
    (
        "400 InvalidImageFormat.Malformed",
        &[("DiskDeviceMapping.1.Format", "VDI")],
        |_| {},
    ),
    (
        "403 InvalidImageFormat.Malformed",
        &[("DiskDeviceMapping.1.Format", "VMDK")],
        |_| {},
    ),
    ("200 ok", &[("DiskDeviceMapping.1.Format", "VMDK")], |s| {
        account(s)["imports"] = json!({ "vmdk": true })
    }),
    (
        "400 InvalidImageName.Malformed",
        &[("ImageName", "acs:app")],
        |_| {},
    ),
    (
        "400 InvalidImageName.Duplicated",
        &[("ImageName", "app-2026")],
        |_| {},
    ),
    (
        "400 InvalidArchitecture.Malformed",
        &[("Architecture", "mips")],
        |_| {},
    ),
    ("400 InvalidOSType.Malformed", &[("OSType", "bsd")], |_| {}),
    (
        "400 InvalidBootMode.Malformed",
        &[("BootMode", "bios")],
        |_| {},
    ),
    (
        "400 InvalidClientToken.Malformed",
        &[("ClientToken", "ä")],
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
    (
        "400 InvalidOSSBucket.NotFound",
        &[("DiskDeviceMapping.1.OSSBucket", "imports-xx")],
        |_| {},
    ),
    ("400 InvalidOSSBucket.NotFound", &[], |s| {
        bucket(s)["region"] = json!("cn-beijing");
    }),
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        account(s)["roles"] = json!([]);
    }),
    (
        "403 NoSetRoletoECSServiceAcount",
        &[("RoleName", "AliyunECSImageExportDefaultRole")],
        |_| {},
    ),
    ("403 NoSetRoletoECSServiceAcount", &[], |s| {
        account(s)["roles"][0]["trust"]["Statement"][0]["Principal"]["Service"] =
            json!(["oss.aliyuncs.com"]);
    }),
    ("403 InvalidOSSBucket.EncryptUnsupported", &[], |s| {
        bucket(s)["encryption"] = json!("AES256");
    }),
    ("403 InvalidOSS.NotAuthorized", &[], |s| {
        account(s)["roles"][0]["attachments"] = json!([]);
    }),
    ("403 InvalidOSS.NotAuthorized", &[], |s| {
        bucket(s)["policy"] = json!({ "Version": "1", "Statement": [{
            "Effect": "Deny", "Principal": ["arn:sts::*:assumed-role/AliyunECSImageImportDefaultRole/*"],
            "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:imports-hz/images/*"],
        }]});
    }),
    ("403 InvalidOSS.NotAuthorized", &[], |s| {
        account(s)["control_policy"] = json!({ "Version": "1", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "oss:GetObject", "Resource": "*" },
        ]});
    }),
    // Only the three actions are needed.
    ("200 ok", &[], |s| {
        account(s)["policies"] = json!([{ "name": "Own", "versions": [{ "document": {
            "Version": "1", "Statement": [{
                "Effect": "Allow",
                "Action": ["oss:GetObject", "oss:GetBucketInfo", "oss:GetBucketLocation"],
                "Resource": "*",
            }],
        }}]}]);
        account(s)["roles"][0]["attachments"] = json!([{ "policy": "custom:Own" }]);
    }),
    ("403 UserNotInTheWhiteList", &[], |s| {
        account(s)["imports"] = json!({ "allowed": false });
    }),
    ("403 QuotaExceed.Image", &[], |s| {
        account(s)["imports"] = json!({ "most_images": 1 });
    }),
    ("403 ImportImageFailed", &[], |s| {
        account(s)["imports"] = json!({ "refused": true });
    }),
];

#[tokio::test]
async fn every_error_comes_about_by_a_state_or_a_parameter() {
    for (expected, parameters, edit) in ROWS {
        let mut state = state();
        edit(&mut state);
        let (told, body) = send(&client(&state), parameters).await;
        assert_eq!(told, *expected, "{parameters:?}\n{body}");
    }
}

#[tokio::test]
async fn a_dry_run_makes_nothing_and_looks_as_deep_as_it_is_told_to() {
    let broken = |depth: &str, code: &str| {
        let mut state = state();
        state["behavior"] = json!({ "dry_run": depth, "dry_run_code": code });
        account(&mut state)["roles"] = json!([]);
        state
    };
    let dry = &[("DryRun", "true")];
    for code in ["DryRunOperation", "DRYRUN.SUCCESS"] {
        let state = broken("parameters", code);
        assert_eq!(send(&client(&state), dry).await.0, format!("400 {code}"));
        let mut good = self::state();
        good["behavior"] = json!({ "dry_run_code": code });
        let place = client(&good);
        assert_eq!(send(&place, dry).await.0, format!("400 {code}"));
        let tasks = ecs(&place, "DescribeTasks", &[IMPORT[0]]).await;
        assert_eq!(tasks.body["TaskSet"]["Task"], json!([]));
    }
    let full = broken("full", "DryRunOperation");
    assert_eq!(
        send(&client(&full), dry).await.0,
        "403 NoSetRoletoECSServiceAcount"
    );
    let mut ignored = state();
    ignored["behavior"] = json!({ "dry_run": "ignored" });
    let (told, body) = send(&client(&ignored), dry).await;
    assert_eq!(told, "200 ok");
    assert!(
        body["TaskId"].is_string() && body["ImageId"].is_string(),
        "{body}"
    );
}

/// The image is there from the start and can be used when the task has ended.
#[tokio::test]
async fn an_import_makes_a_task_and_an_image() {
    let mut quick = state();
    account(&mut quick)["imports"] = json!({ "seconds": 0 });
    for (state, status, of_image) in [
        (state(), "Waiting", "Creating"),
        (quick, "Finished", "Available"),
    ] {
        let place = client(&state);
        let named = [("ImageName", "imported"), ("ClientToken", "once")];
        let (told, body) = send(&place, &named).await;
        assert_eq!(told, "200 ok", "{body}");
        // The same token is the same import.
        assert_eq!(send(&place, &named).await.1["TaskId"], body["TaskId"]);
        let (task, image) = (
            body["TaskId"].as_str().unwrap(),
            body["ImageId"].as_str().unwrap(),
        );
        let of_task = [IMPORT[0], ("TaskId", task)];
        let shown = ecs(&place, "DescribeTaskAttribute", &of_task).await.body;
        assert_eq!(shown["TaskAction"], "ImportImage");
        assert_eq!(shown["TaskStatus"], status, "{shown}");
        let of_image_id = [IMPORT[0], ("ImageId", image), ("Status", "ALL")];
        let shown = ecs(&place, "DescribeImages", &of_image_id).await.body;
        let shown = &shown["Images"]["Image"][0];
        assert_eq!(shown["ImageName"], "imported");
        assert_eq!(shown["ImageOwnerAlias"], "self");
        assert_eq!(shown["Status"], of_image, "{shown}");
        assert_eq!(shown["Size"], 5);
    }
}

#[tokio::test]
async fn a_cancelled_import_leaves_no_image() {
    let place = client(&state());
    let (_, body) = send(&place, &[]).await;
    let (task, image) = (
        body["TaskId"].as_str().unwrap(),
        body["ImageId"].as_str().unwrap(),
    );
    let of_task = [IMPORT[0], ("TaskId", task)];
    assert_eq!(ecs(&place, "CancelTask", &of_task).await.status, 200);
    let of_image = [IMPORT[0], ("ImageId", image), ("Status", "ALL")];
    let shown = ecs(&place, "DescribeImages", &of_image).await.body;
    assert_eq!(shown["Images"]["Image"], json!([]));
}

#[tokio::test]
async fn the_callers_own_right_is_of_all_images() {
    let mut state = state();
    state["keys"] = json!([{ "id": "sandbox-key", "secret": "sandbox-secret", "allowed": {
        "Version": "1", "Statement": [{
            "Effect": "Allow", "Action": "ecs:ImportImage", "Resource": "acs:ecs:*:*:image/*",
        }],
    }}]);
    assert_eq!(send(&client(&state), &[]).await.0, "200 ok");
    state["keys"][0]["allowed"]["Statement"][0]["Action"] = json!("ecs:ExportImage");
    let (told, body) = send(&client(&state), &[]).await;
    assert!(told.starts_with("403 "), "{told} {body}");
}
