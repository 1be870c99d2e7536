//! Every error of ImportImage that a state can give, and what `verify` says beforehand.
//!
//! As `error_table` does for ExportImage; the outcome is `docs/import-image-errors.md`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::error_rows::Beforehand::{Check, Nothing, Refused};
use crate::error_rows::{Row, Table, row};
use crate::imports::IMPORTABLE;
use crate::support::{Golden, golden};

const HEAD: &str = "\
# Errors of ImportImage, and what verify says beforehand

Each row is a state of the sandbox in which an import is refused with the error, and what
`export-iam verify preset:image-import --object KEY` says of that state without a dry run. \"Only `--dry-run`\" marks what
no call but ImportImage itself tells.

| ImportImage answers | state | verify says beforehand |
| --- | --- | --- |
";

const FOOT: &str = "
The other codes of ImportImage's table are of parameters that `verify` does not send, such as `Platform`, of what is
inside the file, or of cloud boxes; `export-iam explain CODE` has them.
";

fn account(state: &mut Value) -> &mut Value {
    &mut state["accounts"][0]
}

fn bucket(state: &mut Value) -> &mut Value {
    &mut account(state)["buckets"][0]
}

fn object(state: &mut Value) -> &mut Value {
    &mut bucket(state)["objects"][0]
}

fn deny_get(principal: &str) -> Value {
    json!({ "Version": "1", "Statement": [{
        "Effect": "Deny", "Principal": [principal], "Action": ["oss:GetObject"],
        "Resource": ["acs:oss:*:*:imports-hz/*"],
    }]})
}

fn rows() -> Vec<Row> {
    let mut rows = of_the_object();
    rows.extend(of_the_bucket_and_the_role());
    rows.extend(of_the_account());
    rows
}

fn of_the_object() -> Vec<Row> {
    vec![
        row(
            "InvalidOSSObject.Malformed",
            "a key that starts with `/`",
            &["--object", "/images/app.raw"],
            |_| {},
            Refused("object"),
        ),
        row(
            "InvalidOSSObject.NotFound",
            "no such object",
            &["--object", "images/none.raw"],
            |_| {},
            Check("object"),
        ),
        row(
            "InvalidOSSObject.Size",
            "the object is empty",
            &[],
            |s| object(s)["size"] = json!(0),
            Check("object"),
        ),
        row(
            "InvalidImageSize",
            "the object has more than 2,048 GiB",
            &[],
            |s| object(s)["size"] = json!((2_u64 << 40) + 1),
            Check("object"),
        ),
        row(
            "InvalidOSSObject.NeedRestore",
            "the object is archived",
            &[],
            |s| object(s)["storage_class"] = json!("Archive"),
            Check("object"),
        ),
        row(
            "UnsupportedSuffix.OSSObject",
            "what ExportImage wrote, not unpacked",
            &["--object", "m-bp1app_system.raw.tar.gz"],
            |s| object(s)["key"] = json!("m-bp1app_system.raw.tar.gz"),
            Check("format"),
        ),
        row(
            "UnsupportedSuffix.OSSObject",
            "a name without the format at its end",
            &["--object", "images/app"],
            |s| object(s)["key"] = json!("images/app"),
            Check("format"),
        ),
        row(
            "InvalidImageFormat.Malformed",
            "a VMDK file, the account is not invited",
            &["--object", "images/app.vmdk"],
            |s| object(s)["key"] = json!("images/app.vmdk"),
            Check("format"),
        ),
    ]
}

fn of_the_bucket_and_the_role() -> Vec<Row> {
    vec![
        row(
            "InvalidOSSBucket.EncryptUnsupported",
            "the bucket encrypts with a key of KMS",
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
            "InvalidOSSBucket.Malformed",
            "a malformed name of a bucket",
            &["--bucket", "Imports_HZ"],
            |_| {},
            Refused("bucket"),
        ),
        row(
            "InvalidOSSBucket.NotFound",
            "no such bucket",
            &["--bucket", "imports-xx"],
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
                account(s)["roles"][0]["trust"]["Statement"][0]["Principal"]["Service"] =
                    json!(["fc.aliyuncs.com"]);
            },
            Check("trust"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "no policy on the role",
            &[],
            |s| account(s)["roles"][0]["attachments"] = json!([]),
            Check("permissions"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "the role may read other objects only",
            &[],
            |s| {
                account(s)["policies"] = json!([{ "name": "Import", "versions": [{ "document": {
                    "Version": "1", "Statement": [{
                        "Effect": "Allow", "Action": "oss:Get*",
                        "Resource": ["acs:oss:*:*:imports-hz", "acs:oss:*:*:imports-hz/other/*"],
                    }],
                }}]}]);
                account(s)["roles"][0]["attachments"] = json!([{ "policy": "custom:Import" }]);
            },
            Check("permissions"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "the bucket policy denies the role",
            &[],
            |s| {
                bucket(s)["policy"] =
                    deny_get("arn:sts::*:assumed-role/AliyunECSImageImportDefaultRole/*");
            },
            Check("bucket-policy"),
        ),
        row(
            "InvalidOSS.NotAuthorized",
            "the bucket policy denies one session of the role",
            &[],
            |s| {
                bucket(s)["policy"] = deny_get(
                    "arn:sts::*:assumed-role/AliyunECSImageImportDefaultRole/ecs-image-export",
                );
            },
            Check("bucket-policy"),
        ),
    ]
}

fn of_the_account() -> Vec<Row> {
    vec![
        row(
            "InvalidRegion.NotSupport",
            "the region imports no images",
            &[],
            |s| s["regions"] = json!([{ "id": "cn-hangzhou", "exports": false }]),
            Nothing("no list of such regions is published"),
        ),
        row(
            "QuotaExceed.Image",
            "the account has as many images as it may",
            &[],
            |s| account(s)["imports"] = json!({ "most_images": 0 }),
            Nothing("images are not counted"),
        ),
        row(
            "UserNotInTheWhiteList",
            "the account may not import",
            &[],
            |s| account(s)["imports"] = json!({ "allowed": false }),
            Nothing("no call tells"),
        ),
        row(
            "ImportImageFailed",
            "the service fails",
            &[],
            |s| account(s)["imports"] = json!({ "refused": true }),
            Nothing("no call tells"),
        ),
    ]
}

const TABLE: Table = Table {
    operation: "ImportImage",
    preset: "preset:image-import",
    list: "imports",
    state: IMPORTABLE,
    options: &[
        ("--region", "cn-hangzhou"),
        ("--bucket", "imports-hz"),
        ("--object", "images/app.raw"),
    ],
    codes: include_str!("../explain/import-image-codes.txt"),
};

/// Codes that no state can give to what `verify` sends.
const UNTOLD: &[&str] = &[
    // A region that does not exist has no endpoint to ask.
    "InvalidRegionId.NotFound",
    // Parameters that are not sent, or are always.
    "MissingParameter",
    "MissingParameter.DiskDeviceMapping",
    "InvalidParameter.Malformed",
    "InvalidParameter.DetectionStrategy",
    "InvalidParameter.FeaturesImdsSupport",
    "InvalidImageName.Malformed",
    "InvalidImageName.Duplicated",
    "InvalidDescription.Malformed",
    "InvalidArchitecture.Malformed",
    "InvalidArchitecture.PlatformUnsupported",
    "InvalidPlatform.Malformed",
    "InvalidOSType.Malformed",
    "InvalidLicenseType.NotSupported",
    "InvalidLicenseType.BYOLOnly",
    "InvalidBootMode.Malformed",
    "InvalidBootMode.NotSupport",
    "InvalidClientToken.Malformed",
    "InvalidDataDiskSize",
    "ImageCheckUnsupported.WindowsImage",
    "InvalidResourceGroup.NotFound",
    "TagKey.Duplication",
    "InvalidStorageLocation.NotFound",
    "InvalidOperation.CloudBoxImageImportRoleRequired",
    "InvalidOperation.CloudBoxImageImportUnsupported",
    // Of what is inside the file, of a format that the sandbox does not read, or of bills.
    "InvalidBlockSize.NotSupport",
    "InvalidVHDImage.IncorrectSize",
    "InvalidImageFormat.RegionNotSupported",
    "InvalidOSSBucket.FlowLimit",
    "InvalidAccountStatus.OSSDisabled",
    "Account.Arrearage",
    "ImageIsImporting",
    // The sandbox finds malformed names before it.
    "InvalidOSSBucket.NotMatched",
];

#[test]
fn each_error_of_imports_is_foretold_or_told_by_the_dry_run() {
    let mut text = HEAD.to_owned();
    let untold: BTreeSet<&str> = UNTOLD.iter().copied().collect();
    TABLE.write(&rows(), &untold, &mut text);
    text.push_str(FOOT);
    let mut golden = Golden::default();
    golden.check(&golden::root().join("docs/import-image-errors.md"), &text);
    golden.finish("binary error_table");
}
