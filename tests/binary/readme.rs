//! The README's transcripts are what the program prints, and its tables what the program says of itself.
//!
//! `UPDATE_GOLDEN=1 cargo test --test binary readme::` writes the transcripts and the exit statuses anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use export_iam::cli::EXIT_STATUS;
use export_iam::spec::presets;

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// What a person sees on a terminal without colour: both streams, in order.
fn run(line: &str, folder: &Path) -> String {
    let arguments = line.split_whitespace().skip(1);
    let shell = format!("exec \"{}\" \"$@\" 2>&1", env!("CARGO_BIN_EXE_export-iam"));
    let output = Command::new("sh")
        .args(["-c", &shell, "sh"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The README with every transcript as it would be today. YAML blocks that name a file are written there first.
fn regenerated(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        match line {
            "```console" => {
                while let Some(inside) = lines.next_if(|line| *line != "```") {
                    if let Some(command) = inside.strip_prefix("$ ") {
                        let shown = run(command, folder.path());
                        let _ = write!(out, "$ {command}\n{shown}");
                    }
                }
            }
            "```yaml" => {
                let mut block = String::new();
                while let Some(inside) = lines.next_if(|line| *line != "```") {
                    let _ = writeln!(block, "{inside}");
                }
                let name = block
                    .lines()
                    .next()
                    .and_then(|first| first.strip_prefix("# "));
                if let Some(name) = name.filter(|name| name.ends_with(".yaml")) {
                    fs::write(folder.path().join(name), &block).unwrap();
                }
                out.push_str(&block);
            }
            "```text" => {
                while lines.next_if(|line| *line != "```").is_some() {}
                out.push_str(EXIT_STATUS);
                out.push('\n');
            }
            _ => {}
        }
    }
    out
}

#[test]
fn transcripts_are_what_the_program_prints() {
    let text = fs::read_to_string(readme()).unwrap();
    let now = regenerated(&text);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(readme(), now).unwrap();
        return;
    }
    let diff = similar::TextDiff::from_lines(&text, &now)
        .unified_diff()
        .to_string();
    assert!(
        diff.is_empty(),
        "the README is behind; accept with UPDATE_GOLDEN=1 cargo test --test binary readme::\n{diff}"
    );
    assert!(
        text.contains("Verified: read again"),
        "the transcript of the first apply is missing"
    );
}

#[test]
fn every_preset_is_in_the_table() {
    let text = fs::read_to_string(readme()).unwrap();
    for preset in presets() {
        let row = format!("| `preset:{}` | {} |", preset.name, preset.summary);
        assert!(text.contains(&row), "missing: {row}");
    }
}
