//! What a good spec means: desired state, accounts, digest.

use std::path::Path;

use export_iam::model::{
    AccountId, BucketName, DesiredState, Export, ExtraPolicies, PolicyName, RegionId, RoleName,
};
use export_iam::spec::{ResourceDirectory, Spec, SpecErrors, SpecSource, load};

fn read(text: &str) -> Result<Spec, SpecErrors> {
    load(
        &SpecSource::Stdin(text.into()),
        Path::new(env!("CARGO_MANIFEST_DIR")),
    )
}

fn spec(text: &str) -> Spec {
    read(text).unwrap_or_else(|errors| panic!("{text}\n{errors}"))
}

fn account() -> AccountId {
    AccountId::new("1234567890123456").unwrap()
}

fn desired(text: &str) -> DesiredState {
    spec(text).desired(&account(), None).unwrap()
}

fn export(bucket: &str) -> Export {
    Export {
        region: RegionId::new("cn-hangzhou").unwrap(),
        bucket: BucketName::new(bucket).unwrap(),
        prefix: None,
    }
}

const ROLE: &str =
    "version: 1\nroles:\n  - name: Exporter\n    trust: { service: ecs.aliyuncs.com }\n";

#[test]
fn what_is_not_written_is_not_managed() {
    let state = desired(ROLE);
    let role = &state.roles[&RoleName::new("exporter").unwrap()];
    assert_eq!(
        (&role.description, role.max_session_duration, &role.tags),
        (&None, None, &None)
    );
    assert_eq!(role.extra_policies, ExtraPolicies::Report);
    assert!(role.policies.is_empty());
}

#[test]
fn what_is_written_as_empty_is_another_value() {
    let state = desired(&format!(
        "{ROLE}    tags: {{}}\n    policies: []\n    extra_policies: detach\n"
    ));
    let role = &state.roles[&RoleName::new("Exporter").unwrap()];
    assert!(role.tags.as_ref().is_some_and(|tags| tags.is_empty()));
    assert_eq!(role.extra_policies, ExtraPolicies::Detach);
}

#[test]
fn everything_written_arrives() {
    let state = desired(
        r#"
version: 1
policies:
  - name: Own
    description: Reads.
    tags: { team: images, "on": "1" }
    document:
      Version: "1"
      Statement: [ { Effect: Allow, Action: "oss:GetObject", Resource: "*" } ]
roles:
  - name: Exporter
    description: 导出
    max_session_duration: 43200
    trust: { document: policies/ecs-trust.json }
    policies: [ { custom: own }, { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: keep
    tags: { stage: prod }
"#,
    );
    let policy = &state.policies[&PolicyName::new("Own").unwrap()];
    assert_eq!(policy.description.as_deref(), Some("Reads."));
    assert_eq!(policy.tags.as_ref().unwrap()["on"], "1");
    assert!(policy.document.to_json().contains("oss:GetObject"));
    let role = &state.roles[&RoleName::new("Exporter").unwrap()];
    assert_eq!(role.description.as_deref(), Some("导出"));
    assert_eq!(role.max_session_duration, Some(43_200));
    assert!(role.trust.to_json().contains("ecs.aliyuncs.com"));
    let policies: Vec<String> = role.policies.iter().map(ToString::to_string).collect();
    // In the spelling of the declaration, whatever the reference says.
    assert_eq!(
        policies,
        ["custom:Own", "system:AliyunECSImageExportRolePolicy"]
    );
    assert_eq!(role.extra_policies, ExtraPolicies::Keep);
    assert_eq!(role.tags.as_ref().unwrap()["stage"], "prod");
}

const GRANT: &str = "version: 1\npolicies: [ { name: P, grant: image-export } ]\nexports:\n  - { region: cn-hangzhou, bucket: one }\n";

#[test]
fn a_grant_follows_the_exports_and_the_account() {
    let spec = spec(GRANT);
    let json = |account: &str, exports: Option<&[Export]>| {
        let desired = spec
            .desired(&AccountId::new(account).unwrap(), exports)
            .unwrap();
        desired.policies[&PolicyName::new("P").unwrap()]
            .document
            .to_json()
    };
    assert!(json("12", None).contains("acs:oss:*:12:one/*"));
    let other = json("34", Some(&[export("two")]));
    assert!(other.contains("acs:oss:*:34:two/*") && !other.contains("one"));
}

#[test]
fn a_grant_without_exports_is_an_error_with_its_place() {
    let spec = spec(GRANT);
    let errors = spec.desired(&account(), Some(&[])).unwrap_err();
    assert_eq!(
        errors.errors()[0].to_string(),
        "<stdin>:2:31: `policies[0].grant`: account `1234567890123456` has no exports, and `grant: image-export` needs some"
    );
}

#[test]
fn accounts_keep_the_order_of_the_spec_and_discover_its_defaults() {
    let spec = spec(
        r#"
version: 1
accounts:
  - { id: "9999999999999999", alias: last }
  - { id: "1111111111111111", assume_role: Setup, external_id: "ab", profile: hub }
discover:
  resource_directory: rd-Ab12Cd
  folder: fd-Ab12
  tags: { stage: prod }
  exclude: [ "1234567890123456", "lab-*" ]
"#,
    );
    let ids: Vec<&str> = spec
        .accounts()
        .iter()
        .map(|account| account.id.as_str())
        .collect();
    assert_eq!(ids, ["9999999999999999", "1111111111111111"]);
    let discover = spec.discover().unwrap();
    assert_eq!(
        discover.resource_directory,
        ResourceDirectory::Id("rd-Ab12Cd".to_owned())
    );
    assert_eq!(
        discover.assume_role.as_str(),
        "ResourceDirectoryAccountAccessRole"
    );
    assert_eq!(discover.exclude.len(), 2);
}

#[test]
fn a_role_of_another_name_for_exports_is_a_warning() {
    let spec = spec(&format!(
        "{ROLE}    policies: [ {{ system: AliyunECSImageExportRolePolicy }} ]\n"
    ));
    assert_eq!(
        spec.warnings()[0].to_string(),
        "<stdin>:3:11: `roles[0].name`: ExportImage is documented with the role `AliyunECSImageExportDefaultRole` only, `Exporter` is experimental"
    );
    let variant = ROLE.replace("Exporter", "AliyunECSImageExportDefaultRole2");
    assert!(read(&variant).is_ok());
}

#[test]
fn the_digest_is_of_the_meaning() {
    let base = r#"
version: 1
exports: [ { region: cn-hangzhou, bucket: one }, { region: cn-hangzhou, bucket: two } ]
policies:
  - { name: P, grant: image-export }
roles:
  - name: R
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: P }, { system: S } ]
accounts: [ { id: "1111111111111111" }, { id: "2222222222222222" } ]
"#;
    let same = r#"
# the same, written otherwise
accounts: [ { id: "2222222222222222" }, { id: '1111111111111111' } ]
roles:
  - policies:
      - system: "S"
      - custom: P
    extra_policies: report
    trust: { document: policies/ecs-trust.json }
    name: R
policies: [ { grant: image-export, name: P } ]
exports:
  - { bucket: two, region: cn-hangzhou }
  - { bucket: one, region: cn-hangzhou }
version: 1
"#;
    let digest = spec(base).digest();
    assert_eq!(digest, spec(same).digest());
    assert!(digest.starts_with("sha256:") && digest.len() == 71);
    for (from, to) in [
        ("one", "three"),
        ("name: R", "name: R2"),
        ("ecs.aliyuncs.com }", "ecs.aliyuncs.com }\n    tags: {}"),
        ("ecs.aliyuncs.com", "fc.aliyuncs.com"),
        ("system: S", "system: T"),
        (
            "\"1111111111111111\" }",
            "\"1111111111111111\", profile: x }",
        ),
        ("name: P, grant", "name: P, description: d, grant"),
        ("bucket: two", "bucket: two, prefix: x"),
    ] {
        let other = base.replacen(from, to, 1);
        assert_ne!(other, base);
        assert_ne!(spec(&other).digest(), digest, "{from} → {to}");
    }
}
