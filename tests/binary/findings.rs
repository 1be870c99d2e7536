//! Findings that live for months: accepted, compared with an earlier report, and compared between reports.

use serde_json::{Value, json};

use crate::support::{Program, Schema, Server};

const SPEC: &str = "\
version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
";

/// An account whose role holds more than the spec says: all of OSS.
const WITH_MORE: &str = r#"{
  "roles": [{
    "name": "AliyunECSImageExportDefaultRole",
    "trust": {"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":"sts:AssumeRole"}]},
    "attachments": [
      {"policy": "system:AliyunECSImageExportRolePolicy"},
      {"policy": "system:AliyunOSSFullAccess"}
    ]
  }]
}"#;

fn program(server: &Server) -> Program {
    Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", SPEC)
}

fn only_finding(report: &Value) -> &Value {
    let findings = report["accounts"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    &findings[0]
}

/// The id of the one finding.
fn id(program: &Program) -> String {
    let report = program.run(&["drift", "spec.yaml", "--format", "json"]);
    only_finding(&report.ends(2).json())["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn the_printed_entry_accepts_the_finding_until_its_day_is_over() {
    let server = Server::of(WITH_MORE);
    let program = program(&server);
    let id = id(&program);
    let entry = program
        .run(&[
            "drift", "spec.yaml", "--accept", &id, "--reason", "moves away: see TICKET-7",
            "--owner", "Platform", "--until", "2027-03-31",
        ])
        .ends(0)
        .says("# 1234567890123456: role/AliyunECSImageExportDefaultRole/system:AliyunOSSFullAccess is attached but not in the spec")
        .out;
    let program = program.file("spec.yaml", format!("{SPEC}{entry}"));
    program
        .run(&["drift", "spec.yaml", "--as-of", "2027-03-31"])
        .ends(0)
        .says("accepted by Platform until 2027-03-31: moves away: see TICKET-7")
        .says("No drift beyond what is accepted. 1 accepted.");
    let json = program
        .run(&[
            "drift",
            "spec.yaml",
            "--as-of",
            "2027-03-31",
            "--format",
            "json",
        ])
        .ends(0);
    assert_eq!(Schema::read().problems(&json.out), [""; 0]);
    let report = json.json();
    assert_eq!(only_finding(&report)["acceptance"]["status"], "accepted");
    assert_eq!(report["summary"]["findings"], 0);
    assert_eq!(report["summary"]["accepted"], 1);
    assert_eq!(report["summary"]["in_sync"], true);
    let over = program
        .run(&["drift", "spec.yaml", "--as-of", "2027-04-01"])
        .ends(2)
        .says("counts again: it was accepted by Platform until 2027-03-31: moves away");
    assert!(!over.out.contains("is missing"), "{}", over.told());
}

#[test]
fn an_acceptance_holds_for_the_state_that_was_looked_at() {
    let server = Server::of(WITH_MORE);
    let program = program(&server);
    let id = id(&program);
    let spec = format!(
        "{SPEC}accept:\n  - {{ id: \"{id}\", state: \"0000000000000000\", reason: seen, until: \"2099-01-01\" }}\n"
    );
    let program = program.file("spec.yaml", spec);
    program
        .run(&["drift", "spec.yaml"])
        .ends(2)
        .says("counts: it was accepted in another state, look at it again: seen");
}

#[test]
fn an_acceptance_of_nothing_is_warned_of_once_the_whole_fleet_was_read() {
    let server = Server::of("{}");
    let unused = "accept:\n  - { id: \"0123456789abcdef\", state: \"0000000000000000\", reason: seen, until: \"2027-01-01\" }\n";
    let program = program(&server).file("spec.yaml", format!("{SPEC}{unused}"));
    program
        .run(&["drift", "spec.yaml", "--as-of", "2026-11-28"])
        .ends(2)
        .warns("warning: spec.yaml:7:11: `accept[0].id`: finding `0123456789abcdef` is accepted, but it is not found")
        .warns("hint: remove the entry");
    program
        .run(&["drift", "spec.yaml", "--as-of", "2027-01-02"])
        .ends(2)
        .warns("but it is not found, and its last day was 2027-01-01");
    let reports =
        ["json", "markdown", "html", "github"].map(|format| format!("{format}=unused.{format}"));
    let with = reports.iter().flat_map(|report| ["--report", report]);
    let args: Vec<&str> = ["drift", "spec.yaml"].into_iter().chain(with).collect();
    program.run(&args).ends(2);
    let written = |format: &str| program.read(&format!("unused.{format}"));
    let json: Value = serde_json::from_str(&written("json")).unwrap();
    let message = "finding `0123456789abcdef` is accepted, but it is not found";
    assert_eq!(
        json["unused_acceptances"],
        json!([{ "id": "0123456789abcdef", "until": "2027-01-01", "line": 7, "message": message }])
    );
    // It is a note, and no finding.
    assert_eq!(json["summary"]["accepted"], 0);
    assert!(written("html").contains("1 accepted, not found"));
    assert!(written("markdown").contains(message));
    assert!(written("github").contains(&format!("line=7,title=export-iam accept::{message}")));
    let part = program.run(&["drift", "spec.yaml", "--exclude", "nobody"]);
    assert!(!part.err.contains("is accepted"), "{}", part.told());
}

#[test]
fn what_cannot_be_accepted_is_said() {
    let server = Server::of(WITH_MORE);
    let program = program(&server);
    let accept = |id: &str, reason: &str, until: &str| {
        program.run(&[
            "drift",
            "spec.yaml",
            "--accept",
            id,
            "--reason",
            reason,
            "--until",
            until,
        ])
    };
    accept("ffffffffffffffff", "x", "2027-01-01")
        .ends(1)
        .warns("error: no finding `ffffffffffffffff` now")
        .warns("hint: `export-iam drift` shows the id of each finding in brackets");
    let id = id(&program);
    accept(&id, "two\nlines", "2027-01-01")
        .ends(64)
        .warns("the reason is not on one line");
    accept(&id, "x", "tomorrow")
        .ends(64)
        .warns("`tomorrow` is not a day, as `2027-03-31`");
    program
        .run(&["drift", "spec.yaml", "--accept", &id])
        .ends(64)
        .warns("--reason <TEXT>");
}

#[test]
fn a_baseline_tells_new_findings_from_those_still_there_and_names_those_gone() {
    let server = Server::of(WITH_MORE);
    let before = program(&server);
    before
        .run(&["drift", "spec.yaml", "--report", "json=last.json"])
        .ends(2);
    before
        .run(&[
            "drift",
            "spec.yaml",
            "--baseline",
            "last.json",
            "--fail-on",
            "new:low",
        ])
        .ends(0)
        .says("] still there");
    let other = Server::of("{}");
    let after = program(&other).file("last.json", before.read("last.json"));
    let run = after
        .run(&["drift", "spec.yaml", "--baseline", "last.json", "--fail-on", "new:high",
               "--report", "json=tonight.json"])
        .ends(2)
        .says("role/AliyunECSImageExportDefaultRole blocks exports")
        .says("] new")
        .says("gone     role/AliyunECSImageExportDefaultRole/system:AliyunOSSFullAccess unmanaged, high [");
    assert!(!run.out.contains("still there"), "{}", run.told());
    assert_eq!(
        Schema::read().problems(&after.read("tonight.json")),
        [""; 0]
    );
    after
        .run(&["report", "diff", "last.json", "tonight.json"])
        .ends(2)
        .says("3 new, 0 changed, 0 returned, 1 gone, 0 still there.");
    let json = after
        .run(&[
            "report",
            "diff",
            "last.json",
            "tonight.json",
            "--format",
            "json",
        ])
        .ends(2);
    assert_eq!(Schema::read().problems(&json.out), [""; 0]);
    assert_eq!(
        json.json()["accounts"][0]["gone"].as_array().unwrap().len(),
        1
    );
    after
        .run(&["report", "diff", "last.json", "last.json"])
        .ends(0)
        .says("0 new, 0 changed, 0 returned, 0 gone, 1 still there.");
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    let server = Server::of(WITH_MORE);
    let program = program(&server)
        .file("text.json", "no report")
        .file(
            "plan.json",
            r#"{"format_version":"1.0","kind":"plan","accounts":[]}"#,
        )
        .file(
            "later.json",
            r#"{"format_version":"2.0","kind":"drift","accounts":[]}"#,
        );
    for (file, problem) in [
        ("absent.json", "report `absent.json` could not be read"),
        ("text.json", "report `text.json` is not a report: expected"),
        (
            "plan.json",
            "report `plan.json` is a report of `plan`, a report of `drift` is wanted",
        ),
        (
            "later.json",
            "report `later.json` is not a report of format 1.0",
        ),
    ] {
        program
            .run(&["drift", "spec.yaml", "--baseline", file])
            .ends(1)
            .warns(problem);
    }
    program
        .run(&["drift", "spec.yaml", "--fail-on", "new:high"])
        .ends(64)
        .warns("`--fail-on new:…` without `--baseline`");
}
