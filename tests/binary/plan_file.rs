//! Saved plans: what was changed in the file, what moved in the account, and the way back.

use std::collections::BTreeMap;

use crate::support::{Program, Run, Server};
use export_iam::plan::file::SavedPlan;
use export_iam::sandbox::World;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ECS: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":["sts:AssumeRole"]}]}"#;
const OSS: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]},"Action":["sts:AssumeRole"]}]}"#;
const READ: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:a/*"]}]}"#;
const WRITE: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:PutObject"],"Resource":["acs:oss:*:*:a/*"]}]}"#;

/// A plan that version 0.1.0 saved, of [`account`] and [`SPEC`].
const SAVED: &str = include_str!("../saved_plans/format-1.json");

#[test]
fn a_plan_that_an_earlier_version_saved_is_read_as_it_was_written() {
    let (saved, digest) = SavedPlan::parse(SAVED).unwrap();
    assert_eq!(saved.to_text().unwrap(), (SAVED.to_owned(), digest));
    assert_eq!(saved.plan().unwrap().steps.len(), 9);
}

/// An account that differs from the spec below in everything that can differ.
fn account() -> Value {
    json!({
        "roles": [{
            "name": "ci", "trust": OSS, "description": "old", "max_session_duration": 3600,
            "tags": { "team": "old" },
            "attachments": [{ "policy": "custom:reads" }, { "policy": "system:AliyunOSSFullAccess" }],
        }],
        "policies": [{
            "name": "reads", "description": "old", "tags": { "team": "old" },
            "versions": [{ "id": "v1", "document": WRITE }, { "id": "v2", "document": READ }],
            "default": "v2",
        }],
    })
}

const SPEC: &str = r#"
version: 1
policies:
  - name: reads
    description: new
    tags: { team: new }
    document: { Version: "1", Statement: [ { Effect: Allow, Action: [ "oss:GetObject", "oss:GetBucketInfo" ], Resource: "*" } ] }
  - name: fresh
    document: { Version: "1", Statement: [ { Effect: Allow, Action: "oss:ListBuckets", Resource: "*" } ] }
roles:
  - name: ci
    description: new
    max_session_duration: 7200
    tags: { team: new }
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: reads }, { custom: fresh }, { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
"#;

/// An account, a user with its key, and a plan saved as `plan.json`.
struct Bench {
    server: Server,
    program: Program,
    digest: String,
}

impl Bench {
    fn new() -> Self {
        Self::of(&account(), SPEC)
    }

    fn of(account: &Value, spec: &str) -> Self {
        let server = Server::of(&account.to_string());
        let program = Program::new()
            .with_all(&server.environment())
            .file("spec.yaml", spec);
        let saved = program
            .run(&["plan", "spec.yaml", "--out", "plan.json"])
            .ends(0);
        let (_, digest) = saved.err.split_once("digest ").unwrap();
        let digest = digest.trim().to_owned();
        Self {
            server,
            program,
            digest,
        }
    }

    fn text(&self) -> String {
        self.program.read("plan.json")
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    fn apply(&self, more: &[&str]) -> Run {
        let mut arguments = vec!["apply", "--plan", "plan.json", "--yes"];
        for risk in ["transient", "trust", "admin"] {
            arguments.extend(["--allow", risk]);
        }
        arguments.extend(more);
        self.program.run(&arguments)
    }

    /// Writes these bytes in the place of the plan, which must then be refused before any call.
    #[track_caller]
    fn refuses(&self, name: &str, bytes: &[u8]) -> Run {
        std::fs::write(self.program.path().join("plan.json"), bytes).unwrap();
        let before = self.server.calls().records().count();
        let run = self.apply(&[]);
        assert_eq!(run.status, 3, "{name}: {}", run.told());
        assert!(run.err.contains("plan.json"), "{name}: {}", run.told());
        assert_eq!(self.server.calls().records().count(), before, "{name}");
        run
    }

    /// Changes the account by hand.
    fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut world: Value =
            serde_json::from_str(&self.server.sandbox().world().to_json().unwrap()).unwrap();
        change(&mut world["accounts"][0]);
        let world = World::from_json(&world.to_string()).unwrap();
        self.server.sandbox().set_world(world);
    }
}

/// What people see of the account: no ids, dates or numbers of versions.
fn described(server: &Server) -> Value {
    let world: Value = serde_json::from_str(&server.sandbox().world().to_json().unwrap()).unwrap();
    let account = &world["accounts"][0];
    let parsed = |text: &Value| -> Value { serde_json::from_str(text.as_str().unwrap()).unwrap() };
    let mut shown = BTreeMap::new();
    for role in account["roles"].as_array().unwrap() {
        let mut attached: Vec<&str> = role["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attached| attached["policy"].as_str().unwrap())
            .collect();
        attached.sort_unstable();
        let name = format!("role/{}", role["name"].as_str().unwrap());
        shown.insert(
            name,
            json!({
                "trust": parsed(&role["trust"]), "description": role["description"],
                "session": role["max_session_duration"], "tags": role["tags"], "attached": attached,
            }),
        );
    }
    for policy in account["policies"].as_array().unwrap() {
        let versions = policy["versions"].as_array().unwrap();
        let default = versions
            .iter()
            .find(|version| version["id"] == policy["default"])
            .unwrap();
        let name = format!("policy/{}", policy["name"].as_str().unwrap());
        shown.insert(name, json!({
            "document": parsed(&default["document"]), "description": policy["description"], "tags": policy["tags"],
        }));
    }
    json!(shown)
}

// The file.

#[test]
fn a_saved_plan_is_carried_out_as_it_is() {
    let bench = Bench::new();
    assert_eq!(bench.server.writes(), 0);
    bench.apply(&["--expect-digest", &bench.digest]).ends(0);
    assert_eq!(
        bench.server.writes(),
        bench.value()["steps"].as_array().unwrap().len()
    );
    bench
        .program
        .run(&["plan", "spec.yaml", "--detailed-exitcode"])
        .ends(0);
    // It was for the account as it was.
    bench.apply(&[]).ends(3).warns("moved");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.apply(&["--undo-out", "undo.json"]).ends(0);
    for file in ["plan.json", "undo.json"] {
        let mode = std::fs::metadata(bench.program.path().join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn it_holds_no_secret_and_is_the_same_twice() {
    let bench = Bench::new();
    let first = bench.text();
    assert!(!first.contains("sandbox-secret"));
    assert!(first.ends_with("}\n"));
    bench
        .program
        .run(&["plan", "spec.yaml", "--out", "plan.json"])
        .ends(0);
    assert_eq!(bench.text(), first);
}

#[test]
fn another_digest_than_expected_is_refused_before_any_call() {
    let bench = Bench::new();
    let calls = bench.server.calls().records().count();
    for wrong in [
        "",
        "sha256:",
        "x",
        &bench.digest[..20],
        &bench.digest.to_uppercase(),
    ] {
        bench
            .apply(&[&format!("--expect-digest={wrong}")])
            .ends(3)
            .warns("digest");
    }
    assert_eq!(bench.server.calls().records().count(), calls);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bench = Bench::new();
    let text = bench.text();
    // The last line break may go: nothing is lost with it.
    for length in (0..text.len() - 1).step_by(64).chain([text.len() - 2]) {
        let error = SavedPlan::parse(&text[..length]).unwrap_err().to_string();
        assert!(
            !error.is_empty() && !error.contains('\n'),
            "{length}: {error}"
        );
    }
    for length in [0, 64, text.len() / 2, text.len() - 2] {
        bench.refuses("cut", &text.as_bytes()[..length]);
    }
}

#[test]
fn a_file_changed_in_any_byte_is_refused_or_says_the_same() {
    let text = Bench::new().text();
    let value: Value = serde_json::from_str(&text).unwrap();
    for at in (0..text.len()).step_by(7) {
        for other in [b'x', b'0', b'"', b' '] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = other;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            if SavedPlan::parse(&changed).is_ok() {
                let same: Value = serde_json::from_str(&changed).unwrap();
                assert_eq!(same, value, "byte {at}");
            }
        }
    }
}

/// Every place in a document, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    if !at.is_empty() {
        all.push(at.to_owned());
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(
                    value,
                    &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    all,
                );
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{number}"), all);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, place: &str) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!(),
    }
}

/// Puts the digest right again, as somebody would who knows how.
fn sealed(value: &Value) -> String {
    let mut value = value.clone();
    let Some(members) = value.as_object_mut() else {
        return serde_json::to_string_pretty(&value).unwrap() + "\n";
    };
    members.remove("digest");
    let digest = Sha256::digest(value.to_string().as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    value["digest"] = json!(format!("sha256:{hex}"));
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![
        json!(null),
        json!(true),
        json!(7),
        json!([]),
        json!({}),
        json!("x"),
        json!(["x"]),
    ];
    if let Some(text) = value.as_str() {
        others.push(json!(format!("{text}x")));
        others.push(json!(""));
    }
    others.retain(|other| other != value);
    others
}

#[test]
fn no_member_can_be_edited_removed_or_retyped() {
    let value = Bench::new().value();
    let mut all = Vec::new();
    places(&value, "", &mut all);
    assert!(all.len() > 60, "{}", all.len());
    for place in &all {
        let mut removed = value.clone();
        remove(&mut removed, place);
        assert!(SavedPlan::parse(&removed.to_string()).is_err(), "{place}");
        for other in others(value.pointer(place).unwrap()) {
            let mut edited = value.clone();
            *edited.pointer_mut(place).unwrap() = other;
            assert!(SavedPlan::parse(&edited.to_string()).is_err(), "{place}");
        }
    }
    let bench = Bench::new();
    for place in [
        "/steps",
        "/account",
        "/observed/roles/0/trust",
        "/desired",
        "/format",
        "/digest",
    ] {
        let mut removed = value.clone();
        remove(&mut removed, place);
        bench.refuses(place, removed.to_string().as_bytes());
    }
}

/// With the digest put right too, a file may at most be read: the steps it shows are those it stands for.
#[test]
fn an_edit_with_a_new_digest_cannot_hide_a_step() {
    let value = Bench::new().value();
    let mut all = Vec::new();
    places(&value, "", &mut all);
    let mut taken = 0;
    for place in &all {
        let mut variants = Vec::new();
        let mut removed = value.clone();
        remove(&mut removed, place);
        variants.push(removed);
        for other in others(value.pointer(place).unwrap()) {
            let mut edited = value.clone();
            *edited.pointer_mut(place).unwrap() = other;
            variants.push(edited);
        }
        for variant in variants {
            match SavedPlan::parse(&sealed(&variant)) {
                Ok((saved, _)) => {
                    taken += 1;
                    let plan = saved.plan().unwrap();
                    let steps: Vec<String> = plan
                        .steps
                        .iter()
                        .map(|step| format!("{} {}", step.wave + 1, step.step))
                        .collect();
                    assert_eq!(json!(steps), variant["steps"], "{place}");
                    assert_eq!(
                        json!(saved.account().as_str()),
                        variant["account"],
                        "{place}"
                    );
                }
                Err(error) => assert!(!error.to_string().contains('\n'), "{place}: {error}"),
            }
        }
    }
    assert!(taken > 0, "such as another origin");
}

#[test]
fn what_was_read_cannot_be_edited_past_the_account() {
    let bench = Bench::new();
    let mut value = bench.value();
    value["observed"]["roles"][0]["description"] = json!("another");
    let text = sealed(&value);
    assert!(SavedPlan::parse(&text).is_ok());
    std::fs::write(bench.program.path().join("plan.json"), text).unwrap();
    bench.apply(&[]).ends(3).warns("description");
    assert_eq!(bench.server.writes(), 0);
}

#[test]
fn files_that_are_no_saved_plans_are_refused_with_their_name() {
    let bench = Bench::new();
    let value = bench.value();
    let text = bench.text();
    let with = |place: &str, other: Value| {
        let mut value = value.clone();
        *value.pointer_mut(place).unwrap() = other;
        sealed(&value).into_bytes()
    };
    let doubled = |member: &str| {
        let first = format!("{{\n  \"{member}\": {},", json!({ "looks": "harmless" }));
        text.replacen('{', &first, 1).into_bytes()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blank", b" \n".to_vec()),
        ("not JSON", b"version: 1\n".to_vec()),
        ("half a number", b"1e".to_vec()),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("a text", b"\"plan\"".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("another format", with("/format", json!("terraform plan"))),
        ("a newer format", with("/format_version", json!(2))),
        (
            "a format without number",
            with("/format_version", json!("1")),
        ),
        ("a negative format", with("/format_version", json!(-1))),
        ("a huge format", with("/format_version", json!(u64::MAX))),
        (
            "another account",
            with("/account", json!("9999999999999999")),
        ),
        ("no account", with("/account", json!(""))),
        (
            "another caller's account",
            with("/observed/caller/account", json!("9999999999999999")),
        ),
        ("no steps", with("/steps", json!([]))),
        (
            "a bad role name",
            with("/desired/roles/0/name", json!("../ci")),
        ),
        (
            "a bad policy type",
            with("/desired/roles/0/policies/0/type", json!("custom")),
        ),
        (
            "a bad word for extra policies",
            with("/desired/roles/0/extra_policies", json!("drop")),
        ),
        (
            "a trust policy that is none",
            with("/desired/roles/0/trust", json!("{}")),
        ),
        (
            "a document that is none",
            with("/desired/policies/0/document", json!("[]")),
        ),
        (
            "a document of another version",
            with(
                "/desired/policies/0/document",
                json!(READ.replace("\"1\"", "\"2\"")),
            ),
        ),
        (
            "a version id that is none",
            with("/observed/policies/0/default_version", json!("latest")),
        ),
        (
            "a number for a name",
            with("/desired/roles/0/name", json!(7)),
        ),
        (
            "an unknown member",
            with(
                "/desired/exports",
                json!([{ "region": "cn-hangzhou", "bucket": "abc", "x": 1 }]),
            ),
        ),
        (
            "a digest of another kind",
            with("/origin", json!("x"))
                .iter()
                .map(|b| if *b == b':' { b';' } else { *b })
                .collect(),
        ),
        ("a text behind it", [text.as_bytes(), b"{}"].concat()),
        ("two of it", [text.as_bytes(), text.as_bytes()].concat()),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        ),
        ("not UTF-8", [text.as_bytes(), b"\xff"].concat()),
        (
            "UTF-16",
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("zeros", vec![0; 1000]),
        (
            "deep nesting",
            [b"[".repeat(200_000), b"]".repeat(200_000)].concat(),
        ),
        (
            "deep nesting in an object",
            "{\"a\":".repeat(100_000).into_bytes(),
        ),
        ("members twice: steps", doubled("steps")),
        ("members twice: desired", doubled("desired")),
        ("members twice: account", doubled("account")),
        (
            "members twice, deep inside",
            text.replacen(
                "\"extra_policies\"",
                "\"extra_policies\": \"keep\", \"extra_policies\"",
                1,
            )
            .into_bytes(),
        ),
        ("a role twice", {
            let mut value = value.clone();
            let role = value["desired"]["roles"][0].clone();
            value["desired"]["roles"].as_array_mut().unwrap().push(role);
            sealed(&value).into_bytes()
        }),
        (
            "huge",
            [b"{\"a\":\"".as_slice(), &b"x".repeat(17 << 20), b"\"}"].concat(),
        ),
    ];
    for (name, bytes) in &cases {
        let run = bench.refuses(name, bytes);
        assert!(run.err.len() < 2000, "{name}: {}", run.err.len());
    }
    assert!(cases.len() >= 40);
    assert_eq!(bench.server.writes(), 0);
}

#[test]
fn a_plan_that_is_no_file_is_an_error_with_its_name() {
    let bench = Bench::new();
    for name in ["missing.json", ".", "spec.yaml/plan.json"] {
        let run = bench.program.run(&["apply", "--yes", "--plan", name]);
        assert!(matches!(run.status, 1 | 3), "{}", run.told());
        assert!(run.err.contains(name), "{}", run.told());
    }
}

#[test]
fn a_plan_for_another_account_asks_nothing_of_this_one() {
    let bench = Bench::new();
    let other = Server::start(export_iam::sandbox::Options {
        seed: Some(World::of_account(r#"{"id":"9999999999999999"}"#).unwrap()),
        ..Default::default()
    });
    let program = Program::new()
        .with_all(&other.environment())
        .file("plan.json", bench.text());
    program
        .run(&["apply", "--yes", "--plan", "plan.json"])
        .ends(3)
        .warns("9999999999999999");
    assert_eq!(other.calls().count("GetRole"), 0);
    assert_eq!(other.writes(), 0);
    let run = bench.program.run(&[
        "apply",
        "--yes",
        "--plan",
        "plan.json",
        "--account",
        "9999999999999999",
    ]);
    run.ends(3);
    assert_eq!(bench.server.writes(), 0);
}

// The account.

type Move = (&'static str, &'static str, fn(&mut Value));

/// What can move in an account, what is said of it, and how it is done.
const MOVES: [Move; 21] = [
    ("trust", "trust policy", |account| {
        account["roles"][0]["trust"] = json!(ECS)
    }),
    ("description", "description", |account| {
        account["roles"][0]["description"] = json!("moved")
    }),
    ("session", "session", |account| {
        account["roles"][0]["max_session_duration"] = json!(7200)
    }),
    ("a role's tag", "tags", |account| {
        account["roles"][0]["tags"] = json!({ "team": "moved" })
    }),
    ("another tag of a role", "tags", |account| {
        account["roles"][0]["tags"]["more"] = json!("x")
    }),
    ("attached", "attached", |account| {
        let attached = json!({ "policy": "system:AliyunECSImageExportRolePolicy" });
        account["roles"][0]["attachments"]
            .as_array_mut()
            .unwrap()
            .push(attached);
    }),
    ("attached what nobody named", "attached", |account| {
        let attached = json!({ "policy": "system:AdministratorAccess" });
        account["roles"][0]["attachments"]
            .as_array_mut()
            .unwrap()
            .push(attached);
    }),
    ("detached", "attached", |account| {
        drop(
            account["roles"][0]["attachments"]
                .as_array_mut()
                .unwrap()
                .remove(1),
        )
    }),
    ("role deleted", "role", |account| {
        account["roles"] = json!([])
    }),
    ("default version", "version", |account| {
        account["policies"][0]["default"] = json!("v1")
    }),
    ("new version in force", "version", |account| {
        account["policies"][0]["versions"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "v3", "document": WRITE }));
        account["policies"][0]["default"] = json!("v3");
        account["policies"][0]["last_version"] = json!(3);
    }),
    ("new version, not in force", "version", |account| {
        account["policies"][0]["versions"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "v3", "document": WRITE }));
        account["policies"][0]["last_version"] = json!(3);
    }),
    ("version dropped", "version", |account| {
        drop(
            account["policies"][0]["versions"]
                .as_array_mut()
                .unwrap()
                .remove(0),
        )
    }),
    ("document", "document", |account| {
        account["policies"][0]["versions"][1]["document"] = json!(WRITE)
    }),
    (
        "recreated with other spare versions",
        "version",
        |account| {
            account["policies"][0]["versions"][0]["document"] = json!(ECS);
        },
    ),
    ("policy description", "description", |account| {
        account["policies"][0]["description"] = json!("moved")
    }),
    ("a policy's tag", "tags", |account| {
        account["policies"][0]["tags"] = json!({})
    }),
    ("policy deleted", "policy", |account| {
        account["policies"] = json!([]);
        account["roles"][0]["attachments"]
            .as_array_mut()
            .unwrap()
            .remove(0);
    }),
    ("policy made meanwhile", "policy", |account| {
        let policy = json!({ "name": "fresh", "versions": [{ "document": READ }] });
        account["policies"].as_array_mut().unwrap().push(policy);
    }),
    (
        "role deleted and recreated by others",
        "attached",
        |account| {
            account["roles"][0]["attachments"] = json!([]);
            account["roles"][0]["id"] = json!("399999999999999999");
        },
    ),
    (
        "a system policy rewritten by the provider",
        "document",
        |account| {
            account["system_policies"] =
                json!([{ "name": "AliyunOSSFullAccess", "document": READ, "version": "v1" }]);
        },
    ),
];

#[test]
fn a_plan_is_stale_when_anything_it_was_made_from_has_moved() {
    for (name, what, change) in MOVES {
        let bench = Bench::new();
        bench.change(change);
        let run = bench.apply(&[]);
        assert_eq!(run.status, 3, "{name}: {}", run.told());
        assert!(
            run.err.contains(what) && run.err.contains("stale"),
            "{name}: {}",
            run.told()
        );
        assert_eq!(bench.server.writes(), 0, "{name}");
    }
}

#[test]
fn what_was_absent_and_is_there_makes_a_plan_stale() {
    let bench = Bench::of(&json!({}), SPEC);
    bench.change(|own| own["roles"] = json!([{ "name": "CI", "trust": ECS }]));
    bench.apply(&[]).ends(3).warns("role/");
    assert_eq!(bench.server.writes(), 0);
}

#[test]
fn who_else_holds_policies_counts_where_two_of_them_change() {
    let policy =
        |name: &str| json!({ "name": name, "versions": [{ "id": "v1", "document": READ }] });
    let wanted = |name: &str| format!("  - {{ name: {name}, document: {WRITE} }}\n");
    let spec = format!("version: 1\npolicies:\n{}{}", wanted("one"), wanted("two"));
    let bench = Bench::of(
        &json!({ "policies": [policy("one"), policy("two")] }),
        &spec,
    );
    bench.change(|own| {
        own["users"] = json!([{ "name": "alice", "attachments": [{ "policy": "custom:one" }] }]);
    });
    let run = bench.apply(&[]);
    run.ends(3)
        .warns("use elsewhere of `policy/one` has changed: planned from none, is now some");
    assert_eq!(bench.server.writes(), 0);
}

#[test]
fn moves_that_mean_nothing_do_not_make_a_plan_stale() {
    let moves: [(&str, fn(&mut Value)); 5] = [
        ("other words of a trust policy", |account| {
            let words = "{\n\"Statement\":{\"Action\":\"sts:AssumeRole\",\"Principal\":{\"Service\":\"oss.aliyuncs.com\"},\"Effect\":\"Allow\"},\"Version\":\"1\"}";
            account["roles"][0]["trust"] = json!(words);
        }),
        ("the order of attachments", |account| {
            account["roles"][0]["attachments"]
                .as_array_mut()
                .unwrap()
                .reverse()
        }),
        ("something else in the account", |account| {
            let role = json!({ "name": "other", "trust": ECS });
            account["roles"].as_array_mut().unwrap().push(role);
        }),
        ("who else holds a policy", |account| {
            account["users"] =
                json!([{ "name": "alice", "attachments": [{ "policy": "custom:reads" }] }]);
        }),
        ("another spelling of the role", |account| {
            account["roles"][0]["name"] = json!("CI")
        }),
    ];
    for (name, change) in moves {
        let bench = Bench::new();
        bench.change(change);
        let run = bench.apply(&[]);
        assert_eq!(run.status, 0, "{name}: {}", run.told());
        bench
            .program
            .run(&["plan", "spec.yaml", "--detailed-exitcode"])
            .ends(0);
    }
}

// The way back.

/// The smallest spec that changes one thing of the account above, by what it changes.
const CHANGES: [(&str, &str); 9] = [
    (
        "trust",
        "roles: [ { name: ci, trust: { service: ecs.aliyuncs.com } } ]",
    ),
    (
        "description",
        "roles: [ { name: ci, description: new, trust: { service: oss.aliyuncs.com } } ]",
    ),
    (
        "session",
        "roles: [ { name: ci, max_session_duration: 7200, trust: { service: oss.aliyuncs.com } } ]",
    ),
    (
        "tag value",
        "roles: [ { name: ci, tags: { team: new }, trust: { service: oss.aliyuncs.com } } ]",
    ),
    (
        "attachment",
        "roles: [ { name: ci, trust: { service: oss.aliyuncs.com }, policies: [ { system: AliyunECSImageExportRolePolicy } ] } ]",
    ),
    (
        "detached",
        "roles: [ { name: ci, trust: { service: oss.aliyuncs.com }, policies: [], extra_policies: detach } ]",
    ),
    (
        "document",
        "policies: [ { name: reads, document: { Version: \"1\", Statement: [ { Effect: Allow, Action: \"oss:ListBuckets\", Resource: \"*\" } ] } } ]",
    ),
    (
        "default version",
        "policies: [ { name: reads, description: new, document: { Version: \"1\", Statement: [ { Effect: Allow, Action: \"oss:PutObject\", Resource: \"acs:oss:*:*:a/*\" } ] } } ]",
    ),
    (
        "created",
        "policies: [ { name: fresh, document: { Version: \"1\", Statement: [ { Effect: Allow, Action: \"oss:ListBuckets\", Resource: \"*\" } ] } } ]\nroles: [ { name: new, trust: { service: oss.aliyuncs.com }, policies: [ { custom: fresh }, { system: AliyunOSSFullAccess } ] } ]",
    ),
];

#[test]
fn undo_gives_back_the_first_state_of_each_kind_of_change() {
    let everything = (
        "everything",
        SPEC.trim_start().trim_start_matches("version: 1\n"),
    );
    for (name, spec) in CHANGES.into_iter().chain([everything]) {
        let bench = Bench::of(&account(), &format!("version: 1\n{spec}\n"));
        let before = described(&bench.server);
        bench.apply(&["--undo-out", "undo.json"]).ends(0);
        let after = described(&bench.server);
        assert_ne!(after, before, "{name}");
        let allowed = [
            "--allow",
            "transient",
            "--allow",
            "trust",
            "--allow",
            "admin",
        ];
        let back = [
            &["apply", "--plan", "undo.json", "--yes"],
            allowed.as_slice(),
        ]
        .concat();
        let run = bench.program.run(&back);
        assert_eq!(run.status, 0, "{name}: {}", run.told());
        assert_eq!(described(&bench.server), before, "{name}");
        // The way back is for once.
        let writes = bench.server.writes();
        let run = bench.program.run(&back);
        assert_eq!(run.status, 3, "{name}: {}", run.told());
        assert_eq!(bench.server.writes(), writes, "{name}");
    }
}

#[test]
fn undo_restores_each_text_byte_for_byte() {
    // Nobody here would write them so; and the version that was in force has a twin with another text.
    let trust = "{ \"Statement\" : [{ \"Effect\":\"Allow\",\n\"Principal\":{\"Service\":\"oss.aliyuncs.com\"}, \
                 \"Action\":\"sts:AssumeRole\"}],\"Version\":\"1\" }\n";
    let document = READ.replace(',', ",\n\t");
    let mut account = account();
    account["roles"][0]["trust"] = json!(trust);
    account["policies"][0]["versions"] =
        json!([{ "id": "v1", "document": document }, { "id": "v2", "document": READ }]);
    account["policies"][0]["default"] = json!("v1");
    let bench = Bench::of(&account, SPEC);
    let texts = || {
        let world = bench.server.sandbox().world().to_json().unwrap();
        let world: Value = serde_json::from_str(&world).unwrap();
        let account = &world["accounts"][0];
        let policies = account["policies"].as_array().unwrap();
        let policy = policies
            .iter()
            .find(|policy| policy["name"] == "reads")
            .unwrap();
        let mut versions = policy["versions"].as_array().unwrap().iter();
        let default = versions.find(|version| version["id"] == policy["default"]);
        (
            account["roles"][0]["trust"].clone(),
            default.unwrap()["document"].clone(),
        )
    };
    bench.apply(&["--undo-out", "undo.json"]).ends(0);
    assert_ne!(texts().0, json!(trust));
    assert_ne!(texts().1, json!(document));
    let back = ["apply", "--plan", "undo.json", "--yes"];
    let allowed = [
        "--allow",
        "transient",
        "--allow",
        "trust",
        "--allow",
        "admin",
    ];
    let run = bench.program.run(&[&back[..], &allowed].concat());
    assert_eq!(run.status, 0, "{}", run.told());
    assert_eq!(texts(), (json!(trust), json!(document)));
}

#[test]
fn undo_goes_through_the_same_gate() {
    let bench = Bench::new();
    bench.apply(&["--undo-out", "undo.json"]).ends(0);
    let writes = bench.server.writes();
    let stale = Bench::new();
    drop(stale);
    bench.change(|account| account["roles"][0]["description"] = json!("moved"));
    bench
        .program
        .run(&["apply", "--plan", "undo.json", "--yes"])
        .ends(3)
        .warns("description");
    let text = bench.program.read("undo.json").replacen("old", "odd", 1);
    std::fs::write(bench.program.path().join("undo.json"), text).unwrap();
    bench
        .program
        .run(&["apply", "--plan", "undo.json", "--yes"])
        .ends(3)
        .warns("undo.json");
    assert_eq!(bench.server.writes(), writes);
}

#[test]
fn a_role_opened_to_strangers_is_not_opened_again_by_undo_unasked() {
    let stranger = ECS.replace(
        "\"Service\":[\"ecs.aliyuncs.com\"]",
        "\"RAM\":[\"acs:ram::9999999999999999:root\"]",
    );
    let account = json!({ "roles": [{ "name": "ci", "trust": stranger }] });
    let bench = Bench::of(
        &account,
        "version: 1\nroles: [ { name: ci, trust: { service: ecs.aliyuncs.com } } ]\n",
    );
    bench.apply(&["--undo-out", "undo.json"]).ends(0);
    bench
        .program
        .run(&["apply", "--plan", "undo.json", "--yes"])
        .ends(3)
        .warns("--allow trust");
    bench
        .program
        .run(&["apply", "--plan", "undo.json", "--yes", "--allow", "trust"])
        .ends(0);
}
