//! What the checks say of role, bucket policy and control policies, and of the object of an import, is what the sandbox's
//! ExportImage or ImportImage then does.
//!
//! Both are decided by code that has only the parsed conditions in common. What is not documented, such as whether ECS
//! calls over HTTPS or what it names its session, is tried in many ways: "ready" must work in all, "blocked" in none,
//! and where it depends there must be one of each.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::chance::Chance;
use super::ecs::{IMAGE, client, ecs, healthy};
use super::statements::{actions, conditions, document};
use export_iam::model::{
    AccountId, Bucket, BucketName, BucketObject, ControlPolicy, ControlTarget, EXPORT_ROLE,
    ExportQuestion, IMPORT_ROLE, ImportQuestion, Layer, ObjectKey, ObservedServices, RegionId,
    Restore, RoleName,
};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use export_iam::readiness::{
    Answer, Attached, AttachedInGroup, Check, CheckKind, Facts, Question, Role, RoleTrust,
    answer_of, checks,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

/// The member account that exports, and the management account, which owns the bucket in some cases.
const MEMBER: &str = "2000000000000001";
const MAIN: &str = "1234567890123456";
const GROUP: &str = "rg-1";
const FULL: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Role, bucket policy and control policies, as lists of statements; no policy where a list is empty.
#[derive(Debug, Clone, Default)]
struct Case {
    own: Vec<Value>,
    in_group: Vec<Value>,
    bucket: Vec<Value>,
    account: Vec<Value>,
    folder: Vec<Value>,
    root: Vec<Value>,
    is_foreign: bool,
    /// What is imported; an export is asked about where there is none.
    import: Option<Object>,
}

/// An object, and what is in its place.
#[derive(Debug, Clone)]
struct Object {
    key: &'static str,
    /// As in a state of the sandbox; null for none.
    held: Value,
}

impl Case {
    fn role(&self) -> &'static str {
        match self.import {
            Some(_) => IMPORT_ROLE,
            None => EXPORT_ROLE,
        }
    }

    /// The state of the sandbox.
    fn state(&self) -> Value {
        let mut state = healthy();
        let mut member = state["accounts"][0].clone();
        member["id"] = json!(MEMBER);
        let mut attachments = Vec::new();
        let mut policies = Vec::new();
        for (name, statements, group) in [
            ("Own", &self.own, None),
            ("InGroup", &self.in_group, Some(GROUP)),
        ] {
            if !statements.is_empty() {
                policies.push(
                    json!({ "name": name, "versions": [{ "document": document(statements) }] }),
                );
                attachments
                    .push(json!({ "policy": format!("custom:{name}"), "resource_group": group }));
            }
        }
        member["policies"] = json!(policies);
        member["roles"][0]["attachments"] = json!(attachments);
        member["roles"][0]["name"] = json!(self.role());
        let mut bucket = json!({ "name": "exports-hz" });
        if let Some(Object { key, held }) = &self.import
            && !held.is_null()
        {
            let mut held = held.clone();
            held["key"] = json!(key);
            bucket["objects"] = json!([held]);
        }
        if !self.bucket.is_empty() {
            bucket["policy"] = document(&self.bucket);
        }
        let (of_main, of_member) = match self.is_foreign {
            true => (json!([bucket]), json!([])),
            false => (json!([]), json!([bucket])),
        };
        state["accounts"][0]["buckets"] = of_main;
        state["accounts"][0]["images"] = json!([]);
        member["buckets"] = of_member;
        if !self.account.is_empty() {
            member["control_policy"] = document(&self.account);
        }
        state["accounts"].as_array_mut().unwrap().push(member);
        state["keys"] = json!([
            { "id": "sandbox-key", "secret": "sandbox-secret", "account": MEMBER },
            { "id": "main", "secret": "main" },
        ]);
        let of_directory = [
            ("folder", &self.folder, "fd-1"),
            ("root", &self.root, "r-sandbox"),
        ];
        let controls: Vec<Value> = of_directory
            .into_iter()
            .filter(|(_, statements, _)| !statements.is_empty())
            .map(|(name, statements, target)| {
                json!({ "id": name, "name": name, "document": document(statements), "targets": [target] })
            })
            .collect();
        state["directory"] = json!({
            "id": "rd-1",
            "folders": [{ "id": "fd-1", "name": "prod" }],
            "members": [{ "account": MEMBER, "folder": "fd-1" }],
            "control_policies": controls,
        });
        state
    }

    /// What is read of the object, and who may be asked about it.
    fn object(&self) -> Layer<Option<BucketObject>> {
        let Some(Object { key, held }) = &self.import else {
            return Layer::NotAsked;
        };
        let text = |name: &str| held[name].as_str();
        let is_there = !held.is_null();
        Layer::Read(is_there.then(|| BucketObject {
            key: (*key).to_owned(),
            size: held["size"].as_u64().unwrap_or_default(),
            storage_class: text("storage_class").map(str::to_owned),
            restore: text("restored").map(|_| Restore::Done),
            modified: None,
        }))
    }

    /// What the checks of the policies, and of the object, say.
    fn checks(&self) -> Vec<Check> {
        let parse = |statements: &[Value]| {
            let text = document(statements).to_string();
            (!statements.is_empty()).then(|| PolicyDocument::parse(&text).unwrap())
        };
        let (own, in_group) = (parse(&self.own), parse(&self.in_group));
        let attached: Vec<Attached<'_>> = own
            .iter()
            .map(|document| Attached {
                name: "Own",
                document: Some(document),
            })
            .collect();
        let in_groups: Vec<AttachedInGroup<'_>> = in_group
            .iter()
            .map(|document| AttachedInGroup {
                group: GROUP,
                attached: Attached {
                    name: "InGroup",
                    document: Some(document),
                },
            })
            .collect();
        let mut controls = Vec::new();
        for (name, statements, target) in [
            ("account", &self.account, ControlTarget::Account),
            (
                "folder",
                &self.folder,
                ControlTarget::Folder("fd-1".to_owned()),
            ),
            ("root", &self.root, ControlTarget::Root),
        ] {
            if statements.is_empty() {
                continue;
            }
            let policy = |name: &str, document: String| ControlPolicy {
                is_of_resources: false,
                name: name.to_owned(),
                target: target.clone(),
                document,
            };
            controls.push(policy(name, document(statements).to_string()));
            if name != "account" {
                controls.push(policy("FullAliyunAccess", FULL.to_owned()));
            }
        }
        let owner = if self.is_foreign { MAIN } else { MEMBER };
        let bucket = Bucket {
            name: "exports-hz".to_owned(),
            region: "cn-hangzhou".to_owned(),
            owner: owner.to_owned(),
            storage_class: "Standard".to_owned(),
            ..Bucket::default()
        };
        let policy = (!self.bucket.is_empty()).then(|| document(&self.bucket).to_string());
        let trust = TrustPolicy::for_service("ecs.aliyuncs.com");
        let region = Some(RegionId::new("cn-hangzhou").unwrap());
        let name = Some(BucketName::new("exports-hz").unwrap());
        let export = ExportQuestion {
            region: region.clone(),
            bucket: name.clone(),
            ..ExportQuestion::default()
        };
        let import = self.import.as_ref().map(|object| ImportQuestion {
            region,
            bucket: name,
            object: Some(ObjectKey::new(object.key).unwrap()),
        });
        let question = match &import {
            Some(import) => Question::Import(import),
            None => Question::Export(&export),
        };
        let made = checks(&Facts {
            account: &AccountId::new(MEMBER).unwrap(),
            role_name: &RoleName::new(self.role()).unwrap(),
            role: Layer::Read(Role {
                trust: RoleTrust::Policy(&trust),
                attached: &attached,
                in_groups: &in_groups,
            }),
            groups_not_read: None,
            extra: &[],
            question,
            observed: &ObservedServices {
                image: Layer::NotAsked,
                object: self.object(),
                bucket: Layer::Read(Some(bucket)),
                is_locked: Layer::NotAsked,
                bucket_policy: Layer::Read(policy),
                control_policies: Layer::Read(controls),
                instances: Layer::NotAsked,
                dry_run: Layer::NotAsked,
            },
            now: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        });
        let of_policies = [
            CheckKind::Permissions,
            CheckKind::BucketPolicy,
            CheckKind::ControlPolicy,
            CheckKind::Object,
        ];
        // The format of an import is told by the object's name.
        let is_kept = |check: &Check| {
            of_policies.contains(&check.kind)
                || (check.kind == CheckKind::Format && self.import.is_some())
        };
        let kept = made.into_iter().filter(is_kept);
        kept.collect()
    }
}

/// One of the ways in which the services may behave, and whether the bucket is in the resource group.
fn behavior(number: usize) -> (Value, bool) {
    let mut rest = number;
    let mut choose = |count: usize| {
        let chosen = rest % count;
        rest /= count;
        chosen
    };
    let keys = [
        (
            "acs:SecureTransport",
            [Some("true"), Some("false"), None][choose(3)],
        ),
        (
            "acs:SourceIp",
            [Some("100.104.0.7"), Some("10.1.2.3"), None][choose(3)],
        ),
        (
            "acs:SourceVpc",
            [Some("vpc-office"), Some("vpc-other"), None][choose(3)],
        ),
    ];
    let context: BTreeMap<_, _> = keys
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    let region = [None, Some("cn-hangzhou")][choose(2)];
    let session = ["ecs-image-export", "other", "third"][choose(3)];
    let behavior = json!({
        "ecs_context": context,
        "oss_region_field": region,
        "ecs_session": session,
        "owner_roles_are_owner": choose(2) == 1,
        "account_means_roles": choose(2) == 1,
        "wildcards_stay_in_their_part": choose(2) == 1,
        "group_deny_wins": choose(2) == 1,
        "any_suffix": choose(2) == 1,
    });
    (behavior, choose(2) == 1)
}
const BEHAVIORS: usize = 81 * 128;

/// Whether the export or import starts where the services behave so.
async fn works(state: &mut Value, number: usize, case: &Case) -> bool {
    let (behavior, is_in_group) = behavior(number);
    state["behavior"] = behavior;
    let account = usize::from(!case.is_foreign);
    let group = is_in_group.then_some(GROUP);
    state["accounts"][account]["buckets"][0]["resource_group"] = json!(group);
    let region = ("RegionId", "cn-hangzhou");
    let (operation, asked) = match &case.import {
        None => (
            "ExportImage",
            [region, ("ImageId", IMAGE), ("OSSBucket", "exports-hz")],
        ),
        Some(object) => (
            "ImportImage",
            [
                region,
                ("DiskDeviceMapping.1.OSSBucket", "exports-hz"),
                ("DiskDeviceMapping.1.OSSObject", object.key),
            ],
        ),
    };
    let answer = ecs(&client(state), operation, &asked).await;
    let of_object = [
        "InvalidOSSObject.",
        "UnsupportedSuffix.",
        "InvalidImageSize",
    ];
    let is_of_object = of_object
        .iter()
        .any(|start| answer.code().starts_with(start));
    let is_ours = answer.status == 200
        || answer.code() == "InvalidOSS.NotAuthorized"
        || (case.import.is_some() && is_of_object);
    assert!(is_ours, "{}", answer.body);
    answer.status == 200
}

/// Whether a check hangs on how RAM reads its language, which the sandbox reads in one way only.
fn is_about_language(checks: &[Check]) -> bool {
    let mut told = checks.iter();
    told.any(|check| check.message.contains("how RAM reads"))
}

/// The answer, or how the sandbox contradicts it.
async fn judge(case: &Case, seed: u64) -> Result<Answer, String> {
    let made = case.checks();
    let said = answer_of(&made);
    let mut state = case.state();
    let mut chance = Chance(seed);
    let (mut worked, mut failed) = (None, None);
    let tries = match said {
        Answer::Depends => 400 + BEHAVIORS,
        Answer::Ready | Answer::Blocked => 4,
    };
    for turn in 0..tries {
        // At random first, then every one of them.
        let number = turn.checked_sub(400);
        let number = number.unwrap_or_else(|| chance.below(BEHAVIORS));
        match works(&mut state, number, case).await {
            true => worked = Some(number),
            false => failed = Some(number),
        }
        if worked.is_some() && failed.is_some()
            || (said == Answer::Depends && is_about_language(&made) && turn > 4)
        {
            break;
        }
    }
    let is_right = match said {
        Answer::Ready => failed.is_none(),
        Answer::Blocked => worked.is_none(),
        Answer::Depends => (worked.is_some() && failed.is_some()) || is_about_language(&made),
    };
    match is_right {
        true => Ok(said),
        false => Err(format!(
            "{said:?}, but works with {:?} and fails with {:?}\n{made:#?}\n{case:#?}",
            worked.map(behavior),
            failed.map(behavior)
        )),
    }
}

fn session(role: &str, name: &str) -> String {
    format!("arn:sts::{MEMBER}:assumed-role/{role}/{name}")
}

/// Statements about an export; the first of each list is what a failing case shrinks to. Control policies say nothing
/// of ECS, which would refuse the call itself.
fn statement(principals: Vec<Value>, is_control: bool) -> impl Strategy<Value = Value> {
    let mut actions = actions();
    actions.push(json!({ "Action": "OSS:Get?bject" }));
    if is_control {
        actions.retain(|action| {
            action
                .to_string()
                .to_lowercase()
                .contains("\"action\":[\"oss:")
                || action["Action"] == "oss:*"
        });
    }
    let resources = vec![
        json!({ "Resource": "*" }),
        json!({ "Resource": ["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"] }),
        json!({ "Resource": format!("acs:oss:*:{MEMBER}:exports-hz*") }),
        json!({ "Resource": format!("acs:oss:*:{MAIN}:exports-hz*") }),
        json!({ "Resource": ["acs:oss:oss-cn-hangzhou:*:exports-hz", "acs:oss:oss-cn-hangzhou:*:exports-hz/*"] }),
        json!({ "Resource": ["acs:oss:*:*:secret", "acs:oss:*:*:secret/*"] }),
        json!({ "NotResource": ["acs:oss:*:*:secret", "acs:oss:*:*:secret/*"] }),
    ];
    let effect = prop_oneof![3 => Just("Allow"), 2 => Just("Deny")];
    let condition = prop_oneof![
        3 => Just(None),
        2 => prop::sample::select(conditions()).prop_map(Some),
    ];
    let principal = match principals.is_empty() {
        true => Just(None).boxed(),
        false => prop::sample::select(principals).prop_map(Some).boxed(),
    };
    let parts = (
        effect,
        prop::sample::select(actions),
        prop::sample::select(resources),
        condition,
        principal,
    );
    parts.prop_map(|(effect, action, resource, condition, principal)| {
        let mut made = json!({ "Effect": effect });
        let members = made.as_object_mut().unwrap();
        members.extend(action.as_object().unwrap().clone());
        members.extend(resource.as_object().unwrap().clone());
        members.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
        members.extend(principal.map(|principal| ("Principal".to_owned(), principal)));
        made
    })
}

fn principals(role: &str) -> Vec<Value> {
    let session = |name| session(role, name);
    vec![
        json!([session("*")]),
        json!(["*"]),
        json!([MEMBER]),
        json!([MAIN]),
        json!([session("ecs-image-export")]),
        json!([session("ecs-*"), session("other")]),
        json!([format!("arn:sts::{MEMBER}:assumed-role/*")]),
        json!(["arn:sts::*:assumed-role/*/*"]),
        json!([format!("arn:sts::{MEMBER}:role/{role}"), "2999999999999999"]),
        json!([session("other"), "*"]),
    ]
}

/// A case: the role is allowed everything in most, so that the other layers have something to say.
fn case(role: &'static str) -> impl Strategy<Value = Case> {
    let some = |most| prop::collection::vec(statement(Vec::new(), false), 0..=most);
    let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let with = move |is_open: bool, mut statements: Vec<Value>| {
        if is_open {
            statements.push(everything.clone());
        }
        statements
    };
    let control = |most| prop::collection::vec(statement(Vec::new(), true), 0..=most);
    let of_ecs = json!({ "Effect": "Allow", "Action": "ecs:*", "Resource": "*" });
    let mostly = || prop::bool::weighted(0.7);
    let account = prop_oneof![2 => Just(None), 1 => (mostly(), control(1)).prop_map(Some)];
    (
        (mostly(), some(2)),
        prop_oneof![4 => Just(Vec::new()), 1 => some(1)],
        prop::collection::vec(statement(principals(role), false), 0..=2),
        account,
        prop_oneof![2 => Just(Vec::new()), 1 => control(1)],
        prop_oneof![3 => Just(Vec::new()), 1 => control(1)],
        prop::bool::weighted(0.1),
    )
        .prop_map(
            move |(own, in_group, bucket, account, folder, root, is_foreign)| Case {
                own: with(own.0, own.1),
                in_group,
                bucket,
                account: account.map_or(Vec::new(), |(is_open, made)| {
                    let mut made = with(is_open, made);
                    made.push(of_ecs.clone());
                    made
                }),
                folder,
                root,
                is_foreign,
                import: None,
            },
        )
}

/// What may be in the place of an object that is to be imported; the first is good.
fn objects() -> Vec<Object> {
    let object = |key, held| Object { key, held };
    vec![
        object("images/app.raw", json!({ "size": 5_368_709_120_u64 })),
        object("images/app.raw", Value::Null),
        object("images/app.raw", json!({ "size": 0 })),
        object("app.qcow2", json!({ "size": 2_u64 << 40 })),
        object("app.qcow2", json!({ "size": (2_u64 << 40) + 1 })),
        object("app.vhd", json!({ "size": 9, "storage_class": "Archive" })),
        object(
            "app.vhd",
            json!({ "size": 9, "storage_class": "Archive", "restored": "2026-01-02T03:04:05Z" }),
        ),
        object("m-1_system.raw.tar.gz", json!({ "size": 9 })),
        object("app.RAW", json!({ "size": 9 })),
        object("app", json!({ "size": 9 })),
    ]
}

fn import_case() -> impl Strategy<Value = Case> {
    // Most objects are good, so that the policies have something to say.
    let object = prop_oneof![
        3 => Just(objects().swap_remove(0)),
        1 => prop::sample::select(objects()),
    ];
    let parts = (case(IMPORT_ROLE), object);
    parts.prop_map(|(case, object)| Case {
        import: Some(object),
        ..case
    })
}

#[test]
fn made_up_layers_of_exports_do_what_the_checks_say() {
    made_up(case(EXPORT_ROLE), 1000);
}

#[test]
fn made_up_layers_and_objects_of_imports_do_what_the_checks_say() {
    made_up(import_case(), 400);
}

fn made_up(case: impl Strategy<Value = Case>, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let algorithm = config.rng_algorithm;
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(algorithm));
    let counts = RefCell::new(BTreeMap::new());
    let outcome = runner.run(&case, |case| {
        let seed = counts.borrow().values().sum::<u64>();
        let said = runtime
            .block_on(judge(&case, seed))
            .map_err(TestCaseError::fail)?;
        *counts.borrow_mut().entry(said).or_insert(0) += 1;
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let counts = counts.into_inner();
    for answer in [Answer::Ready, Answer::Depends, Answer::Blocked] {
        assert!(counts[&answer] > u64::from(cases / 12), "{counts:?}");
    }
}

/// Role × bucket policy × control policy, each of a kind that people write.
#[test]
fn every_combination_of_usual_layers_of_exports_does_what_the_checks_say() {
    let tried = every_combination(EXPORT_ROLE, &[None]);
    assert!(tried >= 200, "{tried}");
}

/// And × the object.
#[test]
fn every_combination_of_usual_layers_and_objects_of_imports_does_what_the_checks_say() {
    // One that is good, one that is not there, one that is archived, one whose name leaves it open.
    let mut objects = objects().into_iter();
    let objects = [0, 0, 3, 3].map(|skipped| objects.nth(skipped));
    let tried = every_combination(IMPORT_ROLE, &objects);
    assert!(tried >= 1000, "{tried}");
}

fn every_combination(role: &str, objects: &[Option<Object>]) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    // What is denied in some layers.
    let (written, deleted, any_deleted) = match role {
        IMPORT_ROLE => ("oss:GetObject", "oss:GetBucketInfo", "oss:GetObj*"),
        _ => ("oss:PutObject", "oss:DeleteObject", "oss:Delete*"),
    };
    let on_bucket = json!(["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"]);
    let allow = |actions: Value, resource: Value| json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    let deny = |actions: Value, resource: Value| json!({ "Effect": "Deny", "Action": actions, "Resource": resource });
    let when = |mut statement: Value, condition: Value| {
        statement["Condition"] = condition;
        statement
    };
    let of = |principal: Value, mut statement: Value| {
        statement["Principal"] = principal;
        statement
    };
    let insecure = || json!({ "Bool": { "acs:SecureTransport": "false" } });
    let elsewhere = || json!({ "StringNotEquals": { "acs:SourceVpc": "vpc-office" } });
    let all = || allow(json!("oss:*"), json!("*"));
    let full = || allow(json!("*"), json!("*"));
    let roles = [
        vec![],
        vec![all()],
        vec![allow(json!("oss:*"), on_bucket.clone())],
        vec![allow(
            json!(["oss:Get*", "oss:Put*", "oss:List*"]),
            json!("*"),
        )],
        vec![all(), deny(json!(any_deleted), json!("*"))],
        vec![
            allow(json!("oss:*"), json!("acs:oss:*:*:exports-hz")),
            allow(json!("oss:*"), json!("acs:oss:*:*:exports-hz/images/*")),
        ],
        vec![when(
            all(),
            json!({ "Bool": { "acs:SecureTransport": "true" } }),
        )],
        vec![all(), when(deny(json!("oss:*"), json!("*")), elsewhere())],
    ];
    let any_session = || json!([session(role, "*")]);
    let buckets = [
        vec![],
        vec![of(any_session(), allow(json!("oss:*"), on_bucket.clone()))],
        vec![of(any_session(), deny(json!(written), on_bucket.clone()))],
        vec![of(
            json!(["*"]),
            when(deny(json!("oss:*"), on_bucket.clone()), insecure()),
        )],
        vec![of(
            json!(["*"]),
            when(deny(json!("oss:*"), on_bucket.clone()), elsewhere()),
        )],
        vec![of(json!(["*"]), deny(json!(deleted), on_bucket.clone()))],
        vec![of(json!(["*"]), allow(json!("oss:*"), on_bucket.clone()))],
        vec![of(
            json!(["*"]),
            when(
                deny(json!(written), on_bucket.clone()),
                json!({ "DateGreaterThan": { "acs:CurrentTime": "2020-01-01T00:00:00Z" } }),
            ),
        )],
        vec![of(
            json!([MEMBER]),
            allow(json!("oss:*"), on_bucket.clone()),
        )],
        vec![of(
            json!([session(role, "ecs-image-export")]),
            allow(json!("oss:*"), on_bucket.clone()),
        )],
    ];
    let controls = [
        vec![],
        vec![full(), deny(json!(deleted), json!("*"))],
        vec![full(), when(deny(json!("oss:*"), json!("*")), insecure())],
        vec![allow(json!("ecs:*"), json!("*"))],
        vec![allow(json!(["oss:*", "ecs:*"]), json!("*"))],
    ];
    let mut counts = BTreeMap::new();
    let mut tried = 0;
    for own in &roles {
        for bucket in &buckets {
            for account in &controls {
                for object in objects {
                    let case = Case {
                        own: own.clone(),
                        bucket: bucket.clone(),
                        account: account.clone(),
                        import: object.clone(),
                        ..Case::default()
                    };
                    let said = runtime.block_on(judge(&case, tried));
                    let said = said.unwrap_or_else(|error| panic!("{error}"));
                    *counts.entry(said).or_insert(0) += 1;
                    tried += 1;
                }
            }
        }
    }
    for answer in [Answer::Ready, Answer::Depends, Answer::Blocked] {
        assert!(counts[&answer] > 20, "{counts:?}");
    }
    tried
}
