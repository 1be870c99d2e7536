//! Who may use whom. A newcomer reads the table; this test keeps it true.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each top-level module, and the modules of ours and outside crates it may name.
const ROWS: &[(&str, &[&str], &[&str])] = &[
    // Core: pure. No HTTP, no files, no time of day, no terminal.
    (
        "policy",
        &[],
        &["serde", "serde_json", "thiserror", "jiff", "strsim"],
    ),
    ("model", &["policy"], &["thiserror"]),
    (
        "plan",
        &["model", "policy"],
        &["serde", "serde_json", "sha2", "thiserror"],
    ),
    ("drift", &["plan", "model", "policy"], &["sha2"]),
    // Seam: the core's view of the outside.
    ("account", &["model", "policy"], &["thiserror"]),
    (
        "observe",
        &["account", "model"],
        &["futures_util", "thiserror"],
    ),
    (
        "apply",
        &["account", "observe", "plan", "model"],
        &["futures_util", "tokio"],
    ),
    // Edges.
    (
        "spec",
        &["model", "policy"],
        &[
            "saphyr_parser",
            "serde",
            "serde_json",
            "serde_yaml",
            "sha2",
            "strsim",
            "thiserror",
        ],
    ),
    (
        "credentials",
        &["ram"],
        &[
            "jiff",
            "reqwest",
            "rustix",
            "rustls",
            "secrecy",
            "serde",
            "serde_json",
            "shlex",
            "thiserror",
            "tokio",
            "tracing",
            "zeroize",
        ],
    ),
    (
        "ram",
        &["account", "credentials", "model", "policy"],
        &[
            "base64",
            "futures_util",
            "getrandom",
            "hmac",
            "jiff",
            "percent_encoding",
            "quick_xml",
            "reqwest",
            "rustls",
            "secrecy",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "thiserror",
            "tokio",
            "tracing",
        ],
    ),
    (
        "sandbox",
        &["account", "model", "policy", "ram"],
        &[
            "axum",
            "base64",
            "getrandom",
            "jiff",
            "percent_encoding",
            "quick_xml",
            "secrecy",
            "serde",
            "serde_json",
            "tempfile",
            "thiserror",
            "tokio",
        ],
    ),
    (
        "report",
        &["account", "apply", "drift", "model", "plan", "policy"],
        &["anstyle", "serde", "serde_json", "similar"],
    ),
];

/// Who may use which part of `ram`: the sandbox takes the wire's own rules, the credential sources what signs and
/// carries a call to STS.
const PARTS_OF_RAM: &[(&str, &[&str])] = &[
    ("sandbox", &["signature", "encoding", "transport"]),
    (
        "credentials",
        &[
            "signature",
            "encoding",
            "transport",
            "http",
            "endpoint",
            "limiter",
        ],
    ),
];

/// What the core must not name, even from the standard library.
const IMPURE: &[&str] = &[
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::env",
    "std::process",
    "std::time",
    "std::io",
    "println!",
    "Timestamp::now",
];
const CORE: &[&str] = &["policy", "model", "plan", "drift"];

struct SourceFile {
    path: PathBuf,
    module: String,
    /// The text without the tests at its foot, comments and doc comments.
    code: String,
}

fn source_files() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(source_file(&root, path));
            }
        }
    }
    files
}

fn source_file(root: &Path, path: PathBuf) -> SourceFile {
    let text = fs::read_to_string(&path).unwrap();
    let before_tests = text.split("\n#[cfg(test)]").next().unwrap();
    let code: String = before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let first = path
        .strip_prefix(root)
        .unwrap()
        .components()
        .next()
        .unwrap();
    let module = Path::new(first.as_os_str())
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    SourceFile { path, module, code }
}

/// The words that follow `prefix` in the code, up to the next character that no name has; `crate::{a, b}` gives
/// each of its members.
fn names_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let starts_word = !code[..at].ends_with(|c: char| is_name(c) || c == ':' || c == '$');
        let rest = &code[at + prefix.len()..];
        if !starts_word {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let mut start = 0;
                for (i, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' | ',' if depth == 0 => {
                            names.push(group[start..i].trim());
                            start = i + 1;
                            if c == '}' {
                                break;
                            }
                        }
                        '}' => depth -= 1,
                        _ => {}
                    }
                }
            }
            None => names.push(&rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]),
        }
    }
    names
        .iter()
        .map(|name| name.split("::").next().unwrap().trim())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Every crate the manifest names, as code spells it.
fn dependencies() -> Vec<String> {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let lines = section
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains('='));
    lines
        .map(|line| line.split('=').next().unwrap().trim().replace('-', "_"))
        .collect()
}

#[test]
fn every_module_keeps_to_its_row() {
    let rows: BTreeMap<&str, (&[&str], &[&str])> = ROWS
        .iter()
        .map(|(name, ours, crates)| (*name, (*ours, *crates)))
        .collect();
    let crates = dependencies();
    assert!(
        crates.contains(&"serde_yaml".to_owned()),
        "the manifest was not read: {crates:?}"
    );
    let mut broken = Vec::new();
    for SourceFile { path, module, code } in source_files() {
        if matches!(module.as_str(), "lib" | "main" | "cli") {
            continue;
        }
        let Some((ours, outside)) = rows.get(module.as_str()) else {
            broken.push(format!(
                "{}: module `{module}` has no row in tests/architecture.rs",
                path.display()
            ));
            continue;
        };
        for used in names_after(&code, "crate::") {
            if used != module && !ours.contains(&used) {
                broken.push(format!(
                    "{}: `{module}` may not use `{used}`",
                    path.display()
                ));
            }
        }
        for used in &crates {
            let is_named =
                code.contains(&format!("{used}::")) && !names_after(&code, used).is_empty();
            if is_named
                && !outside.contains(&used.as_str())
                && code.lines().any(|line| names_crate(line, used))
            {
                broken.push(format!(
                    "{}: `{module}` may not use the crate `{used}`",
                    path.display()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Whether the line names the crate itself, not a module of ours with the same name.
fn names_crate(line: &str, name: &str) -> bool {
    let path = format!("{name}::");
    line.match_indices(&path)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn the_core_sees_neither_files_nor_time_nor_terminal() {
    let mut broken = Vec::new();
    for SourceFile { path, module, code } in source_files() {
        if CORE.contains(&module.as_str()) {
            for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                broken.push(format!("{}: names `{word}`", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn only_the_wire_is_taken_from_ram() {
    let mut broken = Vec::new();
    for SourceFile { path, module, code } in source_files() {
        for (_, parts) in PARTS_OF_RAM.iter().filter(|(name, _)| *name == module) {
            for used in names_after(&code, "crate::ram::") {
                if !parts.contains(&used) {
                    broken.push(format!("{}: uses `ram::{used}`", path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn main_is_short() {
    let main =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 40);
}
