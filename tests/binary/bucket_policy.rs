//! Bucket policies on the command line: every command about documents knows them as a kind of their own.

use serde_json::{Value, json};

use crate::support::Program;

const OWNER: &str = "1234567890123456";

fn program() -> Program {
    let on_bucket = json!(["acs:oss:*:*:exports-hz", "acs:oss:*:*:exports-hz/*"]);
    let session = format!("arn:sts::{OWNER}:assumed-role/AliyunECSImageExportDefaultRole/*");
    let policy = |effect: &str, principal: &str, action: &str| {
        json!({ "Version": "1", "Statement": [
            { "Effect": effect, "Principal": [principal], "Action": [action], "Resource": on_bucket }
        ]})
    };
    let role = |action: &str| {
        json!({ "Version": "1", "Statement": [
            { "Effect": "Allow", "Action": [action], "Resource": ["*"] }
        ]})
    };
    let files: [(&str, Value); 6] = [
        ("all.json", role("oss:*")),
        ("other.json", role("ecs:*")),
        ("grant.json", policy("Allow", &session, "oss:*")),
        ("get.json", policy("Allow", &session, "oss:Get*")),
        ("deny.json", policy("Deny", &session, "oss:PutObject")),
        ("everybody.json", policy("Deny", "*", "oss:PutObject")),
    ];
    files
        .iter()
        .fold(Program::new(), |program, (name, document)| {
            program.file(name, document.to_string())
        })
}

#[test]
fn a_check_takes_in_the_bucket_policy() {
    let program = program();
    let check = |documents: [&str; 2]| {
        let [first, second] = documents;
        program.run(&[
            "policy",
            "check",
            first,
            second,
            "--bucket",
            "exports-hz",
            "--owner",
            OWNER,
        ])
    };
    check(["other.json", "grant.json"]).ends(0);
    check(["other.json", "get.json"])
        .ends(2)
        .says("not granted");
    check(["all.json", "deny.json"])
        .ends(2)
        .says("denied by statement 1 of deny.json");
    check(["all.json", "everybody.json"])
        .ends(5)
        .says("`*` without a condition means roles of the bucket's owner");
    check(["deny.json", "grant.json"])
        .ends(64)
        .warns("a bucket has one");
    program
        .run(&["policy", "check", "all.json", "grant.json"])
        .ends(64)
        .warns("--owner");
}

#[test]
fn lint_compare_and_show_know_the_kind() {
    let program = program();
    program
        .run(&["policy", "lint", "grant.json", "deny.json"])
        .ends(0);
    program
        .run(&["policy", "compare", "get.json", "grant.json"])
        .ends(2)
        .says("broader");
    program
        .run(&["policy", "compare", "grant.json", "grant.json"])
        .ends(0);
    program
        .run(&["policy", "compare", "grant.json", "all.json"])
        .ends(1)
        .warns("one is a bucket policy and the other a permission policy");
    program
        .run(&["policy", "show", "grant.json"])
        .ends(0)
        .says("a bucket policy")
        .says("assumed-role/AliyunECSImageExportDefaultRole/*");
}
