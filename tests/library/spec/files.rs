//! Which files a spec may refer to, and what happens with all others.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use export_iam::model::{AccountId, PolicyName};
use export_iam::spec::{SpecSource, load};

const DOCUMENT: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"*"}]}"#;

/// `outside.json`, and a project with `specs/` and `policies/` in it.
fn project() -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    let root = top.path();
    fs::create_dir_all(root.join("project/specs/deep")).unwrap();
    fs::create_dir_all(root.join("project/policies")).unwrap();
    fs::write(root.join("outside.json"), DOCUMENT).unwrap();
    for path in [
        "specs/beside.json",
        "specs/deep/below.json",
        "policies/near.json",
    ] {
        fs::write(root.join("project").join(path), DOCUMENT).unwrap();
    }
    top
}

fn spec_with(reference: &str) -> String {
    format!("version: 1\npolicies:\n  - {{ name: A, document: \"{reference}\" }}\n")
}

/// Whether a spec in `specs/` may refer to `reference`; if not, what is said.
fn refer(top: &Path, reference: &str) -> Result<(), String> {
    let path = top.join("project/specs/spec.yaml");
    fs::write(&path, spec_with(reference)).unwrap();
    match load(&SpecSource::Path(path), Path::new("/")) {
        Ok(spec) => {
            let desired = spec.desired(&AccountId::new("1").unwrap(), None).unwrap();
            let document = &desired.policies[&PolicyName::new("A").unwrap()].document;
            assert!(document.to_json().contains("oss:GetObject"));
            Ok(())
        }
        Err(errors) => {
            let error = &errors.errors()[0];
            assert_eq!(errors.errors().len(), 1);
            assert_eq!(error.path, "policies[0].document");
            let place = error.place.unwrap();
            assert_eq!((place.line, place.column), (3, 26));
            Err(error.message.clone())
        }
    }
}

#[test]
fn files_beside_below_and_next_door_are_read() {
    let top = project();
    for reference in [
        "beside.json",
        "./beside.json",
        "deep/below.json",
        "deep/../beside.json",
        "../policies/near.json",
        "../specs/beside.json",
        "./../policies/../policies/near.json",
    ] {
        refer(top.path(), reference).unwrap_or_else(|error| panic!("{reference}: {error}"));
    }
}

#[test]
fn ways_out_are_refused() {
    let top = project();
    let absolute = top.path().join("project/specs/beside.json");
    let error = refer(top.path(), absolute.to_str().unwrap()).unwrap_err();
    assert!(error.ends_with("is an absolute path"), "{error}");
    for reference in [
        "../../outside.json",
        "deep/../../../outside.json",
        "../../project/specs/beside.json",
    ] {
        let error = refer(top.path(), reference).unwrap_err();
        assert_eq!(
            error,
            format!("document `{reference}` leads out of the folder above the spec's")
        );
    }
}

#[test]
fn links_may_stay_inside_and_not_lead_out() {
    let top = project();
    let specs = top.path().join("project/specs");
    symlink("../policies/near.json", specs.join("inside.json")).unwrap();
    symlink("../../outside.json", specs.join("out.json")).unwrap();
    symlink(top.path(), specs.join("folder-out")).unwrap();
    symlink("circle.json", specs.join("circle.json")).unwrap();
    symlink("nowhere.json", specs.join("dangling.json")).unwrap();
    refer(top.path(), "inside.json").unwrap();
    for reference in ["out.json", "folder-out/outside.json"] {
        let error = refer(top.path(), reference).unwrap_err();
        assert!(
            error.ends_with("leads out of the folder above the spec's"),
            "{error}"
        );
    }
    // Through the link and back in: where the file really is decides.
    refer(top.path(), "folder-out/project/specs/beside.json").unwrap();
    assert!(
        refer(top.path(), "circle.json")
            .unwrap_err()
            .contains("cannot be read")
    );
    assert!(
        refer(top.path(), "dangling.json")
            .unwrap_err()
            .ends_with("cannot be read: there is no such file")
    );
}

#[test]
fn a_linked_spec_refers_to_files_beside_the_link() {
    let top = project();
    let real = top.path().join("real.yaml");
    fs::write(&real, spec_with("beside.json")).unwrap();
    let link = top.path().join("project/specs/link.yaml");
    symlink(&real, &link).unwrap();
    assert!(load(&SpecSource::Path(link), Path::new("/")).is_ok());
}

#[test]
fn only_regular_files_of_at_most_a_mebibyte_are_read() {
    let top = project();
    let specs = top.path().join("project/specs");
    let status = std::process::Command::new("mkfifo")
        .arg(specs.join("pipe"))
        .status()
        .unwrap();
    assert!(status.success());
    symlink("/dev/zero", specs.join("zero")).unwrap();
    fs::write(specs.join("large.json"), vec![b' '; (1 << 20) + 1]).unwrap();
    fs::write(
        specs.join("largest.json"),
        format!("{DOCUMENT}{}", " ".repeat((1 << 20) - DOCUMENT.len())),
    )
    .unwrap();
    fs::write(specs.join("mark.json"), format!("\u{feff}{DOCUMENT}")).unwrap();
    let said = |reference: &str| refer(top.path(), reference).unwrap_err();
    assert_eq!(said("pipe"), "document `pipe` is not a regular file");
    assert_eq!(said("deep"), "document `deep` is a folder");
    assert!(said("zero").contains("leads out"));
    assert_eq!(
        said("large.json"),
        "document `large.json` is larger than 1 MiB"
    );
    assert_eq!(said(".."), "document `..` is a folder");
    refer(top.path(), "mark.json").unwrap();
    let error = refer(top.path(), "largest.json");
    assert!(error.is_ok() || error.unwrap_err().contains("large"));
}

#[test]
fn standard_input_refers_to_files_of_the_current_folder_and_presets_to_built_in_ones() {
    let top = project();
    let current = top.path().join("project/specs");
    let from = |reference: &str| {
        load(
            &SpecSource::Stdin(spec_with(reference).into_bytes()),
            &current,
        )
    };
    assert!(from("beside.json").is_ok());
    assert!(from("../policies/near.json").is_ok());
    let errors = from("../../outside.json").unwrap_err();
    assert!(
        errors
            .to_string()
            .starts_with("error: <stdin>:3:26: `policies[0].document`: document")
    );
}

#[test]
fn a_document_is_named_as_the_user_would_name_it() {
    let top = project();
    let project = top.path().join("project");
    fs::write(project.join("policies/near.json"), "{").unwrap();
    fs::write(
        project.join("specs/spec.yaml"),
        spec_with("../policies/near.json"),
    )
    .unwrap();
    let errors = load(&SpecSource::Path("specs/spec.yaml".into()), &project).unwrap_err();
    assert_eq!(errors.errors()[0].file, "policies/near.json");
    let errors = load(
        &SpecSource::Path("spec.yaml".into()),
        &project.join("specs"),
    )
    .unwrap_err();
    assert_eq!(errors.errors()[0].file, "../policies/near.json");
}

#[test]
fn a_spec_that_cannot_be_read_says_why() {
    let top = project();
    let said = |path: PathBuf| {
        let errors = load(&SpecSource::Path(path), top.path()).unwrap_err();
        let error = &errors.errors()[0];
        format!("{error} | {}", error.hint.as_deref().unwrap_or_default())
    };
    assert_eq!(
        said("missing.yaml".into()),
        "missing.yaml: there is no such file | give a path, `-` for standard input, or `preset:NAME`"
    );
    assert_eq!(
        said("project".into()),
        "project: is a folder | name the spec file in it"
    );
    assert!(said("/dev/null".into()).starts_with("/dev/null: is not a regular file"));
    fs::write(top.path().join("large.yaml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    assert_eq!(
        said("large.yaml".into()),
        "large.yaml: is larger than 1 MiB | "
    );
}
