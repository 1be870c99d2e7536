//! Who may use whom, and that no two files use each other. A newcomer reads the table; this test keeps it true.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

#[path = "architecture/imports.rs"]
mod imports;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use imports::Sources;

/// Each top-level module, and the modules of ours and outside crates it may name.
const ROWS: &[(&str, &[&str], &[&str])] = &[
    // Core: pure. No HTTP, no files, no time of day, no terminal.
    (
        "policy",
        &[],
        &["serde", "serde_json", "thiserror", "jiff", "strsim"],
    ),
    ("model", &["policy"], &["jiff", "serde", "thiserror"]),
    ("readiness", &["model", "policy", "shell"], &["jiff"]),
    (
        "plan",
        &["model", "policy", "readiness"],
        &["serde", "serde_json", "sha2", "thiserror"],
    ),
    (
        "drift",
        &["plan", "model", "policy", "readiness"],
        &["serde", "sha2"],
    ),
    // Seam: the core's view of the outside.
    ("account", &["model", "policy"], &["jiff", "thiserror"]),
    ("services", &["account", "model"], &[]),
    (
        "observe",
        &["account", "model", "services"],
        &["futures_util", "thiserror"],
    ),
    (
        "apply",
        &["account", "observe", "plan", "model", "services"],
        &["futures_util", "tokio"],
    ),
    (
        "export",
        &["account", "apply", "model", "services"],
        &["futures_util", "jiff", "tokio"],
    ),
    // Edges.
    (
        "spec",
        &["model", "policy", "visible"],
        &[
            "saphyr_parser",
            "serde",
            "serde_json",
            "serde_yaml",
            "sha2",
            "thiserror",
        ],
    ),
    (
        "cloud",
        &["account", "model", "policy", "services", "shell", "visible"],
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
            "zeroize",
        ],
    ),
    (
        "credentials",
        &["account", "cloud", "shell"],
        &[
            "futures_util",
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
        "sandbox",
        &["account", "cloud", "model", "policy"],
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
            "tracing",
        ],
    ),
    (
        "explain",
        &["account", "cloud"],
        &["serde", "serde_json", "serde_yaml", "strsim"],
    ),
    (
        "report",
        &[
            "account",
            "apply",
            "drift",
            "explain",
            "export",
            "model",
            "plan",
            "policy",
            "readiness",
            "visible",
        ],
        &[
            "anstream",
            "anstyle",
            "base64",
            "maud",
            "percent_encoding",
            "quick_xml",
            "serde",
            "serde_json",
            "sha2",
            "similar",
            "textwrap",
        ],
    ),
    // What may be printed; for everybody.
    ("visible", &[], &[]),
    // Values in commands to copy; for everybody.
    ("shell", &[], &["serde_json", "shlex"]),
];

/// Who may use which part of `cloud`: the sandbox takes the wire's own rules, the credential sources ask STS as
/// everybody does, and within `cloud` the services stand on `rpc`, which knows none of them.
const PARTS_OF_CLOUD: &[(&[&str], &[&[&str]])] = &[
    (
        &["sandbox"],
        &[
            &["rpc", "signature"],
            &["rpc", "encoding"],
            &["rpc", "transport"],
        ],
    ),
    (&["credentials"], &[&["rpc"], &["sts"]]),
    (&["cloud", "rpc"], &[&["rpc"]]),
    (&["cloud", "ecs"], &[&["ecs"], &["rpc"]]),
    (&["cloud", "oss"], &[&["oss"], &["rpc"]]),
    (
        &["cloud", "services"],
        &[
            &["services"],
            &["ecs"],
            &["oss"],
            &["resource_manager"],
            &["rpc"],
        ],
    ),
    (&["cloud", "sts"], &[&["sts"], &["rpc"]]),
    (
        &["cloud", "resource_manager"],
        &[&["resource_manager"], &["rpc"]],
    ),
    (
        &["cloud", "ram"],
        &[&["ram"], &["rpc"], &["sts"], &["resource_manager"]],
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
const CORE: &[&str] = &["policy", "model", "readiness", "plan", "drift"];

fn sources() -> Sources {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
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
    let sources = sources();
    let mut broken = Vec::new();
    for file in &sources.files {
        let Some(module) = file.module.first().map(String::as_str) else {
            continue;
        };
        if module == "cli" {
            continue;
        }
        let Some((ours, outside)) = rows.get(module) else {
            broken.push(format!(
                "{}: module `{module}` has no row in tests/architecture.rs",
                file.name
            ));
            continue;
        };
        for used in sources.named_modules(file) {
            let used = used.first().map_or("", String::as_str);
            if used != module && !used.is_empty() && !ours.contains(&used) {
                broken.push(format!("{}: `{module}` may not use `{used}`", file.name));
            }
        }
        for used in sources.named_crates(file, &crates) {
            if !outside.contains(&used.as_str()) {
                broken.push(format!(
                    "{}: `{module}` may not use the crate `{used}`",
                    file.name
                ));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_two_files_use_each_other() {
    let circles = circles(&sources());
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

/// Each circle as its files, and the names that tie them.
fn circles(sources: &Sources) -> Vec<String> {
    let arrows = sources.arrows();
    let name = |at: usize| sources.files[at].name.as_str();
    let circles = sources.circles();
    let told = circles.iter().map(|circle| {
        let files: Vec<&str> = circle.iter().map(|at| name(*at)).collect();
        let inside = arrows
            .iter()
            .filter(|arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to));
        let ties: String = inside
            .map(|arrow| {
                format!(
                    "\n  {} uses `{}` of {}",
                    name(arrow.from),
                    arrow.name,
                    name(arrow.to)
                )
            })
            .collect();
        format!("circle of {}: {}{ties}", files.len(), files.join(", "))
    });
    told.collect()
}

#[test]
fn a_circle_is_found_straight_round_a_corner_and_through_an_exported_name() {
    let straight = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "pub struct B; fn f() { crate::a::A; }"),
    ];
    assert_eq!(circles(&Sources::of(&straight)).len(), 1);
    let corner = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use super::b::B; pub struct A;"),
        ("b.rs", "use crate::{c::C}; pub struct B;"),
        (
            "c.rs",
            "pub struct C; fn f() { println!(\"{}\", crate::a::A) }",
        ),
    ];
    assert_eq!(circles(&Sources::of(&corner)).len(), 1);
    let exported = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod b; mod c; pub use b::B;"),
        ("a/b.rs", "use super::c::C; pub struct B;"),
        ("a/c.rs", "use super::B; pub struct C;"),
    ];
    assert_eq!(circles(&Sources::of(&exported)).len(), 1);
    let none = [
        ("lib.rs", "mod a; pub use a::B;"),
        ("a/mod.rs", "mod b; mod c; pub use b::B;"),
        (
            "a/b.rs",
            "use super::c::C; pub struct B; #[cfg(test)] mod tests { use super::*; }",
        ),
        (
            "a/c.rs",
            "pub struct C; #[cfg(test)] mod tests { use super::super::B; }",
        ),
    ];
    assert_eq!(circles(&Sources::of(&none)), Vec::<String>::new());
}

#[test]
fn the_core_sees_neither_files_nor_time_nor_terminal() {
    let mut broken = Vec::new();
    for file in &sources().files {
        if file
            .module
            .first()
            .is_some_and(|module| CORE.contains(&module.as_str()))
        {
            for word in IMPURE.iter().filter(|word| file.code.contains(**word)) {
                broken.push(format!("{}: names `{word}`", file.name));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn each_takes_its_own_parts_of_cloud() {
    let sources = sources();
    let is_in = |path: &[String], prefix: &[&str]| {
        path.len() >= prefix.len() && path.iter().zip(prefix).all(|(own, word)| own == word)
    };
    let mut broken = Vec::new();
    for file in &sources.files {
        let rows = PARTS_OF_CLOUD.iter();
        for (_, parts) in rows.filter(|(module, _)| is_in(&file.module, module)) {
            for used in sources.named_modules(file) {
                if let Some((first, part)) = used.split_first()
                    && first == "cloud"
                    && !parts.iter().any(|allowed| is_in(part, allowed))
                {
                    broken.push(format!("{}: uses `{}`", file.name, used.join("::")));
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
