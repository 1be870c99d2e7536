//! `policy lint` as a command: what decides the status, and files that are no plain JSON.

use crate::support::Program;

const GRANT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:img-hz/*"}]}"#;

fn program(text: impl AsRef<[u8]>) -> Program {
    Program::new().file("doc.json", text)
}

#[test]
fn the_worst_finding_decides_with_the_severity_to_fail_on() {
    let warning = GRANT.replace("img-hz/*", "img-hz/");
    let note = GRANT.replace("}]}", r#","Condition":{}}]}"#);
    let error = GRANT.replace("Allow", "allow");
    for (text, statuses) in [
        (GRANT.to_owned(), [0, 0, 0]),
        (note, [0, 0, 2]),
        (warning, [0, 2, 2]),
        (error, [2, 2, 2]),
    ] {
        for (level, status) in ["error", "warning", "note"].into_iter().zip(statuses) {
            program(&text)
                .run(&["policy", "lint", "--fail-on", level, "doc.json"])
                .ends(status);
        }
        program(&text)
            .run(&["policy", "lint", "doc.json"])
            .ends(statuses[0]);
    }
}

#[test]
fn the_own_account_is_told_from_others() {
    let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1234567890123456:root"}}]}"#;
    let lint = [
        "policy",
        "lint",
        "--fail-on",
        "warning",
        "doc.json",
        "--account",
    ];
    program(trust)
        .run(&[&lint[..], &["1234567890123456"]].concat())
        .ends(0);
    program(trust)
        .run(&[&lint[..], &["2345678901234567"]].concat())
        .ends(2);
}

#[test]
fn what_is_no_plain_json_is_named() {
    let marked = format!("\u{feff}{GRANT}");
    let run = program(&marked)
        .run(&["policy", "lint", "doc.json"])
        .ends(0);
    run.says("note: the text begins with a byte order mark");
    program(&marked)
        .run(&["policy", "check", "doc.json", "--bucket", "img-hz"])
        .ends(2);
    let quoted = GRANT.replacen("\"Version\"", "\u{201c}Version\u{201d}", 1);
    let run = program(quoted).run(&["policy", "lint", "doc.json"]).ends(2);
    run.says("doc.json:1:2: error: not JSON: the typographic quotation mark `\u{201c}` (U+201C)");
    let wide: Vec<u8> = GRANT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = program([&[0xff, 0xfe][..], &wide].concat()).run(&["policy", "lint", "doc.json"]);
    run.ends(1)
        .warns("`doc.json`: is UTF-16 text, UTF-8 is wanted");
}

#[test]
fn an_empty_condition_is_read_as_none_and_noted() {
    let spec = format!("version: 1\npolicies:\n  - name: P\n    document: {GRANT}\n");
    let spec = spec.replace("}]}", ",\"Condition\":{}}]}");
    let run = Program::new()
        .file("spec.yaml", spec)
        .run(&["validate", "spec.yaml"]);
    run.ends(0)
        .warns("in the document: `Statement[0].Condition`: an empty condition, read as none");
    let text = GRANT.replace("}]}", r#","Condition":{}}]}"#);
    let run = program(text).run(&["policy", "lint", "doc.json"]).ends(0);
    run.says("note: an empty condition, read as none [empty-condition]");
}

#[test]
fn documents_come_from_standard_input_and_by_name_too() {
    let named = "system:AliyunECSImageExportRolePolicy";
    let piped = program(GRANT);
    let run = piped.run_with(
        &["policy", "lint", "-"],
        GRANT.replace("Allow", "allow").as_bytes(),
    );
    run.ends(2).says("standard input");
    piped
        .run_with(&["policy", "compare", "-", "doc.json"], GRANT.as_bytes())
        .ends(0);
    piped
        .run_with(&["policy", "compare", named, "-"], GRANT.as_bytes())
        .ends(2);
    piped
        .run(&["policy", "check", named, "--bucket", "img-hz"])
        .ends(0);
    piped
        .run(&["policy", "lint", named, "system:aliyunossfullaccess"])
        .ends(0);
    piped
        .run(&["policy", "show", named])
        .ends(0)
        .says("oss:PutObject");
    for command in ["lint", "check", "compare"] {
        let run = piped.run(&["policy", command, "system:AliyunNone", "doc.json"]);
        run.ends(1).warns("`AliyunNone` is not built in");
        let run = piped.run_with(&["policy", command, "-", "-"], GRANT.as_bytes());
        run.ends(64)
            .warns("`-` stands for standard input, which holds one document");
    }
    let run = piped.run_with(&["policy", "compare", "-", "doc.json"], b"{");
    run.ends(1).warns("`standard input`: ");
    let file = Program::new().file("system:AliyunNone", GRANT);
    file.run(&["policy", "lint", "./system:AliyunNone"]).ends(0);
}
