//! Lint by example: a case file a rule, good documents, and documents as people bring them.
//!
//! `UPDATE_GOLDEN=1 cargo test --test library lint::cases` accepts new findings.

use export_iam::policy::grant;
use export_iam::policy::lint::{Export, Finding, Kind, Options, Severity, lint, rules};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A rule's case file: options, a document that triggers the rule, one that does not, and all findings
/// of the first.
pub(super) struct Case {
    path: PathBuf,
    pub(super) options: String,
    pub(super) triggers: String,
    quiet: String,
    findings: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/lint")
        .join(name)
}

pub(super) fn files(folder_name: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(folder_name)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

impl Case {
    pub(super) fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let mut parts = text.split("\n## ").map(str::to_owned);
        let mut part = |name: &str| {
            let part = parts
                .next()
                .unwrap_or_else(|| panic!("{path:?} has no {name}"));
            part.strip_prefix(name)
                .unwrap_or_else(|| panic!("{path:?}: {name} expected"))
                .trim_start_matches('\n')
                .to_owned()
        };
        Case {
            options: part("options:"),
            triggers: part("triggers"),
            quiet: part("quiet"),
            findings: part("findings"),
            path: path.clone(),
        }
    }

    fn write(&self, findings: &str) {
        let text = format!(
            "options:{}\n## triggers\n{}\n## quiet\n{}\n## findings\n{findings}",
            self.options, self.triggers, self.quiet
        );
        fs::write(&self.path, text).unwrap();
    }
}

/// Findings under options written as `kind=trust account=1 export=bucket/prefix`; `export=` is some export.
pub(super) fn lint_with(text: &str, written: &str) -> Vec<Finding> {
    let mut options = Options::default();
    let mut exports = None;
    for word in written.split_whitespace() {
        match word.split_once('=').unwrap() {
            ("kind", "trust") => options.kind = Kind::Trust,
            ("kind", "permission") => options.kind = Kind::Permission,
            ("account", account) => options.account = Some(account),
            ("now", now) => options.now = Some(now.parse().unwrap()),
            ("export", "") => exports = Some(Vec::new()),
            ("export", export) => {
                let (bucket, prefix) = export.split_once('/').unwrap();
                let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
                exports
                    .get_or_insert_with(Vec::new)
                    .push(Export { bucket, prefix });
            }
            _ => panic!("unknown option {word}"),
        }
    }
    options.exports = exports.as_deref();
    lint(&padded(text), &options)
}

/// `@@PAD 7@@` stands for so many letters.
fn padded(text: &str) -> String {
    match text
        .split_once("@@PAD ")
        .and_then(|(before, rest)| Some((before, rest.split_once("@@")?)))
    {
        Some((before, (count, after))) => {
            format!("{before}{}{after}", "x".repeat(count.parse().unwrap()))
        }
        None => text.to_owned(),
    }
}

fn written(findings: &[Finding]) -> String {
    let lines = findings
        .iter()
        .map(|finding| format!("{finding}\n    fix: {}\n", finding.fix_text()));
    lines.collect()
}

fn accepts() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

fn compare_with_golden(what: &str, found: &str, golden: &str) {
    let diff = similar::TextDiff::from_lines(golden, found);
    assert!(
        found == golden,
        "{what}: findings differ; UPDATE_GOLDEN=1 accepts them\n{}",
        diff.unified_diff()
    );
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let cases: BTreeSet<String> = files("rules", "txt")
        .iter()
        .map(|path| stem(path))
        .collect();
    let rules: BTreeSet<String> = rules().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(cases, rules);
}

#[test]
fn rules_find_what_they_are_for_and_nothing_in_its_correction() {
    let mut failures = Vec::new();
    for path in files("rules", "txt") {
        let id = stem(&path);
        let case = Case::read(path);
        let findings = lint_with(&case.triggers, &case.options);
        let found = written(&findings);
        if findings.iter().all(|f| f.rule.id != id) {
            failures.push(format!("{id} is not triggered, but:\n{found}"));
        }
        let quiet = lint_with(&case.quiet, &case.options);
        if quiet.iter().any(|f| f.rule.id == id) {
            failures.push(format!("{id} is not quiet:\n{}", written(&quiet)));
        }
        if accepts() {
            case.write(&found);
        } else {
            compare_with_golden(&id, &found, &case.findings);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn documents_as_people_bring_them() {
    for path in files("examples", "json") {
        let text = fs::read_to_string(&path).unwrap();
        let found = written(&lint(&text, &Options::default()));
        let golden = path.with_extension("txt");
        if accepts() {
            fs::write(&golden, &found).unwrap();
        } else {
            compare_with_golden(&stem(&path), &found, &fs::read_to_string(golden).unwrap());
        }
    }
}

const NAMED: Export<'_> = Export {
    bucket: "img-hz",
    prefix: None,
};

#[test]
fn good_documents_give_no_findings() {
    for path in files("good", "json") {
        let text = fs::read_to_string(&path).unwrap();
        for exports in [None, Some(&[][..]), Some(&[NAMED][..])] {
            let is_import = stem(&path).contains("import");
            let options = Options {
                exports: exports.filter(|_| !is_import),
                account: Some("1234567890123456"),
                kind: Kind::Auto,
                now: None,
            };
            assert_eq!(written(&lint(&text, &options)), "", "{path:?}");
        }
    }
}

#[test]
fn generated_grants_give_no_findings() {
    let targets = [
        ("img-hz", None),
        ("img-sg", Some("Nightly")),
        ("img-sg", Some("weekly")),
    ];
    let exports = targets.map(|(bucket, prefix)| Export { bucket, prefix });
    for account in ["*", "1234567890123456"] {
        let document = grant::image_export(account, &targets);
        for text in [document.to_json(), document.pretty()] {
            for exports in [None, Some(&exports[..])] {
                let options = Options {
                    kind: Kind::Permission,
                    exports,
                    account: Some("1234567890123456"),
                    now: None,
                };
                assert_eq!(written(&lint(&text, &options)), "");
            }
        }
    }
}

#[test]
fn the_registry_can_be_printed() {
    let ids: Vec<&str> = rules().map(|rule| rule.id).collect();
    assert!(ids.is_sorted() && ids.len() > 60);
    for rule in rules() {
        let is_kebab = rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(is_kebab, "{}", rule.id);
        for line in [rule.why, rule.fix] {
            let is_line = !line.is_empty() && !line.contains('\n') && !line.ends_with('.');
            assert!(is_line && line.len() <= 140, "{}: {line}", rule.id);
        }
    }
}

#[test]
fn messages_are_one_line_without_a_capital_or_a_stop() {
    let mut count = 0;
    for path in files("rules", "txt") {
        let case = Case::read(path);
        for finding in lint_with(&case.triggers, &case.options) {
            let message = &finding.message;
            let starts_low = !message.starts_with(|c: char| c.is_ascii_uppercase())
                || message.starts_with("ExportImage")
                || message.starts_with("OSS");
            let is_line = !message.contains('\n') && !message.ends_with('.');
            assert!(starts_low && is_line, "{finding}");
            count += 1;
        }
    }
    assert!(count > 60);
}

#[test]
fn the_worst_comes_first_at_one_place() {
    let findings = lint("{}", &Options::default());
    let ids: Vec<_> = findings.iter().map(|f| f.rule.id).collect();
    assert_eq!(ids, ["missing-element", "missing-element"]);
    assert!(Severity::Error < Severity::Warning && Severity::Warning < Severity::Note);
}
