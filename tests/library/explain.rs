//! What is said about error codes, and how codes are found in errors that people paste.
//!
//! `tests/explain/export-image-codes.txt` and `import-image-codes.txt` are the error tables of ExportImage (April 2025) and
//! ImportImage (May 2025), `codes-of-calls.txt` those of the other calls that this program makes; `pasted/` holds errors as
//! clients print them, and what must be found in each stands below.

use std::fs;

use clap::Parser;
use export_iam::cli::Cli;
use export_iam::explain::{Pasted, all, find, read_pasted, similar};

use crate::support::golden::root;

/// File, code, end of the request id, and the policy type where the answer names one.
const PASTED: &[(&str, &str, &str, &str)] = &[
    (
        "rpc-json-role-missing",
        "NoSetRoletoECSServiceAcount",
        "01",
        "",
    ),
    (
        "rpc-json-no-permission",
        "NoPermission",
        "02",
        "AccountLevelIdentityBasedPolicy",
    ),
    ("rpc-json-lower-case", "EntityNotExist.Role", "03", ""),
    (
        "rpc-json-indented-by-the-cli",
        "InvalidImageId.NotFound",
        "04",
        "",
    ),
    ("rpc-xml-image-exporting", "ImageIsExporting", "05", ""),
    ("rpc-xml-throttled", "Throttling.User", "06", ""),
    (
        "rpc-xml-in-a-log-line",
        "InvalidOSS.NotAuthorized",
        "07",
        "",
    ),
    ("rpc-xml-sts", "InvalidParameter.DurationSeconds", "08", ""),
    (
        "oss-xml-bucket-policy",
        "AccessDenied",
        "01",
        "AccountLevelIdentityBasedPolicy",
    ),
    ("oss-xml-no-bucket", "NoSuchBucket", "02", ""),
    ("oss-xml-clock", "RequestTimeTooSkewed", "03", ""),
    ("oss-cli-two", "AccessDenied", "04", ""),
    (
        "python-tea-no-permission",
        "NoPermission",
        "0a",
        "ControlPolicy",
    ),
    (
        "python-core-server-exception",
        "UserNotInTheWhiteList",
        "0b",
        "",
    ),
    ("python-oss-v2", "NoSuchKey", "05", ""),
    (
        "python-client-exception",
        "InvalidOSSBucket.NotFound",
        "0c",
        "",
    ),
    (
        "terraform-role",
        "NoPermission",
        "0d",
        "AccountLevelIdentityBasedPolicy",
    ),
    (
        "terraform-policy-exists",
        "EntityAlreadyExists.Policy",
        "0e",
        "",
    ),
    (
        "terraform-export",
        "InvalidOSSBucket.EncryptUnsupported",
        "0f",
        "",
    ),
    ("terraform-quota", "WeeklyQuotaExceed.ExportImage", "00", ""),
];

#[test]
fn every_code_of_exports_and_imports_is_explained_with_its_status() {
    for (operation, file, least) in [
        ("ExportImage", "export-image-codes.txt", 26),
        ("ImportImage", "import-image-codes.txt", 50),
    ] {
        let table = fs::read_to_string(root().join("tests/explain").join(file)).unwrap();
        let rows: Vec<(&str, &str)> = table
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect();
        assert!(rows.len() >= least, "the table was not read: {rows:?}");
        for (status, code) in &rows {
            let known = find(code).unwrap_or_else(|| panic!("{code} is not explained"));
            let status: u16 = status.parse().unwrap();
            assert!(known.status.contains(&status), "{code} with {status}");
            let operations = &known.operations;
            let is_told = operations.is_empty() || operations.iter().any(|own| own == operation);
            assert!(is_told, "{code} does not name {operation}");
        }
        for known in all() {
            let is_of = known.operations.iter().any(|own| own == operation);
            let is_listed = rows.iter().any(|(_, code)| *code == known.code);
            let is_passed = known.code == "DryRunOperation";
            assert!(
                !is_of || is_listed || is_passed,
                "{} is not of {operation}",
                known.code
            );
        }
    }
}

#[test]
fn every_code_of_our_other_calls_is_explained_for_its_operation() {
    let table = fs::read_to_string(root().join("tests/explain/codes-of-calls.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in table.lines() {
        let [operation, status, code] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let status: u16 = status.parse().unwrap();
        let is_right = find(code).is_some_and(|known| {
            let operations = &known.operations;
            let is_of_it = operations.is_empty() || operations.iter().any(|o| o == operation);
            is_of_it && known.status.contains(&status)
        });
        if !is_right {
            wrong.push(line);
        }
    }
    assert!(table.lines().count() > 80 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_cause_has_a_way_to_settle_it_and_our_own_commands_parse() {
    assert!(all().len() > 100, "codes.yaml was not read");
    let mut commands = 0;
    for known in all() {
        assert!(!known.causes.is_empty(), "{} has no cause", known.code);
        for cause in &known.causes {
            assert!(
                cause.cause.ends_with('.'),
                "{}: {}",
                known.code,
                cause.cause
            );
            assert!(
                !cause.settle.trim().is_empty(),
                "{}: {}",
                known.code,
                cause.cause
            );
            if cause.settle.starts_with("export-iam ") {
                let words = cause.settle.trim_end_matches('.').split_whitespace();
                Cli::try_parse_from(words)
                    .unwrap_or_else(|error| panic!("{}: {}\n{error}", known.code, cause.settle));
                commands += 1;
            }
        }
    }
    assert!(commands > 30, "only {commands} commands of ours");
}

#[test]
fn no_code_is_explained_twice() {
    let mut names: Vec<String> = all()
        .iter()
        .flat_map(|known| known.names().map(str::to_ascii_lowercase))
        .collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn misspelt_codes_are_recognised() {
    for (typed, meant) in [
        (
            "NoSetRoleToECSServiceAccount",
            "NoSetRoletoECSServiceAccount",
        ),
        (
            "NoSetRoletoECSServiceAcounts",
            "NoSetRoletoECSServiceAcount",
        ),
        ("NotAuthorized", "InvalidOSS.NotAuthorized"),
        ("EntityNotExists.Role", "EntityNotExist.Role"),
        ("ImageIsExportng", "ImageIsExporting"),
        (
            "WeeklyQuotaExceeded.ExportImage",
            "WeeklyQuotaExceed.ExportImage",
        ),
    ] {
        let known = find(typed).map(|known| known.names().any(|name| name == meant));
        assert!(
            known == Some(true) || similar(typed).first() == Some(&meant),
            "{typed}: {:?}",
            similar(typed)
        );
    }
    assert_eq!(similar("NoSetRoleto"), ["NoSetRoletoECSServiceAcount"]);
    assert_eq!(similar("Gibberish.Nothing"), Vec::<&str>::new());
}

#[test]
fn pasted_errors_of_every_client_are_understood() {
    let folder = root().join("tests/explain/pasted");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), PASTED.len());
    for (file, code, id, policy_type) in PASTED {
        let text = fs::read_to_string(folder.join(format!("{file}.txt"))).unwrap();
        let found = read_pasted(&text);
        assert_eq!(found.code.as_deref(), Some(*code), "{file}");
        let request_id = found.request_id.as_deref().unwrap_or_default();
        assert!(request_id.ends_with(id), "{file}: request id {request_id}");
        let denied = found.access_denied.map(|denied| denied.policy_type);
        assert_eq!(denied.unwrap_or_default(), *policy_type, "{file}");
        assert!(find(code).is_some(), "{code} is not explained");
    }
}

#[test]
fn text_without_an_error_gives_nothing() {
    for text in [
        "",
        "{}",
        "{\"a\": [1, 2",
        "<Error><Code>",
        "all is well",
        "Code: 7",
        "{'a': None}",
    ] {
        assert_eq!(read_pasted(text), Pasted::default(), "{text}");
    }
}
