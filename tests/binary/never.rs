//! Sentences that must hold whatever else changes: in the spec, after every plan, in the account.

use crate::support::{Program, Schema, Server};

const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":"sts:AssumeRole"}]}"#;

const ROLE: &str = "\
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
";

const NEVER: &str = "\
never:
  - { role: AliyunECSImageExportDefaultRole, do: oss:GetObject, on: \"secrets-*/*\" }
  - { role: AliyunECSImageExportDefaultRole, trusted_by: another_account }
";

/// A spec whose role holds these policies, and the sentences.
fn spec(policies: &str) -> String {
    format!("version: 1\n{ROLE}    policies: {policies}\n{NEVER}")
}

fn with_document(action: &str, resource: &str) -> String {
    let policies = format!(
        "policies:\n  - name: Own\n    document: {{ Version: \"1\", Statement: [ {{ Effect: Allow, Action: {action}, Resource: \"{resource}\" }} ] }}\n"
    );
    format!("version: 1\n{policies}{ROLE}    policies: [ {{ custom: Own }} ]\n{NEVER}")
}

#[test]
fn a_spec_is_held_against_its_own_sentences_without_account_or_key() {
    let program = Program::new()
        .file(
            "good.yaml",
            with_document("oss:GetObject", "acs:oss:*:*:exports-hz/*"),
        )
        .file("bad.yaml", with_document("oss:Get*", "*"))
        .file(
            "published.yaml",
            spec("[ { system: AliyunOSSFullAccess } ]"),
        )
        .file("unknown.yaml", spec("[ { system: AliyunLogFullAccess } ]"));
    program
        .run(&["validate", "good.yaml"])
        .ends(0)
        .says("is valid");
    program
        .run(&["validate", "bad.yaml"])
        .ends(1)
        .warns("error: bad.yaml:10:5: `never[0]`: `AliyunECSImageExportDefaultRole: never oss:GetObject on secrets-*/*` is broken: oss:GetObject on acs:oss:")
        .warns("hint: change what the spec asks for, or the sentence");
    program
        .run(&["validate", "published.yaml"])
        .ends(1)
        .warns("is broken: oss:GetObject on");
    program
        .run(&["validate", "unknown.yaml"])
        .ends(0)
        .warns("what `system:AliyunLogFullAccess` gives is not known without an account");
}

#[test]
fn trust_is_judged_for_the_accounts_of_the_spec() {
    let trust = |principal: &str| {
        format!(
            "version: 1\nroles:\n  - name: Exporter\n    trust: {{ document: {{ Version: \"1\", Statement: [ {{ Effect: Allow, Action: sts:AssumeRole, Principal: {principal} }} ] }} }}\nnever:\n  - {{ role: \"*\", trusted_by: another_account }}\n"
        )
    };
    let own = trust("{ RAM: \"acs:ram::1234567890123456:root\" }");
    let accounts = "accounts:\n  - { id: \"1234567890123456\" }\n";
    let program = Program::new()
        .file("mine.yaml", &own)
        .file("mine-too.yaml", format!("{own}{accounts}"))
        .file(
            "two.yaml",
            format!("{own}{accounts}  - {{ id: \"2222222222222222\" }}\n"),
        )
        .file("open.yaml", trust("{ RAM: \"*\" }"));
    program.run(&["validate", "mine.yaml"]).ends(0);
    program.run(&["validate", "mine-too.yaml"]).ends(0);
    program
        .run(&["validate", "two.yaml"])
        .ends(1)
        .warns("`Exporter: never trusted by another account` is broken: sts:AssumeRole by");
    program
        .run(&["validate", "open.yaml"])
        .ends(1)
        .warns("is broken: sts:AssumeRole by");
}

#[test]
fn no_plan_breaks_a_sentence_whatever_is_allowed() {
    let server = Server::of("{}");
    let program = Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", spec("[ { system: AliyunOSSFullAccess } ]"));
    let refusal = "refused: role/AliyunECSImageExportDefaultRole: after these steps `never oss:GetObject on secrets-*/*` is broken: oss:GetObject on acs:oss:";
    program
        .run(&["plan", "spec.yaml", "--out", "plan.json"])
        .ends(3)
        .says(
            "role/AliyunECSImageExportDefaultRole: `never oss:GetObject on secrets-*/*` is broken",
        )
        .warns(refusal);
    let json = program
        .run(&["plan", "spec.yaml", "--format", "json"])
        .ends(3);
    assert_eq!(Schema::read().problems(&json.out), [""; 0]);
    assert_eq!(json.json()["accounts"][0]["breaches"][0]["proven"], true);
    for plan in [&["spec.yaml"][..], &["--plan", "plan.json"]] {
        let allowed = ["trust", "admin", "own-role", "transient", "uninterpreted"];
        let allowed = allowed.iter().flat_map(|risk| ["--allow", risk]);
        let arguments: Vec<&str> = ["apply", "--yes"]
            .into_iter()
            .chain(plan.iter().copied())
            .chain(allowed)
            .collect();
        program.run(&arguments).ends(3).warns(refusal).warns(
            "hint: no `--allow` lets it pass: change what the spec asks for, or the sentence",
        );
    }
    assert_eq!(server.writes(), 0);
}

/// The role with these policies, and one that gives everything in OSS for one resource group.
fn live(attachments: &str) -> Server {
    Server::of(&format!(
        r#"{{"roles":[{{"name":"AliyunECSImageExportDefaultRole","trust":{TRUST},"attachments":[{attachments}]}}]}}"#
    ))
}

#[test]
fn what_is_live_is_held_against_the_sentences_extra_attachments_included() {
    let scoped = with_document("[oss:GetObject, oss:PutObject]", "acs:oss:*:*:exports-hz/*");
    for attachment in [
        r#"{"policy":"system:AliyunOSSFullAccess"}"#,
        r#"{"policy":"system:AliyunOSSFullAccess","resource_group":"rg-acfm1"}"#,
    ] {
        let server = live(attachment);
        let program = Program::new()
            .with_all(&server.environment())
            .file("spec.yaml", &scoped)
            .file(
                "keep.yaml",
                scoped.replace(
                    "    policies: [",
                    "    extra_policies: keep\n    policies: [",
                ),
            )
            .file(
                "detach.yaml",
                scoped.replace(
                    "    policies: [",
                    "    extra_policies: detach\n    policies: [",
                ),
            );
        for spec in ["spec.yaml", "keep.yaml"] {
            let run = program
                .run(&["drift", spec, "--fail-on", "critical"])
                .ends(2)
                .says("critical role/AliyunECSImageExportDefaultRole breaks `never oss:GetObject on secrets-*/*` [")
                .says("      oss:GetObject on acs:oss:");
            assert!(!run.out.contains("trusted by"), "{}", run.told());
        }
        let json = program
            .run(&["drift", "spec.yaml", "--format", "json"])
            .ends(2);
        assert_eq!(Schema::read().problems(&json.out), [""; 0]);
        let report = json.json();
        let findings = report["accounts"][0]["findings"].as_array().unwrap();
        let broken = findings
            .iter()
            .find(|finding| finding["kind"] == "never-broken")
            .unwrap();
        assert_eq!(broken["sentence"], "never oss:GetObject on secrets-*/*");
        let id = broken["id"].as_str().unwrap();
        program
            .run(&[
                "drift",
                "spec.yaml",
                "--accept",
                id,
                "--reason",
                "x",
                "--until",
                "2027-01-01",
            ])
            .ends(1)
            .warns("is a broken sentence of `never`, which cannot be accepted");
        // The plan leaves the attachment that breaks it, so it may not give anything more.
        program
            .run(&["apply", "spec.yaml", "--yes"])
            .ends(3)
            .warns("is broken");
        program.run(&["apply", "detach.yaml", "--yes"]).ends(0);
        program
            .run(&["drift", "spec.yaml", "--fail-on", "critical"])
            .ends(0);
    }
}

#[test]
fn a_plan_that_only_takes_away_may_run_while_a_sentence_is_broken() {
    let server =
        live(r#"{"policy":"system:AliyunOSSFullAccess"},{"policy":"system:AdministratorAccess"}"#);
    let wished = spec("[ { system: AliyunOSSFullAccess } ]")
        .replace("    policies:", "    extra_policies: detach\n    policies:");
    let program = Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", wished);
    program.run(&["apply", "spec.yaml", "--yes"]).ends(0);
    program
        .run(&["drift", "spec.yaml"])
        .ends(2)
        .says("breaks `never oss:GetObject on secrets-*/*`");
}

#[test]
fn an_acceptance_of_a_broken_sentence_does_not_count() {
    let server = live(r#"{"policy":"system:AliyunOSSFullAccess"}"#);
    let text = spec("[ { system: AliyunOSSFullAccess } ]");
    let program = Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", &text);
    let report = program
        .run(&["drift", "spec.yaml", "--format", "json"])
        .ends(2)
        .json();
    let findings = report["accounts"][0]["findings"].as_array().unwrap();
    let broken = findings
        .iter()
        .find(|finding| finding["kind"] == "never-broken")
        .unwrap();
    let (id, state) = (
        broken["id"].as_str().unwrap(),
        broken["state"].as_str().unwrap(),
    );
    let accept = format!(
        "accept:\n  - {{ id: \"{id}\", state: \"{state}\", reason: fine, until: \"2099-01-01\" }}\n"
    );
    program
        .file("spec.yaml", format!("{text}{accept}"))
        .run(&["drift", "spec.yaml"])
        .ends(2)
        .says("but a sentence of `never` cannot be accepted");
}
