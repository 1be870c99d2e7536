//! `verify` of imports against the sandbox: what it says beforehand, and what ImportImage then does.

use serde_json::{Value, json};

use crate::support::{Program, Run};

/// A state in which `images/app.raw` can be imported.
pub(crate) const IMPORTABLE: &str = r#"{
  "accounts": [{
    "id": "1234567890123456",
    "roles": [{
      "name": "AliyunECSImageImportDefaultRole",
      "trust": { "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": ["ecs.aliyuncs.com"] }
      }]},
      "attachments": [{ "policy": "system:AliyunECSImageImportRolePolicy" }]
    }],
    "buckets": [{
      "name": "imports-hz",
      "objects": [{ "key": "images/app.raw", "size": 5368709120 }]
    }]
  }]
}"#;

const IMPORT: [&str; 6] = [
    "--region",
    "cn-hangzhou",
    "--bucket",
    "imports-hz",
    "--object",
    "images/app.raw",
];

/// A spec with both roles.
const BOTH: &str = "version: 1
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
  - name: AliyunECSImageImportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageImportRolePolicy } ]
";

/// A program whose sandbox holds the importable state after `change`.
fn with_state(change: impl FnOnce(&mut Value)) -> Program {
    let mut state: Value = serde_json::from_str(IMPORTABLE).unwrap();
    change(&mut state);
    let program = Program::new()
        .file("state.json", state.to_string())
        .file("both.yaml", BOTH);
    program
        .run(&["sandbox", "seed", "state.json", "--sandbox"])
        .ends(0);
    program
}

fn account(state: &mut Value) -> &mut Value {
    &mut state["accounts"][0]
}

fn verify(program: &Program, more: &[&str]) -> Run {
    let mut arguments = vec![
        "verify",
        "preset:image-import",
        "--sandbox",
        "--format",
        "json",
    ];
    arguments.extend(IMPORT);
    arguments.extend(more);
    program.run(&arguments)
}

/// The checks of the only import that did not pass, with the error that each would cause.
fn troubles(run: &Run) -> Vec<(String, String)> {
    let open = run.open_checks("imports", 12).into_iter();
    open.map(|(check, _, error)| (check, error)).collect()
}

#[test]
fn an_import_that_works_is_ready_in_both_depths_of_a_dry_run_and_then_works() {
    for (depth, code) in [
        ("full", "DryRunOperation"),
        ("full", "DRYRUN.SUCCESS"),
        ("parameters", "DRYRUN.SUCCESS"),
    ] {
        let program = with_state(|state| {
            state["behavior"] = json!({ "dry_run": depth, "dry_run_code": code })
        });
        let run = verify(&program, &["--dry-run"]).ends(0);
        assert_eq!(troubles(&run), []);
        let report = run.json();
        assert_eq!(report["accounts"][0]["exports"], json!([]));
        let import = &report["accounts"][0]["imports"][0];
        assert_eq!(
            (
                &import["region"],
                &import["bucket"],
                &import["object"],
                &import["answer"]
            ),
            (
                &json!("cn-hangzhou"),
                &json!("imports-hz"),
                &json!("images/app.raw"),
                &json!("ready")
            )
        );
        let dry = import["checks"].as_array().unwrap().last().unwrap();
        let told = dry["message"].as_str().unwrap();
        assert!(
            told.contains(code) && told.contains("role, bucket and object"),
            "{told}"
        );
        assert_eq!(
            report["summary"]["imports"],
            json!({ "ready": 1, "blocked": 0, "depends": 0 })
        );
    }
}

type Edit = fn(&mut Value);

#[test]
fn each_cause_is_named_and_no_other_and_apply_mends_what_is_of_ram() {
    let refused = "NoSetRoletoECSServiceAcount";
    let denied = "InvalidOSS.NotAuthorized";
    // What is changed, the check, the error, and whether `apply` mends it.
    let cases: [(Edit, &str, &str, bool); 9] = [
        (|s| account(s)["roles"] = json!([]), "role", refused, true),
        (
            |s| {
                account(s)["roles"][0]["trust"]["Statement"][0]["Principal"]["Service"] =
                    json!(["oss.aliyuncs.com"]);
            },
            "trust",
            refused,
            true,
        ),
        (
            |s| account(s)["roles"][0]["attachments"] = json!([]),
            "permissions",
            denied,
            true,
        ),
        (
            |s| account(s)["buckets"] = json!([]),
            "bucket",
            "InvalidOSSBucket.NotFound",
            false,
        ),
        (
            |s| account(s)["buckets"][0]["region"] = json!("cn-beijing"),
            "bucket-region",
            "InvalidOSSBucket.NotFound",
            false,
        ),
        (
            |s| account(s)["buckets"][0]["encryption"] = json!("KMS"),
            "bucket-encryption",
            "InvalidOSSBucket.EncryptUnsupported",
            false,
        ),
        (
            |s| {
                account(s)["buckets"][0]["policy"] = json!({ "Version": "1", "Statement": [{
                    "Effect": "Deny", "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:imports-hz/*"],
                    "Principal": ["arn:sts::1234567890123456:assumed-role/AliyunECSImageImportDefaultRole/*"],
                }]});
            },
            "bucket-policy",
            denied,
            false,
        ),
        (
            |s| account(s)["buckets"][0]["objects"] = json!([]),
            "object",
            "InvalidOSSObject.NotFound",
            false,
        ),
        (
            |s| account(s)["buckets"][0]["objects"][0]["storage_class"] = json!("Archive"),
            "object",
            "InvalidOSSObject.NeedRestore",
            false,
        ),
    ];
    for (edit, check, error, is_of_ram) in cases {
        let program = with_state(edit);
        let run = verify(&program, &[]).ends(2);
        let wanted = (check.to_owned(), error.to_owned());
        assert_eq!(troubles(&run), [wanted], "{check}\n{}", run.told());
        program
            .run(&["apply", "preset:image-import", "--sandbox", "--yes"])
            .ends(0);
        let status = if is_of_ram { 0 } else { 2 };
        verify(&program, &[]).ends(status);
    }
}

#[test]
fn an_allow_of_the_bucket_policy_counts() {
    let program = with_state(|state| {
        let account = account(state);
        account["roles"][0]["attachments"] = json!([]);
        account["buckets"][0]["policy"] = json!({ "Version": "1", "Statement": [{
            "Effect": "Allow", "Action": ["oss:Get*"], "Resource": ["acs:oss:*:*:imports-hz", "acs:oss:*:*:imports-hz/*"],
            "Principal": ["arn:sts::1234567890123456:assumed-role/AliyunECSImageImportDefaultRole/*"],
        }]});
    });
    verify(&program, &["--dry-run"]).ends(0);
}

#[test]
fn a_dry_run_that_imports_after_all_is_said_loudly_with_the_way_to_cancel_it() {
    let program = with_state(|state| state["behavior"] = json!({ "dry_run": "ignored" }));
    let mut arguments = vec!["verify", "preset:image-import", "--sandbox", "--dry-run"];
    arguments.extend(IMPORT);
    program
        .run(&arguments)
        .ends(0)
        .says("a real import runs: ECS took no notice of DryRun and started task t-sandbox")
        .says("aliyun ecs CancelTask --RegionId cn-hangzhou --TaskId t-sandbox");
}

#[test]
fn without_an_object_it_is_not_looked_at_and_that_is_said() {
    let program = with_state(|_| {});
    let arguments = &IMPORT[..4];
    program
        .run(&[&["verify", "preset:image-import", "--sandbox"], arguments].concat())
        .ends(0)
        .says("not checked: object: no object was asked about (`--object KEY`)")
        .says("cn-hangzhou  imports-hz: ready");
}

#[test]
fn a_spec_with_both_roles_is_verified_for_both() {
    let mut export: Value =
        serde_json::from_str(include_str!("../../states/healthy.json")).unwrap();
    let program = with_state(|state| {
        let (own, other) = (account(state), account(&mut export));
        for list in ["roles", "buckets"] {
            let more = other[list].as_array().unwrap().clone();
            own[list].as_array_mut().unwrap().extend(more);
        }
        own["images"] = other["images"].clone();
    });
    let ask = |more: &[&str]| {
        program
            .run(&[&["verify", "both.yaml", "--sandbox"], more].concat())
            .ends(0)
    };
    ask(&[])
        .says("export  cn-hangzhou  exports-hz: ready")
        .says("import  any region  any bucket: ready");
    // A bucket that is named with an object is the import's, one that is named with an image the export's.
    ask(&IMPORT)
        .says("export  cn-hangzhou  exports-hz: ready")
        .says("import  cn-hangzhou  imports-hz  images/app.raw: ready");
    let image = [
        "--region",
        "cn-hangzhou",
        "--bucket",
        "exports-hz",
        "--image",
        "m-bp1app",
    ];
    ask(&image)
        .says("export  cn-hangzhou  exports-hz  m-bp1app: ready")
        .says("import  cn-hangzhou  any bucket: ready");
    ask(&IMPORT[..4])
        .says("export  cn-hangzhou  imports-hz: ready")
        .says("import  cn-hangzhou  imports-hz: ready");
    // `export` asks about exports alone.
    let export = [
        &["export", "both.yaml", "--sandbox", "--yes", "--detach"][..],
        &image,
    ]
    .concat();
    let run = program.run(&export).ends(0);
    assert!(
        !run.out.contains("import") && !run.err.contains("import"),
        "{}",
        run.told()
    );
}

#[test]
fn an_option_that_does_not_fit_is_refused_with_the_role_that_is_missing() {
    let program = with_state(|_| {});
    let refused = |arguments: &[&str]| {
        let mut all = vec!["verify"];
        all.extend(arguments);
        all.push("--sandbox");
        program.run(&all).ends(64)
    };
    let place = ["--region", "cn-hangzhou", "--bucket", "imports-hz"];
    let with = |spec, more: &[&'static str]| [&[spec], &place[..], more].concat();
    for (option, value) in [
        ("--image", "m-1"),
        ("--prefix", "Nightly"),
        ("--image-format", "vhd"),
    ] {
        refused(&with("preset:image-import", &[option, value]))
            .warns(option)
            .warns("is about an export, and the spec names no role for exports")
            .warns("AliyunECSImageExportDefaultRole");
    }
    refused(&with("preset:image-export", &["--object", "a.raw"]))
        .warns("`--object` is about an import, and the spec names no role for imports")
        .warns("AliyunECSImageImportDefaultRole");
    refused(&with("preset:image-import", &["--dry-run"])).warns("--object");
    refused(&[
        "preset:image-import",
        "--region",
        "cn-hangzhou",
        "--object",
        "a.raw",
    ])
    .warns("--bucket");
    for key in [
        "",
        "../a.raw",
        "a/../b.raw",
        "a\nb.raw",
        "\u{1b}[2J",
        "/a.raw",
        "oss://b/a.raw",
    ] {
        let all = [&["preset:image-import"], &place[..], &["--object", key]].concat();
        let run = refused(&all).warns("`--object`");
        assert!(!run.err.contains('\u{1b}'), "{:?}", run.err);
    }
}

/// A fleet is told in one table, and every format of a report has the import.
#[test]
fn every_format_of_a_report_carries_imports() {
    let program = with_state(|state| account(state)["buckets"][0]["objects"] = json!([]));
    let formats = [
        "sarif", "junit", "markdown", "github", "gitlab", "html", "json",
    ];
    let mut arguments = vec!["verify", "preset:image-import", "--sandbox"];
    arguments.extend(IMPORT);
    let reports = formats.map(|format| format!("{format}={format}.out"));
    for report in &reports {
        arguments.extend(["--report", report]);
    }
    program.run(&arguments).ends(2);
    for format in formats {
        let text = program.read(&format!("{format}.out"));
        for part in ["images/app.raw", "imports-hz"] {
            assert!(text.contains(part), "{format} lacks {part}: {text}");
        }
        let says_so = text.contains("InvalidOSSObject.NotFound") || format == "gitlab";
        assert!(says_so, "{format}: {text}");
    }
    let sarif: Value = serde_json::from_str(&program.read("sarif.out")).unwrap();
    assert_eq!(
        sarif["runs"][0]["results"][0]["ruleId"],
        "import-blocked/high"
    );
    let schema = program.run(&["schema", "verify"]).ends(0).json();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let report: Value = serde_json::from_str(&program.read("json.out")).unwrap();
    assert!(schema.is_valid(&report), "{report:#}");
}
