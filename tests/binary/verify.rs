//! `verify` against the sandbox: what it says beforehand, and what ExportImage then does.

use serde_json::{Value, json};

use crate::support::healthy::{SPEC, healthy};
use crate::support::{Program, Run};

const EXPORT: [&str; 6] = [
    "--region",
    "cn-hangzhou",
    "--bucket",
    "exports-hz",
    "--image",
    "m-bp1app",
];

/// A program whose sandbox holds the healthy state after `change`.
fn with_state(change: impl FnOnce(&mut Value)) -> Program {
    healthy(|state| change(&mut state["accounts"][0]))
}

fn verify(program: &Program, more: &[&str]) -> Run {
    let mut arguments = vec!["verify", "--sandbox", "--format", "json"];
    arguments.extend(EXPORT);
    arguments.extend(more);
    program.run(&arguments)
}

/// The checks of the only export that did not pass, each with its answer and the error that it would cause.
fn troubles(run: &Run) -> Vec<(String, String, String)> {
    run.open_checks("exports", 17)
}

#[test]
fn a_healthy_export_is_ready() {
    let program = with_state(|_| {});
    let run = verify(&program, &[]).ends(0);
    assert_eq!(troubles(&run), []);
    assert_eq!(
        run.json()["summary"]["exports"],
        json!({"ready": 1, "blocked": 0, "depends": 0})
    );
    let run = verify(&program, &["--dry-run"]).ends(0);
    assert_eq!(troubles(&run), []);
}

#[test]
fn each_cause_is_named_and_no_other() {
    let image = |name: &'static str, value: Value| {
        Box::new(move |account: &mut Value| account["images"][0][name] = value.clone())
            as Box<dyn Fn(&mut Value)>
    };
    let bucket = |name: &'static str, value: Value| {
        Box::new(move |account: &mut Value| account["buckets"][0][name] = value.clone())
            as Box<dyn Fn(&mut Value)>
    };
    let cases: Vec<(Box<dyn Fn(&mut Value)>, i32, &str, &str, &str)> = vec![
        (
            Box::new(|account| account["roles"] = json!([])),
            2,
            "role",
            "failed",
            "NoSetRoletoECSServiceAcount",
        ),
        (
            Box::new(|account| {
                account["roles"][0]["trust"]["Statement"][0]["Principal"]["Service"] =
                    json!(["oss.aliyuncs.com"]);
            }),
            2,
            "trust",
            "failed",
            "NoSetRoletoECSServiceAcount",
        ),
        (
            Box::new(|account| account["roles"][0]["attachments"] = json!([])),
            2,
            "permissions",
            "failed",
            "InvalidOSS.NotAuthorized",
        ),
        (
            Box::new(|account| account["buckets"] = json!([])),
            2,
            "bucket",
            "failed",
            "InvalidOSSBucket.NotFound",
        ),
        (
            bucket("region", json!("cn-beijing")),
            2,
            "bucket-region",
            "failed",
            "InvalidOSSBucket.NotFound",
        ),
        (
            bucket("encryption", json!("KMS")),
            2,
            "bucket-encryption",
            "failed",
            "InvalidOSSBucket.EncryptUnsupported",
        ),
        (
            bucket(
                "policy",
                json!({"Version": "1", "Statement": [{
                    "Effect": "Deny", "Principal": ["arn:sts::1234567890123456:assumed-role/AliyunECSImageExportDefaultRole/*"],
                    "Action": ["oss:PutObject"], "Resource": ["acs:oss:*:1234567890123456:exports-hz/*"]
                }]}),
            ),
            2,
            "bucket-policy",
            "failed",
            "InvalidOSS.NotAuthorized",
        ),
        (
            Box::new(|account| account["images"] = json!([])),
            2,
            "image",
            "failed",
            "InvalidImageId.NotFound",
        ),
        (
            image("status", json!("Creating")),
            2,
            "image-status",
            "failed",
            "IncorrectImageStatus",
        ),
        (
            image("owner", json!("marketplace")),
            2,
            "image-origin",
            "failed",
            "ImageNotSupported",
        ),
    ];
    for (change, status, check, answer, error) in cases {
        let program = with_state(change);
        let run = verify(&program, &[]).ends(status);
        let wanted = (check.to_owned(), answer.to_owned(), error.to_owned());
        assert_eq!(troubles(&run), [wanted], "{check}\n{}", run.told());
    }
}

#[test]
fn apply_mends_what_ram_decides_and_nothing_else() {
    let program = with_state(|account| account["roles"] = json!([]));
    verify(&program, &[]).ends(2);
    program.run(&["apply", "--sandbox", "--yes"]).ends(0);
    verify(&program, &[]).ends(0);
}

#[test]
fn without_an_image_the_image_is_not_looked_at_and_that_is_said() {
    let program = with_state(|_| {});
    program
        .run(&[
            "verify",
            "--sandbox",
            "--region",
            "cn-hangzhou",
            "--bucket",
            "exports-hz",
        ])
        .ends(0)
        .says("not checked: image");
}

#[test]
fn what_is_typed_wrongly_is_said_before_anything_is_asked() {
    let program = with_state(|_| {});
    let run = |arguments: &[&str]| {
        let mut all = vec!["verify", "--sandbox"];
        all.extend(arguments);
        program.run(&all).ends(64)
    };
    run(&["--bucket", "exports-hz"]).warns("--region");
    run(&["--region", "cn-hangzhou", "--bucket", "Exports_HZ"]).warns("--bucket");
    run(&[
        "--region",
        "cn-hangzhou",
        "--bucket",
        "exports-hz",
        "--prefix",
        "a/b",
    ])
    .warns("--prefix");
    run(&["--dry-run"]).warns("--image");
    let spec = "version: 1\nroles: []\n";
    let program = program.file("spec.yaml", spec);
    program
        .run(&["verify", "spec.yaml", "--sandbox"])
        .ends(64)
        .warns("names no role for exports");
}

#[test]
fn a_fleet_is_one_table_with_its_troubles_below() {
    let spec = format!("{SPEC}discover: {{ resource_directory: true }}\n");
    let program = Program::new().file("fleet.yaml", spec);
    program
        .run(&["sandbox", "seed", "preset:fleet", "--sandbox"])
        .ends(0);
    let run = program.run(&["verify", "fleet.yaml", "--sandbox"]).ends(2);
    let table = run.out.split("\n\n").next().unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 22, "{table}");
    let head = [
        "  ok: control-policy, format, instances",
        "                                         role  trust  permissions  bucket",
        "  member-00000  cn-hangzhou  exports-hz  ok    ok     ok           NO",
        "  member-00001  cn-hangzhou  exports-hz  NO    -      -            NO",
    ];
    assert_eq!(lines[..4], head, "{table}");
    assert!(lines.iter().all(|line| line.len() <= 80), "{table}");
    run.says("20 accounts:");
}

#[test]
fn instances_that_wear_the_role_are_found_by_verify_and_drift() {
    let worn = |account: &mut Value| {
        account["instance_roles"] = json!([{
            "instance": "i-bp1web", "region": "cn-hangzhou", "role": "AliyunECSImageExportDefaultRole"
        }]);
    };
    let program = with_state(worn).file("export-iam.yaml", SPEC);
    // Exports work all the same.
    let run = verify(&program, &[]).ends(0);
    let failed = ("instances".to_owned(), "failed".to_owned(), String::new());
    assert_eq!(troubles(&run), [failed]);
    program
        .run(&["drift", "--sandbox", "--fail-on", "critical"])
        .ends(2)
        .says("critical role/AliyunECSImageExportDefaultRole instances have the role's access")
        .says("i-bp1web in cn-hangzhou");
    let found = program
        .run(&["drift", "--sandbox", "--format", "json"])
        .ends(2)
        .json();
    let findings = found["accounts"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{found:#}");
    let program = with_state(|_| {}).file("export-iam.yaml", SPEC);
    program.run(&["drift", "--sandbox"]).ends(0);
}

#[test]
fn apply_waits_until_ecs_takes_the_export_and_says_why_it_does_not() {
    let apply = |program: &Program| {
        program.run(&[
            "apply",
            "--sandbox",
            "--yes",
            "--wait-ready",
            "--image",
            "m-bp1app",
        ])
    };
    let no_role = |account: &mut Value| account["roles"] = json!([]);
    let program = with_state(no_role).file("export-iam.yaml", SPEC);
    apply(&program)
        .ends(0)
        .says("Apply: 2 done")
        .says("m-bp1app: ready");
    let program = with_state(|account| {
        no_role(account);
        account["buckets"] = json!([]);
    });
    apply(&program.file("export-iam.yaml", SPEC))
        .ends(2)
        .says("Apply: 2 done")
        .says("NO bucket: there is no bucket exports-hz (InvalidOSSBucket.NotFound)")
        .warns("RAM is as the spec says, and still the export to exports-hz is blocked");
}

#[test]
fn a_dry_run_that_starts_a_real_export_is_said_loudly_with_the_way_to_cancel_it() {
    let program = healthy(|state| state["behavior"] = json!({ "dry_run": "ignored" }));
    let mut arguments = vec!["verify", "--sandbox", "--dry-run"];
    arguments.extend(EXPORT);
    program
        .run(&arguments)
        .ends(0)
        .says("a real export runs: ECS took no notice of DryRun and started task t-sandbox")
        .says("aliyun ecs CancelTask --RegionId cn-hangzhou --TaskId t-sandbox");
}

#[test]
fn an_image_is_asked_about_in_its_region_and_not_passed_over() {
    let program = with_state(|_| {});
    let nowhere = program.run(&["verify", "--sandbox", "--image", "m-bp1app"]);
    nowhere
        .ends(64)
        .warns("`--image` is in one region, and none is named")
        .warns("name the image's region with `--region`");
    let program = program.file("export-iam.yaml", SPEC);
    program
        .run(&["verify", "--sandbox", "--image", "m-bp1app"])
        .ends(0);
}
