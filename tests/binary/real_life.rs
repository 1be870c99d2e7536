//! Documents as people write them, each with what `policy check`, `plan` and `drift` say of it.
//!
//! `tests/real-life/NAME.json` is the permission policy of the export role, `trust-NAME.json` its trust policy; the
//! rest of the account matches the spec. `NAME.txt` holds the three texts, to be read as a colleague's explanation.
//!
//! After a wanted change: `UPDATE_GOLDEN=1 cargo test --test binary real_life::`, and read the difference.

use std::path::Path;

use serde_json::json;

use crate::support::{Golden, Program, Server, golden};

/// One bucket, least privilege.
const SPEC: &str = "\
version: 1
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
policies: [ { name: ImageExportToOss, grant: image-export } ]
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: ImageExportToOss } ]
";

/// Lets ECS assume the role.
const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":["sts:AssumeRole"]}]}"#;

/// What the spec generates for its bucket.
const GENERATED: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetBucketInfo","oss:GetBucketLocation","oss:ListMultipartUploads"],"Resource":["acs:oss:*:1234567890123456:exports-hz"]},{"Effect":"Allow","Action":["oss:AbortMultipartUpload","oss:DeleteObject","oss:GetObject","oss:ListParts","oss:PutObject"],"Resource":["acs:oss:*:1234567890123456:exports-hz/*"]}]}"#;

#[test]
fn documents_of_real_life_are_explained_as_accepted() {
    let folder = golden::root().join("tests/real-life");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    names.sort();
    assert!(names.len() >= 50, "only {} documents", names.len());
    let mut golden = Golden::default();
    for name in names {
        golden.check(
            &folder.join(format!("{name}.txt")),
            &explained(&folder, &name),
        );
    }
    golden.finish("binary real_life::");
}

/// The three texts, each under its command and above its exit status.
fn explained(folder: &Path, name: &str) -> String {
    let document = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let is_trust = name.starts_with("trust-");
    let (trust, permissions) = match is_trust {
        true => (document.as_str(), GENERATED),
        false => (TRUST, document.as_str()),
    };
    let account = json!({
        "roles": [{
            "name": "AliyunECSImageExportDefaultRole",
            "trust": trust,
            "attachments": [{ "policy": "custom:ImageExportToOss" }],
        }],
        "policies": [{ "name": "ImageExportToOss", "versions": [{ "document": permissions }] }],
        "oidc_providers": [{
            "name": "GitHub",
            "issuer": "https://token.actions.githubusercontent.com",
            "client_ids": ["sts.aliyuncs.com"],
        }],
    });
    let server = Server::of(&account.to_string());
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", SPEC)
        .file("generated.json", GENERATED)
        .file("policy.json", &document);
    let check: &[&str] = match is_trust {
        true => &[
            "policy",
            "check",
            "generated.json",
            "policy.json",
            "--bucket",
            "exports-hz",
        ],
        false => &["policy", "check", "policy.json", "--bucket", "exports-hz"],
    };
    let mut text = String::new();
    for arguments in [check, &["plan"], &["drift"]] {
        let run = program.run(arguments);
        text.push_str(&format!(
            "$ export-iam {}\n{}{}? {}\n\n",
            arguments.join(" "),
            run.err,
            run.out,
            run.status
        ));
    }
    text
}
