//! A live account written as a spec, and read back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use export_iam::model::{
    AccountId, Caller, DesiredPolicy, DesiredRole, DesiredState, ExtraPolicies, GroupAttachments,
    IdentityType, ObservedPolicy, ObservedRole, ObservedState, PolicyName, PolicyRef, RoleName,
    Tags, VersionId,
};
use export_iam::policy::{PolicyDocument, TrustPolicy};
use export_iam::spec::{SpecSource, adopt, load};
use proptest::prelude::*;

const TRUST: &str = r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}"#;
const DOCUMENT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject","oss:PutObject"],"Resource":"*"}]}"#;

fn account() -> AccountId {
    AccountId::new("1234567890123456").unwrap()
}

fn empty() -> ObservedState {
    ObservedState {
        read_at: None,
        caller: Caller {
            account: account(),
            arn: "acs:ram::1234567890123456:user/ops".to_owned(),
            identity_type: IdentityType::RamUser,
            principal_id: "1".to_owned(),
        },
        roles: BTreeMap::new(),
        attachments: BTreeMap::new(),
        policies: BTreeMap::new(),
        versions: BTreeMap::new(),
        role_tags: BTreeMap::new(),
        policy_tags: BTreeMap::new(),
        holders: BTreeMap::new(),
        group_attachments: GroupAttachments::default(),
    }
}

fn add_role(state: &mut ObservedState, name: &str, trust: &str, attached: &[PolicyRef]) {
    let name = RoleName::new(name).unwrap();
    let role = ObservedRole {
        name: name.clone(),
        arn: format!("acs:ram::1234567890123456:role/{name}"),
        description: String::new(),
        trust: trust.to_owned(),
        max_session_duration: None,
        is_service_linked: false,
    };
    state.roles.insert(name.clone(), Some(role));
    state.attachments.insert(name, attached.to_vec());
}

fn add_policy(state: &mut ObservedState, name: &str, document: &str) -> PolicyRef {
    let policy = PolicyRef::custom(PolicyName::new(name).unwrap());
    let live = ObservedPolicy {
        policy: policy.clone(),
        description: String::new(),
        default_version: VersionId::from_number(1),
        document: document.to_owned(),
        attachment_count: None,
    };
    state.policies.insert(policy.clone(), Some(live));
    policy
}

fn system(name: &str) -> PolicyRef {
    PolicyRef::system(PolicyName::new(name).unwrap())
}

fn read_back(text: &str) -> DesiredState {
    let source = SpecSource::Stdin(text.as_bytes().to_vec());
    let spec =
        load(&source, Path::new("/nowhere")).unwrap_or_else(|errors| panic!("{text}\n{errors}"));
    spec.desired(&account(), None).unwrap()
}

#[test]
fn a_role_with_a_policy_reads_as_people_would_write_it() {
    let mut state = empty();
    let policy = add_policy(&mut state, "ImageExportToOss", DOCUMENT);
    add_role(
        &mut state,
        "AliyunECSImageExportDefaultRole",
        TRUST,
        &[policy, system("AliyunECSImageExportRolePolicy")],
    );
    let role = state.roles.values_mut().next().unwrap().as_mut().unwrap();
    role.description = "no".to_owned();
    role.max_session_duration = Some(3600);
    let tags = Tags::from([
        ("on".to_owned(), "1".to_owned()),
        ("team".to_owned(), "2012-10-17".to_owned()),
    ]);
    state.role_tags.insert(role.name.clone(), tags);
    assert_eq!(
        adopt(&state).text,
        r#"# Describes account 1234567890123456 as it was read. Planning this spec there changes nothing.
version: 1
policies:
  - name: ImageExportToOss
    document:
      Version: "1"
      Statement:
        - Effect: Allow
          Action:
            - oss:GetObject
            - oss:PutObject
          Resource:
            - "*"
roles:
  - name: AliyunECSImageExportDefaultRole
    description: "no"
    max_session_duration: 3600
    trust:
      service: ecs.aliyuncs.com
    tags:
      "on": "1"
      team: "2012-10-17"
    policies:
      - custom: ImageExportToOss
      - system: AliyunECSImageExportRolePolicy
"#
    );
}

#[test]
fn an_account_with_nothing_gives_a_spec_that_asks_for_nothing() {
    let mut state = empty();
    state.roles.insert(RoleName::new("Missing").unwrap(), None);
    state
        .policies
        .insert(PolicyRef::custom(PolicyName::new("Gone").unwrap()), None);
    assert_eq!(read_back(&adopt(&state).text), DesiredState::default());
}

#[test]
fn a_service_role_in_lower_case_is_written_in_its_documented_spelling() {
    let mut state = empty();
    add_role(&mut state, "aliyunecsimageexportdefaultrole", TRUST, &[]);
    let text = adopt(&state).text;
    assert!(
        text.contains("name: AliyunECSImageExportDefaultRole\n"),
        "{text}"
    );
    assert_eq!(read_back(&text).roles.len(), 1);
}

#[test]
fn what_cannot_be_said_in_a_spec_is_left_out_by_name() {
    let mut state = empty();
    let labelled = DOCUMENT.replace("\"Effect\"", "\"Sid\":\"a\",\"Effect\"");
    let strange = DOCUMENT.replace("\"Effect\"", "\"Strange\":\"a\",\"Effect\"");
    let labelled = add_policy(&mut state, "Labelled", &labelled);
    let strange = add_policy(&mut state, "Strange", &strange);
    let unread = PolicyRef::custom(PolicyName::new("Unread").unwrap());
    add_role(
        &mut state,
        "Kept",
        TRUST,
        &[labelled, strange, unread, system("AliyunOSSFullAcess")],
    );
    add_role(&mut state, "Broken", "{", &[]);
    add_role(&mut state, "AliyunECSImageExportDefautRole", TRUST, &[]);
    add_role(&mut state, "Linked", TRUST, &[]);
    let linked = state
        .roles
        .get_mut(&RoleName::new("Linked").unwrap())
        .unwrap()
        .as_mut()
        .unwrap();
    linked.is_service_linked = true;
    let text = adopt(&state).text;
    let back = read_back(&text);
    let roles: Vec<&str> = back.roles.keys().map(RoleName::as_str).collect();
    assert_eq!(roles, ["Kept"], "{text}");
    assert_eq!(back.policies.len(), 1, "{text}");
    let kept = back.roles.values().next().unwrap();
    assert_eq!(
        kept.policies
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["custom:Labelled"]
    );
    let comments: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# Left out: "))
        .collect();
    for what in [
        "policy `Strange`: ",
        "`custom:Strange` on role `Kept`: ",
        "`custom:Unread` on role `Kept`: ",
        "`system:AliyunOSSFullAcess` on role `Kept`: ",
        "role `Broken`: ",
        "role `AliyunECSImageExportDefautRole`: ",
        "role `Linked`: ",
    ] {
        assert_eq!(
            comments
                .iter()
                .filter(|line| line.starts_with(what))
                .count(),
            1,
            "{what}\n{text}"
        );
    }
    assert_eq!(comments.len(), 7, "{text}");
}

#[test]
fn more_policies_than_a_spec_may_attach_leave_the_role_out() {
    let mut state = empty();
    let many: Vec<PolicyRef> = (0..11)
        .map(|n| add_policy(&mut state, &format!("P{n}"), DOCUMENT))
        .collect();
    add_role(&mut state, "Many", TRUST, &many);
    let back = read_back(&adopt(&state).text);
    assert!(back.roles.is_empty() && back.policies.len() == 11);
}

/// A text as people and programs leave it in descriptions, tags and conditions.
fn any_text(longest: usize) -> impl Strategy<Value = String> {
    let words = [
        "no",
        "on",
        "1",
        "0123",
        "1_000",
        "null",
        "~",
        "2012-10-17",
        "- a",
        "a: b",
        "#x",
        "'",
        "\"",
        "导出",
        " ",
        "<<",
    ];
    prop_oneof![
        prop::sample::select(words.map(str::to_owned).to_vec()),
        "[ -~]{1,20}",
        "\\PC{1,20}",
        ".{1,10}",
    ]
    .prop_filter("within the limit", move |text| {
        (1..=longest).contains(&text.chars().count())
    })
}

fn any_document() -> impl Strategy<Value = String> {
    let lists = prop::collection::vec(
        prop::sample::select(vec!["oss:GetObject", "oss:Put*", "*", "ecs:ExportImage"]),
        1..4,
    );
    let condition = prop::option::of((any_text(20), prop::collection::vec(any_text(20), 1..3)));
    prop::collection::vec((lists, any_text(20), condition), 1..4).prop_map(|statements| {
        let statements: Vec<serde_json::Value> = statements
            .into_iter()
            .map(|(actions, resource, condition)| {
                let mut statement = serde_json::json!({
                    "Effect": "Allow", "Action": actions, "Resource": format!("acs:oss:*:*:{resource}"),
                });
                if let Some((key, values)) = condition {
                    statement["Condition"] = serde_json::json!({ "StringLike": { format!("acs:ResourceTag/{key}"): values } });
                }
                statement
            })
            .collect();
        serde_json::json!({ "Version": "1", "Statement": statements }).to_string()
    })
    .prop_filter("in the grammar", |text| PolicyDocument::parse(text).is_ok())
}

#[derive(Debug, Clone)]
struct LiveRole {
    description: Option<String>,
    seconds: Option<u32>,
    tags: Tags,
    service: bool,
    policies: BTreeSet<usize>,
    systems: BTreeSet<usize>,
}

fn any_tags() -> impl Strategy<Value = Tags> {
    prop::collection::btree_map(any_text(20), any_text(20), 0..4)
}

fn any_role() -> impl Strategy<Value = LiveRole> {
    (
        prop::option::of(any_text(100)),
        prop::option::of(3600..=43_200_u32),
        any_tags(),
        any::<bool>(),
        prop::collection::btree_set(0..3_usize, 0..3),
        prop::collection::btree_set(0..5_usize, 0..5),
    )
        .prop_map(
            |(description, seconds, tags, service, policies, systems)| LiveRole {
                description,
                seconds,
                tags,
                service,
                policies,
                systems,
            },
        )
}

const RAM_TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":["acs:ram::1:root"]},"Action":"sts:AssumeRole"}]}"#;

/// What the account holds, and the same as a spec should ask for it.
fn pair(
    policies: Vec<(String, Option<String>, Tags)>,
    roles: Vec<LiveRole>,
) -> (ObservedState, DesiredState) {
    let mut live = empty();
    let mut wanted = DesiredState::default();
    let not_empty = |tags: Tags| (!tags.is_empty()).then_some(tags);
    let mut refs = Vec::new();
    for (at, (document, description, tags)) in policies.into_iter().enumerate() {
        let policy = add_policy(&mut live, &format!("Policy-{at}"), &document);
        let observed = live.policies.get_mut(&policy).unwrap().as_mut().unwrap();
        observed.description = description.clone().unwrap_or_default();
        live.policy_tags.insert(policy.name.clone(), tags.clone());
        let desired = DesiredPolicy {
            name: policy.name.clone(),
            document: PolicyDocument::parse(&document).unwrap(),
            description,
            tags: not_empty(tags),
        };
        wanted.policies.insert(policy.name.clone(), desired);
        refs.push(policy);
    }
    for (at, role) in roles.into_iter().enumerate() {
        let name = RoleName::new(&format!("role.{at}")).unwrap();
        let trust = if role.service { TRUST } else { RAM_TRUST };
        let mut attached: Vec<PolicyRef> = role
            .policies
            .iter()
            .filter_map(|&at| refs.get(at).cloned())
            .collect();
        attached.extend(role.systems.iter().map(|at| system(&format!("System{at}"))));
        add_role(&mut live, name.as_str(), trust, &attached);
        let observed = live.roles.get_mut(&name).unwrap().as_mut().unwrap();
        observed.description = role.description.clone().unwrap_or_default();
        observed.max_session_duration = role.seconds;
        live.role_tags.insert(name.clone(), role.tags.clone());
        let desired = DesiredRole {
            name: name.clone(),
            trust: TrustPolicy::parse(trust).unwrap(),
            description: role.description,
            max_session_duration: role.seconds,
            policies: attached.into_iter().collect(),
            extra_policies: ExtraPolicies::Report,
            tags: not_empty(role.tags),
        };
        wanted.roles.insert(name, desired);
    }
    (live, wanted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adopting_and_loading_gives_what_was_there(
        policies in prop::collection::vec((any_document(), prop::option::of(any_text(100)), any_tags()), 0..3),
        roles in prop::collection::vec(any_role(), 0..4),
    ) {
        let (live, wanted) = pair(policies, roles);
        let text = adopt(&live).text;
        prop_assert!(!text.contains("# Left out"), "{}", text);
        prop_assert_eq!(read_back(&text), wanted, "{}", text);
    }
}
