//! The README and the pages of `docs/`: commands do what the pages say, tables and references are what the program says
//! of itself, and links lead somewhere.
//!
//! A page is one session in a folder of its own, with an account in a sandbox that commands without `--sandbox` find.
//! `<!-- sandbox: STATE -->` puts another state there, and `<!-- run: COMMAND -->` runs what readers need not see. Of its
//! blocks,
//!
//! - `console` holds commands behind `$ ` and what they print;
//! - `sh` holds commands that have to end with 0 or 2, whatever they print;
//! - others are written to the file that `title=` or their first line names, if one does;
//! - `text` below `Exit status` is the table of the program.
//!
//! `UPDATE_GOLDEN=1 cargo test --test binary docs::` writes what commands print, and the references, anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use export_iam::cli::{Cli, EXIT_STATUS};
use export_iam::explain::all;
use export_iam::sandbox::{Options, World};
use export_iam::spec::presets;

use crate::support::golden::root;
use crate::support::{Golden, Program, Server};

const SUITE: &str = "binary docs::";

/// Pages whose commands another test runs: `json.md` needs the reports of a test case.
const RUN_ELSEWHERE: &[&str] = &["docs/json.md"];

/// Written by this test.
const CLI_REFERENCE: &str = "docs/reference/commands.md";
const CODES_REFERENCE: &str = "docs/reference/error-codes.md";

/// Every page, as paths from the root.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![
        PathBuf::from("README.md"),
        PathBuf::from("integrations/README.md"),
    ];
    pages.retain(|page| root().join(page).exists());
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            match path.extension() {
                Some(end) if end == "md" => pages.push(path),
                _ if entry.path().is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    pages.sort();
    pages
}

/// A page while it is replayed.
struct Replay {
    program: Program,
    status: i32,
    _server: Server,
}

impl Replay {
    fn of(page: &str) -> Self {
        let state = page
            .lines()
            .find_map(|line| line.strip_prefix("<!-- sandbox: ")?.strip_suffix(" -->"));
        let seed = state.map(|state| {
            let program = Program::new();
            program.run(&["sandbox", "seed", state]).ends(0);
            World::from_json(&program.read(".export-iam/sandbox.json")).unwrap()
        });
        let server = Server::start(Options {
            seed,
            ..Options::default()
        });
        let folder = Path::new(env!("CARGO_BIN_EXE_export-iam"))
            .parent()
            .unwrap();
        let path = format!("{}:/usr/bin:/bin", folder.display());
        Self {
            program: Program::new()
                .with_all(&server.environment())
                .with("PATH", &path),
            status: 0,
            _server: server,
        }
    }

    /// What a person sees on a terminal without colour: both streams, in order.
    fn run(&mut self, line: &str) -> String {
        let mut command = Command::new("timeout");
        self.program.prepare(&mut command);
        let output = command
            .args([
                "60",
                "sh",
                "-c",
                &format!("exec 2>&1; (exit {}); {line}", self.status),
            ])
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        self.status = output.status.code().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The page with every transcript as it would be today.
fn replayed(page: &Path, text: &str) -> String {
    let mut replay = Replay::of(text);
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    let mut is_exit_status = false;
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            is_exit_status = line.ends_with("Exit status");
        }
        let _ = writeln!(out, "{line}");
        let unseen = line
            .strip_prefix("<!-- run: ")
            .and_then(|line| line.strip_suffix(" -->"));
        if let Some(command) = unseen {
            let shown = replay.run(command);
            assert_eq!(replay.status, 0, "{}: {command}\n{shown}", page.display());
        }
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else {
            continue;
        };
        let mut block = String::new();
        while let Some(inside) = lines.next_if(|line| *line != "```") {
            let _ = writeln!(block, "{inside}");
        }
        lines.next();
        match kind {
            "console" => {
                let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
                for command in commands {
                    let shown = replay.run(command);
                    assert_ne!(replay.status, 127, "{}: {command}\n{shown}", page.display());
                    let _ = write!(out, "$ {command}\n{shown}");
                    if !shown.is_empty() && !shown.ends_with('\n') {
                        out.push('\n');
                    }
                }
            }
            "sh" => {
                // A line that ends with a backslash goes on.
                let joined = block.replace("\\\n", " ");
                let commands = joined.lines();
                for command in commands.filter(|line| line.starts_with("export-iam ")) {
                    // It serves until somebody stops it, which tests of its own do.
                    if command.starts_with("export-iam sandbox serve") {
                        continue;
                    }
                    let shown = replay.run(command);
                    let is_fine = [0, 2].contains(&replay.status);
                    assert!(is_fine, "{}: {command}\n{shown}", page.display());
                }
                out.push_str(&block);
            }
            "text" if is_exit_status => {
                let _ = writeln!(out, "{EXIT_STATUS}");
            }
            _ => {
                let first = block.lines().next().unwrap_or_default();
                let titled = kind.split_once(" title=").map(|(_, name)| name);
                let name = titled.or_else(|| first.strip_prefix("# "));
                let name = name.filter(|name| !name.contains(' '));
                if let Some(name) = name.filter(|name| name.contains('.')) {
                    let path = replay.program.path().join(name);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, &block).unwrap();
                }
                out.push_str(&block);
            }
        }
        out.push_str("```\n");
    }
    out
}

#[test]
fn transcripts_are_what_the_program_prints() {
    let mut golden = Golden::default();
    let mut transcripts = 0;
    for page in pages() {
        if RUN_ELSEWHERE.iter().any(|other| page == Path::new(other)) {
            continue;
        }
        let text = fs::read_to_string(root().join(&page)).unwrap();
        transcripts += text.matches("\n$ ").count();
        golden.check(&root().join(&page), &replayed(&page, &text));
    }
    assert!(transcripts >= 3, "no transcript was found");
    golden.finish(SUITE);
}

/// Code in the running text that begins with the program's name.
fn commands_in_prose(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        in_block ^= line.starts_with("```");
        if !in_block {
            let code = line.split('`').skip(1).step_by(2);
            commands.extend(
                code.filter(|code| code.starts_with("export-iam "))
                    .map(str::to_owned),
            );
        }
    }
    commands
}

#[test]
fn commands_in_prose_are_ones_that_the_program_knows() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        for command in commands_in_prose(&text) {
            let words = command.split_whitespace();
            let words = words.take_while(|word| !["<", ">", "|", "&&"].contains(word));
            let words: Vec<&str> = words.map(|word| word.trim_matches('"')).collect();
            if let Err(error) = Cli::try_parse_from(words) {
                // A command may be named without its arguments.
                let is_known = [
                    ErrorKind::MissingRequiredArgument,
                    ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
                    ErrorKind::DisplayHelp,
                    ErrorKind::DisplayVersion,
                ];
                assert!(
                    is_known.contains(&error.kind()),
                    "{}: {command}\n{error}",
                    page.display()
                );
            }
            count += 1;
        }
    }
    assert!(count > 10, "only {count} commands were found");
}

#[test]
fn every_preset_is_in_the_table() {
    let text = fs::read_to_string(root().join("docs/reference/spec.md")).unwrap();
    for preset in presets() {
        let row = format!("| `preset:{}` | {} |", preset.name, preset.summary);
        assert!(text.contains(&row), "missing: {row}");
    }
}

// References.

/// `words` and what it offers, without the options that go with every command.
fn command_section(words: &[String]) -> String {
    let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = Program::new().run(&arguments).ends(0).out;
    let own = help.split("\nGlobal options:").next().unwrap();
    let own = own.split("\nExit status:").next().unwrap();
    let name = [&["export-iam".to_owned()], words].concat().join(" ");
    format!("## {name}\n\n```text\n{}\n```\n\n", own.trim_end())
}

fn cli_reference() -> String {
    let mut text = "# Commands\n\n\
        What `--help` says of each command. Options that go with every command are at the end.\n\n"
        .to_owned();
    let mut commands = vec![Vec::new()];
    while let Some(words) = commands.pop() {
        let mut command = Cli::command();
        for word in &words {
            command = command.find_subcommand(word).unwrap().clone();
        }
        let inner: Vec<String> = command
            .get_subcommands()
            .map(|inner| inner.get_name().to_owned())
            .collect();
        let inner = inner.into_iter().rev();
        commands.extend(inner.map(|name| [words.as_slice(), &[name]].concat()));
        text.push_str(&command_section(&words));
    }
    let help = Program::new().run(&["--help"]).ends(0).out;
    let global = help.split("\nGlobal options:\n").nth(1).unwrap();
    let global = global.split("\nExit status:").next().unwrap();
    let _ = write!(
        text,
        "## Global options\n\n```text\n{}\n```\n\n",
        global.trim_end()
    );
    let _ = write!(text, "## Exit status\n\n```text\n{EXIT_STATUS}\n```\n");
    text
}

fn codes_reference() -> String {
    let mut text = "# Error codes\n\n\
        The codes that `export-iam explain` knows. `export-iam explain CODE` adds the causes, the likeliest first, and the \
        command that settles each.\n".to_owned();
    let mut service = "";
    for known in all() {
        if known.service.name() != service {
            service = known.service.name();
            let _ = write!(text, "\n## {service}\n\n| code | means |\n| --- | --- |\n");
        }
        let names: Vec<String> = known.names().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "| {} | {} |", names.join(", "), known.meaning.trim());
    }
    text
}

#[test]
fn references_are_what_the_program_says() {
    let mut golden = Golden::default();
    golden.check(&root().join(CLI_REFERENCE), &cli_reference());
    golden.check(&root().join(CODES_REFERENCE), &codes_reference());
    golden.finish(SUITE);
}

// Links.

/// The anchor that GitHub and GitLab give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_block = false;
    let headings = text.lines().filter(|line| {
        in_block ^= line.starts_with("```");
        !in_block && line.starts_with('#')
    });
    headings
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect()
}

/// The targets of the links in the running text.
fn links(text: &str) -> Vec<String> {
    let mut in_block = false;
    let prose = text.lines().filter(|line| {
        in_block ^= line.starts_with("```");
        !in_block
    });
    let prose: String = prose.collect::<Vec<_>>().join("\n");
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn links_lead_somewhere_and_to_every_page() {
    let mut reached = BTreeSet::from([PathBuf::from("README.md")]);
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        for link in links(&text) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => plain_path(&page.parent().unwrap().join(file)),
            };
            reached.insert(target.clone());
            match fs::read_to_string(root().join(&target)) {
                Ok(text) if part.is_empty() || anchors(&text).contains(part) => {}
                _ if part.is_empty() && root().join(&target).is_dir() => {}
                _ => wrong.push(format!("{}: {link}", page.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let lost: Vec<_> = pages()
        .into_iter()
        .filter(|page| !reached.contains(page))
        .collect();
    assert!(lost.is_empty(), "no page links to {lost:?}");
}

/// Without `..` and `.`.
fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            std::path::Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}
