//! `permissions` prints what suffices and nothing more: each command runs under it against a sandbox that refuses
//! everything else, and without any one entry some run of the command fails.

use std::time::Duration;

use crate::support::{Program, Run, Server};
use export_iam::sandbox::{Fleet, Options, World};
use serde_json::{Value, json};

const ACCOUNT: &str = "1234567890123456";

/// Everything that a spec can manage.
const SPEC: &str = r#"version: 1
policies:
  - name: ImageExportToOss
    description: Lets ECS write exported images to OSS.
    tags: { team: images }
    document: { Version: "1", Statement: [ { Effect: Allow, Action: "oss:PutObject", Resource: "acs:oss:*:*:exports-hz/*" } ] }
roles:
  - name: Exporter
    description: Exports images.
    tags: { team: images }
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: ImageExportToOss }, { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
"#;

fn trust(service: &str) -> Value {
    json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": service } }
    ]})
}

fn version(action: &str) -> Value {
    json!({ "document": { "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": action, "Resource": "acs:oss:*:*:exports-hz/*" }
    ]}})
}

/// The role and the policy of the spec, both unlike it, with policies beyond it; `versions`, the last in force.
fn moved(versions: &[&str]) -> Value {
    let extra = json!({ "name": "Extra", "versions": [version("oss:GetObject")] });
    let versions: Vec<Value> = versions.iter().map(|action| version(action)).collect();
    json!({
        "roles": [{
            "name": "Exporter", "description": "Old.", "trust": trust("oss.aliyuncs.com"),
            "attachments": [
                { "policy": "custom:ImageExportToOss" }, { "policy": "custom:Extra" }, { "policy": "system:AliyunOSSFullAccess" }
            ],
        }],
        "policies": [{ "name": "ImageExportToOss", "description": "Old.", "versions": versions }, extra],
    })
}

/// As the spec wants it.
fn in_sync() -> Value {
    json!({
        "roles": [{
            "name": "Exporter", "trust": trust("ecs.aliyuncs.com"),
            "attachments": [ { "policy": "custom:ImageExportToOss" }, { "policy": "system:AliyunECSImageExportRolePolicy" } ],
        }],
        "policies": [{ "name": "ImageExportToOss", "versions": [version("oss:GetObject"), version("oss:PutObject")] }],
    })
}

/// Five versions, so that a new one costs an old one.
const FULL: &[&str] = &["oss:A", "oss:B", "oss:C", "oss:D", "oss:E"];

/// A command, and accounts that between them take it through all it can do.
fn commands() -> Vec<(&'static str, Vec<Value>)> {
    let every = vec![json!({}), moved(FULL), moved(&["oss:PutObject", "oss:E"])];
    vec![
        ("plan", every.clone()),
        ("drift", every.clone()),
        ("apply", every),
        ("destroy", vec![in_sync()]),
    ]
}

fn user() -> Program {
    Program::new().file("export-iam.yaml", SPEC)
}

fn printed(program: &Program, arguments: &[&str]) -> Value {
    let run = program.run(&[&["permissions"], arguments].concat()).ends(0);
    serde_json::from_str(&run.out).unwrap()
}

/// Runs the command in the account, with a key that is allowed what the document says.
fn run_under(document: &Value, account: &Value, command: &str) -> Run {
    let world = World::of_account(&account.to_string()).unwrap();
    let mut state: Value = serde_json::from_str(&world.to_json().unwrap()).unwrap();
    state["keys"][0]["allowed"] = document.clone();
    let server = Server::start(Options {
        seed: Some(World::from_json(&state.to_string()).unwrap()),
        ..Options::default()
    });
    let program = user().with_all(&server.environment());
    match command {
        "apply" => program.run(&["apply", "--yes", "--allow", "transient"]),
        "destroy" => program.run(&["destroy", "--yes"]),
        _ => program.run(&[command]),
    }
}

/// Whether the command did all it was asked to: there may be drift, but nothing that was refused.
fn worked(run: &Run, command: &str) -> bool {
    let is_refused = run.err.contains("NoPermission") || run.out.contains("NoPermission");
    match command {
        "drift" => [0, 2].contains(&run.status) && !is_refused,
        _ => run.status == 0 && !is_refused,
    }
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Each action on each resource that the document allows.
fn entries(document: &Value) -> Vec<(String, String)> {
    let statements = document["Statement"].as_array().unwrap().iter();
    let allowed = statements.filter(|statement| statement["Effect"] == "Allow");
    let pairs = allowed.flat_map(|statement| {
        let resources = texts(&statement["Resource"]);
        let actions = texts(&statement["Action"]);
        let each = actions.into_iter().flat_map(move |action| {
            let on = resources.clone().into_iter();
            on.map(move |resource| (action.clone(), resource))
        });
        each.collect::<Vec<_>>()
    });
    pairs.collect()
}

fn without(entries: &[(String, String)], gone: &(String, String)) -> Value {
    let kept = entries.iter().filter(|entry| *entry != gone);
    let statements: Vec<Value> = kept
        .map(|(action, resource)| json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
        .collect();
    json!({ "Version": "1", "Statement": statements })
}

#[test]
fn each_command_works_under_its_policy_and_needs_every_entry_of_it() {
    for (command, accounts) in commands() {
        let of_one = printed(&user(), &[command, "--account", ACCOUNT]);
        let of_any = printed(&user(), &[command]);
        for account in &accounts {
            for document in [&of_one, &of_any] {
                let run = run_under(document, account, command);
                assert!(
                    worked(&run, command),
                    "{command} {account}\n{document}\n{}{}",
                    run.out,
                    run.err
                );
            }
        }
        let entries = entries(&of_one);
        for entry in &entries {
            let document = without(&entries, entry);
            let mut accounts = accounts.iter();
            let is_needed =
                accounts.any(|account| !worked(&run_under(&document, account, command), command));
            assert!(is_needed, "{command} works without {entry:?}");
        }
    }
}

const EXPORTS: &str = "version: 1
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
";

const IMPORTS: &str = "version: 1
roles:
  - name: AliyunECSImageImportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageImportRolePolicy } ]
";

/// What `verify --dry-run` is asked.
struct Asked {
    spec: &'static str,
    arguments: &'static [&'static str],
    /// Where the report has the answer.
    list: &'static str,
}

const OF_EXPORTS: Asked = Asked {
    spec: EXPORTS,
    arguments: &["--image", "m-bp1app"],
    list: "exports",
};

const OF_IMPORTS: Asked = Asked {
    spec: IMPORTS,
    arguments: &[
        "--region",
        "cn-hangzhou",
        "--bucket",
        "exports-hz",
        "--object",
        "app.raw",
    ],
    list: "imports",
};

/// What `verify` says of `account` to a key that may do what the document says; without one, to one that may do all.
fn verified_under(document: Option<&Value>, account: &Value, asked: &Asked) -> Value {
    let world = World::of_account(&account.to_string()).unwrap();
    let mut state: Value = serde_json::from_str(&world.to_json().unwrap()).unwrap();
    if let Some(document) = document {
        state["keys"][0]["allowed"] = document.clone();
    }
    let server = Server::start(Options {
        seed: Some(World::from_json(&state.to_string()).unwrap()),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", asked.spec);
    let arguments = ["verify", "--format", "json", "--dry-run"];
    let run = program.run(&[&arguments, asked.arguments].concat());
    match run.out.is_empty() {
        true => json!(run.err),
        false => run.json()["accounts"][0][asked.list].clone(),
    }
}

#[test]
fn verify_of_exports_sees_everything_under_its_policy_and_less_without_any_entry() {
    sees_no_more_than_it_lists(&OF_EXPORTS, |_| {});
}

#[test]
fn verify_of_imports_sees_everything_under_its_policy_and_less_without_any_entry() {
    sees_no_more_than_it_lists(&OF_IMPORTS, |account| {
        account["roles"][0]["name"] = json!("AliyunECSImageImportDefaultRole");
        account["roles"][0]["attachments"] =
            json!([{ "policy": "system:AliyunECSImageImportRolePolicy" }]);
        account["buckets"][0]["objects"] = json!([{ "key": "app.raw", "content": "image" }]);
    });
}

fn sees_no_more_than_it_lists(asked: &Asked, change: impl Fn(&mut Value)) {
    let healthy: Value = serde_json::from_str(include_str!("../../states/healthy.json")).unwrap();
    let mut account = healthy["accounts"][0].clone();
    change(&mut account);
    for disk in account["images"][0]["disks"].as_array_mut().unwrap() {
        disk.as_object_mut().unwrap().remove("encrypted");
    }
    account["buckets"][0]["worm_days"] = json!(30);
    account["policies"] = json!([{ "name": "Extra", "versions": [version("oss:GetObject")] }]);
    let attached = json!({ "policy": "custom:Extra" });
    account["roles"][0]["attachments"]
        .as_array_mut()
        .unwrap()
        .push(attached);
    let user = Program::new().file("export-iam.yaml", asked.spec);
    let document = printed(&user, &["verify", "--dry-run", "--account", ACCOUNT]);
    let whole = verified_under(None, &account, asked);
    assert_eq!(whole[0]["answer"], "ready", "{whole:#}");
    assert_eq!(verified_under(Some(&document), &account, asked), whole);
    let entries = entries(&document);
    // An account without a directory is asked no further.
    let beyond = [
        "ListAccounts",
        "ListControlPolicyAttachmentsForTarget",
        "GetControlPolicy",
    ];
    let is_beyond =
        |(action, _): &&(String, String)| beyond.iter().any(|end| action.ends_with(end));
    assert_eq!(entries.iter().filter(is_beyond).count(), beyond.len());
    for entry in entries.iter().filter(|entry| !is_beyond(entry)) {
        let less = verified_under(Some(&without(&entries, entry)), &account, asked);
        assert_ne!(less, whole, "verify sees all without {entry:?}");
    }
    let reads = printed(&user, &["verify", "--account", ACCOUNT]);
    for starts in ["ecs:ExportImage", "ecs:ImportImage"] {
        assert!(!reads.to_string().contains(starts), "{reads:#}");
    }
    let linted =
        user.file("operator.json", document.to_string())
            .run(&["policy", "lint", "operator.json"]);
    assert_eq!(linted.ends(0).out, "Nothing to remark.\n");
}

/// How `export` ends for a key that may do what the document says.
fn exported_under(document: &Value) -> i32 {
    let healthy: Value = serde_json::from_str(include_str!("../../states/healthy.json")).unwrap();
    let mut account = healthy["accounts"][0].clone();
    account["exports"] = json!({ "seconds": 0 });
    let world = World::of_account(&account.to_string()).unwrap();
    let mut state: Value = serde_json::from_str(&world.to_json().unwrap()).unwrap();
    state["keys"][0]["allowed"] = document.clone();
    let server = Server::start(Options {
        seed: Some(World::from_json(&state.to_string()).unwrap()),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", EXPORTS);
    let arguments = ["export", "--image", "m-bp1app", "--yes"];
    program.run(&arguments).status
}

#[test]
fn export_works_under_its_policy_and_stops_without_the_calls_it_is_made_of() {
    let user = Program::new().file("export-iam.yaml", EXPORTS);
    let document = printed(&user, &["export", "--account", ACCOUNT]);
    assert_eq!(exported_under(&document), 0);
    let entries = entries(&document);
    for (action, status) in [
        ("ecs:DescribeTasks", 1),
        ("ecs:ExportImage", 1),
        ("ecs:DescribeTaskAttribute", 5),
    ] {
        let entry = entries.iter().find(|(own, _)| own == action);
        let less = without(&entries, entry.unwrap());
        assert_eq!(exported_under(&less), status, "without {action}");
    }
    // One of the two shows the objects.
    let of_objects: Vec<_> = entries
        .iter()
        .filter(|(action, _)| action == "oss:GetObject" || action == "oss:ListObjects")
        .collect();
    assert_eq!(of_objects.len(), 2);
    for entry in of_objects {
        assert_eq!(exported_under(&without(&entries, entry)), 0);
    }
    assert!(entries.iter().any(|(action, _)| action == "ecs:CancelTask"));
}

#[test]
fn the_linter_has_nothing_to_say() {
    for spec in [
        "export-iam.yaml",
        "preset:image-export",
        "preset:image-export-scoped",
        "preset:image-export-custom",
    ] {
        for (command, _) in commands() {
            for account in [&["--account", ACCOUNT][..], &[]] {
                let document = printed(&user(), &[&[command, spec], account].concat());
                let program = user().file("operator.json", document.to_string());
                let run = program.run(&["policy", "lint", "operator.json"]).ends(0);
                assert_eq!(run.out, "Nothing to remark.\n", "{spec} {command}");
            }
        }
    }
}

#[test]
fn writers_are_told_what_they_hold_and_kept_from_their_own_role() {
    let run = user().run(&["permissions", "apply"]).ends(0);
    assert!(
        run.err.contains("these rights amount to administrator"),
        "{}",
        run.err
    );
    let default = printed(&user(), &["destroy"]);
    let deny = |document: &Value| {
        document["Statement"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone()
    };
    assert_eq!(
        deny(&default),
        json!({ "Effect": "Deny", "Action": ["ram:*"], "Resource": [
            "acs:ram:*:*:policy/ExportIamOperator", "acs:ram:*:*:role/ExportIamOperator"
        ]})
    );
    let named = printed(
        &user(),
        &["apply", "--operator-role", "Setup", "--account", ACCOUNT],
    );
    assert_eq!(
        deny(&named)["Resource"],
        json!([
            format!("acs:ram:*:{ACCOUNT}:policy/Setup"),
            format!("acs:ram:*:{ACCOUNT}:role/Setup")
        ])
    );
    for command in ["plan", "drift"] {
        assert_eq!(deny(&printed(&user(), &[command]))["Effect"], "Allow");
    }
    let run = user()
        .run(&["permissions", "apply", "--operator-role", "exporter"])
        .ends(1);
    run.warns("the spec manages `exporter`, which the operator's policy has to put out of reach");
    let run = user()
        .run(&["permissions", "apply", "--operator-role", "a/b"])
        .ends(64);
    assert!(run.out.is_empty());
}

#[test]
fn the_way_into_other_accounts_suffices_and_is_needed() {
    let folder = "discover: { resource_directory: rd-sandbox, folder: fd-odd }\n";
    for discover in ["discover: { resource_directory: true }\n", folder] {
        let spec = format!("{SPEC}{discover}");
        let program = Program::new().file("export-iam.yaml", &spec);
        let run = program
            .run(&["permissions", "plan", "--format", "json"])
            .ends(0);
        let way_in = run.json()["policies"][0]["document"].clone();
        let plan = |document: &Value| {
            let fleet = Fleet {
                members: 4,
                ..Fleet::default()
            };
            let world = World::fleet(fleet).unwrap();
            let mut state: Value = serde_json::from_str(&world.to_json().unwrap()).unwrap();
            state["keys"][0]["allowed"] = document.clone();
            let server = Server::start(Options {
                seed: Some(World::from_json(&state.to_string()).unwrap()),
                latency: Duration::ZERO,
                ..Options::default()
            });
            let program = Program::new()
                .with_all(&server.environment())
                .file("export-iam.yaml", &spec);
            program.run(&["plan"])
        };
        let run = plan(&way_in);
        assert!(worked(&run, "plan"), "{discover}{}{}", run.out, run.err);
        let entries = entries(&way_in);
        for entry in &entries {
            assert!(
                !worked(&plan(&without(&entries, entry)), "plan"),
                "{discover} works without {entry:?}"
            );
        }
    }
}
