//! Every error of ExportImage: a state of the sandbox that gives it, and what `verify` says beforehand.
//!
//! `verify --dry-run` is asked in each state. Its check `dry-run` holds what the sandbox's ExportImage answers by the
//! account's real state; the other checks are what was said without it. `docs/export-image-errors.md` is the outcome:
//! `UPDATE_GOLDEN=1 cargo test --test binary error_table` accepts another.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::error_rows::Beforehand::{Check, Nothing, Refused};
use crate::error_rows::{Row, Table, row};
use crate::support::{Golden, golden};

const HEALTHY: &str = include_str!("../../states/healthy.json");

const HEAD: &str = "\
# Errors of ExportImage, and what verify says beforehand

Each row is a state of the sandbox in which an export is refused with the error, and what `export-iam verify --image ID`
says of that state without a dry run. \"Only `--dry-run`\" marks what no call but ExportImage itself tells.

| ExportImage answers | state | verify says beforehand |
| --- | --- | --- |
";

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
fn task(image: &str) -> Value {
    json!({
        "id": "t-1", "region": "cn-hangzhou", "image": image, "bucket": "exports-hz", "format": "raw",
        "keys": [format!("{image}_system.raw.tar.gz")],
        "created": "2999-01-01T00:00:00Z", "due": "2999-01-02T00:00:00Z",
    })
}

fn deny_put(principal: &str) -> Value {
    json!({ "Version": "1", "Statement": [{
        "Effect": "Deny", "Principal": [principal], "Action": ["oss:PutObject"],
        "Resource": ["acs:oss:*:*:exports-hz/*"],
    }]})
}

const QUOTA: &str = "the limits are published nowhere";

fn rows() -> Vec<Row> {
    let mut rows = of_the_request();
    rows.extend(of_the_image());
    rows.extend(of_the_bucket_and_the_role());
    rows.extend(of_the_account());
    rows
}

fn of_the_request() -> Vec<Row> {
    vec![
        row(
            "InvalidOSSPrefix.Malformed",
            "a prefix of other than letters and digits",
            &["--prefix", "night/ly"],
            |_| {},
            Refused("prefix"),
        ),
        row(
            "InvalidImageFormat.Malformed",
            "the format `iso`",
            &["--image-format", "iso"],
            |_| {},
            Refused("iso"),
        ),
        row(
            "InvalidImageFormat.RegionNotSupported",
            "the format `vhd` in cn-hangzhou",
            &["--image-format", "vhd"],
            |_| {},
            Check("format"),
        ),
        row(
            "InvalidOSSBucket.NotMatched",
            "a malformed name of a bucket",
            &["--bucket", "Exports_HZ"],
            |_| {},
            Refused("bucket"),
        ),
        row(
            "InvalidRegion.NotSupport",
            "the region exports no images",
            &[],
            |s| s["regions"] = json!([{ "id": "cn-hangzhou", "exports": false }]),
            Nothing("no list of such regions is published"),
        ),
        row(
            "OperationDenied",
            "the image has data disks, the region does not export them",
            &[],
            |s| s["regions"] = json!([{ "id": "cn-hangzhou", "data_disks": false }]),
            Nothing("no list of such regions is published"),
        ),
    ]
}

fn of_the_image() -> Vec<Row> {
    vec![
        row(
            "InvalidImageId.NotFound",
            "no such image",
            &["--image", "m-none"],
            |_| {},
            Check("image"),
        ),
        row(
            "InvalidImageId.NotFound",
            "the image is in another region",
            &[],
            |s| image(s)["region"] = json!("cn-beijing"),
            Check("image"),
        ),
        row(
            "InvalidImageCategory.NotSupported",
            "somebody else's image",
            &[],
            |s| image(s)["owner"] = json!("others"),
            Check("image"),
        ),
        row(
            "InvalidImageName.Malformed",
            "the image is called `acs:app`",
            &[],
            |s| image(s)["name"] = json!("acs:app"),
            Check("image-status"),
        ),
        row(
            "IncorrectImageStatus",
            "the image is being made",
            &[],
            |s| image(s)["status"] = json!("Creating"),
            Check("image-status"),
        ),
        row(
            "InvalidImage.DiskAmountOrSize",
            "a data disk of 501 GiB",
            &[],
            |s| image(s)["disks"][1]["size"] = json!(501),
            Check("image-disks"),
        ),
        row(
            "InvalidImage.DiskAmountOrSize",
            "a system disk of 4,096 GiB",
            &[],
            |s| image(s)["disks"][0]["size"] = json!(4096),
            Nothing("the largest size is published nowhere"),
        ),
        row(
            "ImageNotSupported",
            "an encrypted disk",
            &[],
            |s| image(s)["disks"][0]["encrypted"] = json!(true),
            Check("image-encryption"),
        ),
        row(
            "ImageNotSupported",
            "an image of the Marketplace",
            &[],
            |s| image(s)["product_code"] = json!("cmjj000001"),
            Check("image-origin"),
        ),
        row(
            "InvalidImageLicense.NotSupported",
            "Windows Server",
            &[],
            |s| {
                image(s)["os"] = json!("windows");
                image(s)["platform"] = json!("Windows Server 2022");
            },
            Check("image-origin"),
        ),
        row(
            "InvalidImageLicense.NotSupported",
            "a licence that forbids it",
            &[],
            |s| image(s)["license_problem"] = json!("The licence forbids it."),
            Nothing("no call tells the licence"),
        ),
    ]
}

fn of_the_bucket_and_the_role() -> Vec<Row> {
    vec![
        row(
            "InvalidOSSBucket.NotFound",
            "no such bucket",
            &["--bucket", "exports-xx"],
            |_| {},
            Check("bucket"),
        ),
        row(
            "InvalidOSSBucket.NotFound",
            "the bucket is in another region",
            &[],
            |s| bucket(s)["region"] = json!("cn-beijing"),
            Check("bucket-region"),
        ),
        row(
            "InvalidOSSBucket.EncryptUnsupported",
            "the bucket encrypts with KMS",
            &[],
            |s| bucket(s)["encryption"] = json!("KMS"),
            Check("bucket-encryption"),
        ),
        row(
            "InvalidOSSBucket.EncryptUnsupported",
            "the bucket encrypts with AES256",
            &[],
            |s| bucket(s)["encryption"] = json!("AES256"),
            Check("bucket-encryption"),
        ),
        row(
            "InvalidOSSObject.NeedRestore",
            "an archived object has the name",
            &[],
            |s| {
                bucket(s)["objects"] =
                    json!([{ "key": "m-bp1app_system.raw.tar.gz", "storage_class": "Archive" }]);
            },
            Nothing("objects are not listed"),
        ),
        row(
            "NoSetRoletoECSServiceAcount",
            "no role",
            &[],
            |s| account(s)["roles"] = json!([]),
            Check("role"),
        ),
        row(
            "NoSetRoletoECSServiceAcount",
            "the role trusts another service",
            &[],
            |s| {
                role(s)["trust"] = json!({ "Version": "1", "Statement": [{
                    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": ["fc.aliyuncs.com"] },
                }]});
            },
            Check("trust"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "no policy on the role",
            &[],
            |s| role(s)["attachments"] = json!([]),
            Check("permissions"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "the bucket policy denies the role",
            &[],
            |s| {
                bucket(s)["policy"] =
                    deny_put("arn:sts::*:assumed-role/AliyunECSImageExportDefaultRole/*");
            },
            Check("bucket-policy"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "the bucket policy denies `*` without a condition",
            &[],
            |s| {
                bucket(s)["policy"] = deny_put("*");
            },
            Check("bucket-policy"),
        ),
    ]
}

fn of_the_account() -> Vec<Row> {
    vec![
        row(
            "ImageIsExporting",
            "an export of the image runs",
            &[],
            |s| account(s)["tasks"] = json!([task("m-bp1app")]),
            Nothing("tasks are not asked about"),
        ),
        row(
            "ConcurrentQuotaExceed.ExportImage",
            "as many exports run as may",
            &[],
            |s| {
                account(s)["exports"] = json!({ "concurrent": 1 });
                account(s)["tasks"] = json!([task("m-other")]);
            },
            Nothing(QUOTA),
        ),
        row(
            "WeeklyQuotaExceed.ExportImage",
            "as many exports were started this week as may",
            &[],
            |s| {
                account(s)["exports"] = json!({ "weekly": 0 });
            },
            Nothing(QUOTA),
        ),
        row(
            "UserNotInTheWhiteList",
            "the account may not export",
            &[],
            |s| account(s)["exports"] = json!({ "allowed": false }),
            Nothing("no call tells"),
        ),
        row(
            "ExportImageFailed",
            "the service fails",
            &[],
            |s| account(s)["exports"] = json!({ "ending": "refused" }),
            Nothing("no call tells"),
        ),
    ]
}

const TABLE: Table = Table {
    operation: "ExportImage",
    preset: "preset:image-export",
    list: "exports",
    state: HEALTHY,
    options: &[
        ("--region", "cn-hangzhou"),
        ("--bucket", "exports-hz"),
        ("--image", "m-bp1app"),
    ],
    codes: include_str!("../explain/export-image-codes.txt"),
};

#[test]
fn each_error_of_exports_is_foretold_or_told_by_the_dry_run() {
    let mut text = HEAD.to_owned();
    // A region that does not exist has no endpoint to ask.
    let untold = BTreeSet::from(["InvalidRegionId.NotFound", "MissingParameter"]);
    TABLE.write(&rows(), &untold, &mut text);
    text.push_str("\n`MissingParameter` cannot come: `verify` sends every parameter that ExportImage needs.\n");
    let mut golden = Golden::default();
    golden.check(&golden::root().join("docs/export-image-errors.md"), &text);
    golden.finish("binary error_table");
}
