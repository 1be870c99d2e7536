//! The commands of `docs/json.md` do what it says.

use std::process::Command;

use crate::support::golden::{is_accepting, root};

const PAGE: &str = include_str!("../../docs/json.md");

/// Where the reports of the page come from.
const CASE: &str = "tests/cases/corrects-trust-and-adds-a-bucket";

#[test]
fn commands_on_reports_print_what_the_page_says() {
    if Command::new("jq").arg("--version").output().is_err() {
        // In CI the test must not pass by being skipped.
        assert!(std::env::var_os("CI").is_none(), "jq is not installed");
        println!("skipped: jq is not installed");
        return;
    }
    let mut page = String::new();
    let mut commands = 0;
    let mut lines = PAGE.lines().peekable();
    while let Some(line) = lines.next() {
        page.push_str(&format!("{line}\n"));
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        commands += 1;
        page.push_str(&printed(command));
        while lines.next_if(|line| !line.starts_with("```")).is_some() {}
    }
    assert_eq!(commands, 3);
    match is_accepting() {
        true => std::fs::write(root().join("docs/json.md"), page).unwrap(),
        false => assert_eq!(page, PAGE),
    }
}

fn printed(command: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(root().join(CASE))
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{command} prints nothing");
    text
}
