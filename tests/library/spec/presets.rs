//! The specs that ship with the program are good ones.

use std::path::Path;

use export_iam::model::{AccountId, ExtraPolicies, PolicyName, RoleName};
use export_iam::spec::{Spec, SpecSource, load, presets};

fn preset(name: &str) -> Spec {
    let source = SpecSource::Preset(name.to_owned());
    load(&source, Path::new("/nowhere")).unwrap_or_else(|errors| panic!("{name}:\n{errors}"))
}

fn account() -> AccountId {
    AccountId::new("1234567890123456").unwrap()
}

#[test]
fn every_preset_loads_without_a_word() {
    for entry in presets() {
        let spec = preset(entry.name);
        assert_eq!(spec.warnings(), [], "{}", entry.name);
        assert!(!spec.is_empty(), "{}", entry.name);
        assert!(!entry.summary.is_empty() && !entry.summary.contains('\n'));
        spec.desired(&account(), None).unwrap();
    }
}

#[test]
fn every_preset_is_a_file_and_means_the_same_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = std::fs::read_dir(root.join("plans"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut names: Vec<String> = presets()
        .iter()
        .map(|preset| format!("{}.yaml", preset.name))
        .collect();
    names.sort();
    assert_eq!(files, names);
    for entry in presets() {
        let path = format!("plans/{}.yaml", entry.name).into();
        let spec = load(&SpecSource::Path(path), root).unwrap();
        assert_eq!(spec.digest(), preset(entry.name).digest());
    }
}

#[test]
fn the_default_preset_is_the_documented_role() {
    let desired = preset("image-export").desired(&account(), None).unwrap();
    assert!(desired.policies.is_empty() && desired.exports.is_empty());
    let role = &desired.roles[&RoleName::new("AliyunECSImageExportDefaultRole").unwrap()];
    assert_eq!(
        role.trust.to_json(),
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":["sts:AssumeRole"]}]}"#
    );
    let policies: Vec<String> = role.policies.iter().map(ToString::to_string).collect();
    assert_eq!(policies, ["system:AliyunECSImageExportRolePolicy"]);
    assert_eq!(role.extra_policies, ExtraPolicies::Report);
    assert_eq!(role.max_session_duration, Some(3600));
}

#[test]
fn the_scoped_preset_grants_its_two_buckets_in_the_account_asked_about() {
    let desired = preset("image-export-scoped")
        .desired(&account(), None)
        .unwrap();
    let document = &desired.policies[&PolicyName::new("imageexporttooss").unwrap()].document;
    let json = document.to_json();
    for resource in [
        "acs:oss:*:1234567890123456:exports-hz\"",
        "acs:oss:*:1234567890123456:exports-hz/*\"",
        "acs:oss:*:1234567890123456:exports-sg/Nightly*\"",
    ] {
        assert!(json.contains(resource), "{resource} in {json}");
    }
    assert_eq!(desired.exports.len(), 2);
}

#[test]
fn accounts_of_the_fleet_may_have_exports_of_their_own() {
    let spec = preset("fleet");
    let [prod, lab, partner] = spec.accounts() else {
        panic!("three accounts");
    };
    assert_eq!(prod.exports, None);
    assert_eq!(
        prod.assume_role.as_ref().unwrap().arn(&prod.id),
        "acs:ram::1234567890123456:role/ResourceDirectoryAccountAccessRole"
    );
    assert_eq!(partner.external_id.as_deref(), Some("export-iam"));
    let desired = spec.desired(&lab.id, lab.exports.as_deref()).unwrap();
    assert_eq!(desired.exports.len(), 1);
    assert!(
        desired
            .policies
            .values()
            .next()
            .unwrap()
            .document
            .to_json()
            .contains("exports-bj")
    );
}

#[test]
fn an_unknown_preset_is_told_which_was_meant() {
    let errors = load(
        &SpecSource::Preset("image-exprot".to_owned()),
        Path::new("/nowhere"),
    )
    .unwrap_err();
    assert_eq!(
        errors.to_string(),
        "error: preset:image-exprot: unknown preset `image-exprot`\nhint: did you mean `image-export`?"
    );
}

/// Saved plans name the spec by its digest, so a spec keeps its digest from version to version.
#[test]
fn digests_of_presets_stay_as_they_were() {
    for (name, wanted) in [
        (
            "image-export-custom",
            "5da476db5bd9f36a082c9b4e88813b68b249a1942fb6d6722244a30a2d966f34",
        ),
        (
            "image-export-scoped",
            "e99ec50d86f7c2ef73d5ccd8cfa8470a93ecf48388ba85fc177678fb3dcc8c97",
        ),
        (
            "image-export",
            "b03748fe808f70ee09069d0370947d0106964e987a4d4c0da2c57136ccdc9aa8",
        ),
    ] {
        assert_eq!(preset(name).digest(), format!("sha256:{wanted}"), "{name}");
    }
}
