//! `docs/clients.md`, made from what the runs have read.

use std::collections::{BTreeMap, BTreeSet};

use crate::golden::{Golden, root};
use crate::life::accepted;
use crate::reading::Readings;

/// The columns of the table: files of `readings/` and the packages they stand for.
const CLIENTS: [(&str, &[&str], &str); 4] = [
    (
        "Python, signature 3",
        &["python-v3", "python-oss"],
        "`alibabacloud_ram20150501`, `_sts20150401`, `_ecs20140526`, `_resourcemanager20200331`, \
         `_resourcedirectorymaster20220419` with ACS3-HMAC-SHA256; `alibabacloud-oss-v2` with OSS4-HMAC-SHA256",
    ),
    (
        "Python, signature 1.0",
        &["python-v1"],
        "the same packages with `signature_algorithm=\"v2\"`, but for OSS",
    ),
    (
        "Python, classic",
        &["python-classic"],
        "`aliyun-python-sdk-core`, with `-ram` and `-sts`, signature 1.0; it has no models, so it reads whatever comes",
    ),
    (
        "Node",
        &["node", "node-oss"],
        "`@alicloud/ram20150501`, `sts20150401`, `ecs20140526`, `resourcemanager20200331` with ACS3-HMAC-SHA256; \
         `ali-oss` with OSS4-HMAC-SHA256",
    ),
];

const HEAD: &str = "\
# Clients that read the sandbox

Made by `cargo test --test sdk` from runs of the official clients against the sandbox; do not edit. Nothing of a client
is changed but its endpoint. A run fails when a field, an error code or a status differs from what is here.

";

/// All readings of one column.
fn column(files: &[&str]) -> Readings {
    let mut column = Readings::new();
    for file in files {
        column.extend(accepted(file));
    }
    column
}

fn page() -> String {
    let columns = CLIENTS.map(|(title, files, what)| (title, column(files), what));
    let mut text = HEAD.to_owned();
    for (title, _, what) in &columns {
        text.push_str(&format!("- **{title}**: {what}.\n"));
    }
    text.push_str(
        "\n## Operations\n\n\
         How many of the fields that were sent each client's model has, of how many; and how many different errors it \
         showed with the code and status that were sent.\n\n",
    );
    let titles = columns.iter().map(|(title, ..)| format!(" {title} |"));
    text.push_str(&format!("| operation |{}\n", titles.collect::<String>()));
    text.push_str(&format!("| --- |{}\n", " --- |".repeat(columns.len())));
    let all: BTreeSet<&String> = columns
        .iter()
        .flat_map(|(_, readings, _)| readings.keys())
        .collect();
    for operation in &all {
        let cells = columns
            .iter()
            .map(|(_, readings, _)| cell(readings, operation));
        text.push_str(&format!("| {operation} |{}\n", cells.collect::<String>()));
    }
    text.push_str("\n## Fields and errors\n");
    for operation in all {
        text.push_str(&section(operation, &columns));
    }
    text
}

fn cell(readings: &Readings, operation: &str) -> String {
    let Some(reading) = readings.get(operation) else {
        return " |".to_owned();
    };
    let (reads, loses) = (reading.reads.len(), reading.loses.len());
    let errors = reading.errors().count();
    let errors = match errors {
        0 => String::new(),
        1 => ", 1 error".to_owned(),
        many => format!(", {many} errors"),
    };
    format!(" {reads} of {}{errors} |", reads + loses)
}

fn section(operation: &str, columns: &[(&str, Readings, &str)]) -> String {
    let readings = || {
        let all = columns.iter();
        all.filter_map(|(title, readings, _)| Some((title, readings.get(operation)?)))
    };
    let mut text = format!("\n### {operation}\n\n");
    let fields: BTreeSet<&String> = readings()
        .flat_map(|(_, reading)| reading.reads.iter().chain(&reading.loses))
        .collect();
    if !fields.is_empty() {
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        text.push_str(&format!("Fields: {}.\n", fields.join(", ")));
    }
    for (title, reading) in readings() {
        if !reading.loses.is_empty() {
            let lost: Vec<String> = reading
                .loses
                .iter()
                .map(|field| format!("`{field}`"))
                .collect();
            text.push_str(&format!("\n{title} has no {}.\n", lost.join(", ")));
        }
    }
    let mut errors: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
    for (title, reading) in readings() {
        for error in reading.errors() {
            errors.entry(error).or_default().push(title);
        }
    }
    if !errors.is_empty() {
        text.push('\n');
    }
    for (error, seen) in errors {
        let by = match seen.len() == readings().count() {
            true => String::new(),
            false => format!(" ({})", seen.join("; ")),
        };
        text.push_str(&format!("- {error}{by}\n"));
    }
    text
}

#[test]
fn the_page_of_clients_is_what_the_runs_read() {
    let mut golden = Golden::default();
    golden.check(&root().join("docs/clients.md"), &page());
    golden.finish("sdk");
}

#[test]
fn every_documented_error_was_shown_by_every_client() {
    let documented = include_str!("../../docs/sandbox.md");
    for (operation, title) in [
        (
            "ecs.ExportImage",
            "## How each error of ExportImage comes about",
        ),
        ("ecs.ImportImage", "## How errors of ImportImage come about"),
    ] {
        let (_, table) = documented.split_once(title).unwrap();
        let table = table.split("\n## ").next().unwrap();
        let rows = table.lines().filter_map(|row| {
            let mut cells = row.strip_prefix("| ")?.split(" | ");
            let status: u16 = cells.next()?.parse().ok()?;
            Some(format!("{status} {}", cells.next()?.trim_matches('`')))
        });
        let rows: Vec<String> = rows.collect();
        assert!(rows.len() > 20, "{rows:?}");
        for (client, files, _) in CLIENTS {
            let readings = column(files);
            let shown = &readings[operation].answers;
            for row in &rows {
                assert!(shown.contains(row), "{client} was never shown {row}");
            }
        }
    }
}

#[test]
fn the_newest_models_lose_no_field() {
    for client in ["python-v3", "python-v1", "python-oss"] {
        for (operation, reading) in accepted(client) {
            let lost = reading.loses;
            assert!(lost.is_empty(), "{client}, {operation}: {lost:?}");
        }
    }
}
