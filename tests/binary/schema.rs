//! `schema`: what the specs and reports of this repository say to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

use crate::support::Program;

/// Faults that no schema can tell: references between entries, lengths of what is made from others, and YAML itself.
const BEYOND: &str = include_str!("../spec/beyond-the-schema.txt");

fn schema(kind: &str) -> Validator {
    let run = Program::new().run(&["schema", kind]).ends(0);
    let schema: Value = serde_json::from_str(&run.out).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// The files with this ending in the folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_str().unwrap().ends_with(ending));
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_good_spec_is_taken_and_every_bad_one_refused_that_a_schema_can_tell() {
    let schema = schema("spec");
    let read = |path: &Path| serde_yaml::from_str::<Value>(&fs::read_to_string(path).unwrap());
    let mut good = files(&root().join("plans"), ".yaml");
    for case in files(&root().join("tests/cases"), "") {
        good.extend(files(&case, "spec.yaml"));
    }
    assert!(good.len() > 20, "{}", good.len());
    for path in &good {
        let spec = read(path).unwrap();
        let errors: Vec<String> = schema.iter_errors(&spec).map(|e| e.to_string()).collect();
        assert_eq!(errors, [""; 0], "{}", path.display());
    }
    // Some parsers of YAML carry out merge keys, and then the schema sees none.
    let mut taken = BTreeSet::from(["yaml-merge-key.yaml".to_owned()]);
    let bad = files(&root().join("tests/spec/bad"), ".yaml");
    for path in &bad {
        if read(path).is_ok_and(|spec| schema.is_valid(&spec)) {
            taken.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    let beyond: BTreeSet<String> = BEYOND.lines().map(str::to_owned).collect();
    assert_eq!(taken, beyond, "of {}", bad.len());
}

#[test]
fn each_kind_of_report_has_a_schema_that_takes_it_and_no_other() {
    let program = Program::new();
    program.run(&["apply", "--sandbox", "--yes"]).ends(0);
    let kinds: [(&str, &[&str]); 5] = [
        ("plan", &["plan"]),
        ("apply", &["apply", "--yes"]),
        ("drift", &["drift"]),
        ("verify", &["verify"]),
        ("destroy", &["destroy", "--yes"]),
    ];
    let reports = kinds.map(|(kind, command)| {
        let arguments = [command, &["--sandbox", "--format", "json"]].concat();
        (kind, program.run(&arguments).ends(0).json())
    });
    for (kind, _) in kinds {
        let schema = schema(kind);
        for (other, report) in &reports {
            assert_eq!(schema.is_valid(report), kind == *other, "{kind} {other}");
        }
    }
}

/// The file that an editor takes for the schema of the spec at `path`.
fn schema_for_editors(path: &Path) -> PathBuf {
    let text = fs::read_to_string(path).unwrap();
    let first = text.lines().next().unwrap();
    let named = first.strip_prefix("# yaml-language-server: $schema=");
    let named = named.unwrap_or_else(|| panic!("{}: {first}", path.display()));
    path.parent().unwrap().join(named)
}

#[test]
fn editors_find_the_schema_of_the_plans_and_of_adopted_specs() {
    let printed = Program::new().run(&["schema", "spec"]).ends(0).out;
    for path in files(&root().join("plans"), ".yaml") {
        let schema = fs::read_to_string(schema_for_editors(&path)).unwrap();
        assert_eq!(schema, printed, "{}", path.display());
    }
    let program = Program::new();
    program.run(&["sandbox", "seed", "preset:healthy"]).ends(0);
    let adopt = || program.run(&["adopt", "--sandbox"]).ends(0).out;
    let without = adopt();
    let path = program.path().join("export-iam.schema.json");
    fs::write(&path, printed).unwrap();
    let with = adopt();
    assert_eq!(with.split_once('\n').unwrap().1, without);
    let spec = program.path().join("export-iam.yaml");
    fs::write(&spec, with).unwrap();
    assert_eq!(schema_for_editors(&spec), path);
    program
        .run(&["plan", "--sandbox", "--detailed-exitcode"])
        .ends(0);
}
