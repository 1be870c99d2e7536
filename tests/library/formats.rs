//! The formats of `--report`: the same findings in each, and nothing in any of them that obeys text from elsewhere.
//!
//! With `EXPORT_IAM_REPORTS=FOLDER` every report is written there, for validators that we did not write.

use std::collections::BTreeSet;
use std::path::Path;

use export_iam::report::run::Run;
use export_iam::report::{Stamp, github, gitlab, html, junit, markdown, sarif};
use export_iam::visible::is_invisible;
use pulldown_cmark::{Event, Options, Parser, Tag};
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::{Value, json};

use crate::cases::reports;

/// Live texts that mean harm to somebody who reads a report.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{9b}31mred",
    "\u{7}\u{8}\u{8}\u{8}gone",
    "line\rover",
    "\u{0}nul\u{0}",
    "\u{202e}txt.exe",
    "a\u{2066}b\u{2069}c",
    "\u{200b}zero\u{200d}width\u{feff}",
    "tag\u{e0041}\u{e007f}",
    "\u{2028}separator\u{2029}",
    "\u{fffe}\u{ffff}",
    "::error::x",
    "\n::error file=a,line=1::x",
    "\n  ::add-mask::x",
    "::stop-commands::token",
    "x::y::z",
    "%0A::error::x",
    "##[error]x",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[testFailed name='x']",
    "[[ATTACHMENT|/etc/passwd]]",
    "<script>alert(1)</script>",
    "</script><script>trap()</script>",
    "<img src=x onerror=trap()>",
    "\"><svg onload=trap()>",
    "' onmouseover='trap()",
    "</style><style>*{display:none}</style>",
    "<!-- ",
    "--><b>",
    "]]>",
    "<![CDATA[",
    "&lt;b&gt; &amp; &#x202e;",
    "javascript:trap()",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "`code` ``more`` ```",
    "``` \n# heading\n```",
    "| a | b |\n| - | - |",
    "* item\n> quote\n***bold***",
    "https://evil.example www.evil.example",
    "@everyone @octocat @org/team",
    "#1 org/repo#2 GH-3 !4 $5",
    "fixes #1, closes org/repo#2",
    ":tada: {0} {{1}}",
    "<details><summary>x</summary>",
    "$(reboot) ${{ secrets.X }}",
    "\\u{202e} \\",
    "x\n<!-- export-iam drift -->\n",
];

/// A report in which every text from elsewhere is `text`.
fn hostile(text: &str) -> Value {
    let line = json!({
        "change": "gained", "reach": "access", "text": text,
        "witness": { "action": text, "resource": text },
    });
    let finding = |id: &str, severity: &str| {
        json!({
            "id": id, "state": "0", "address": format!("role/{text}"), "part": "trust",
            "kind": "wider", "severity": severity,
            "access": { "verdict": "broader", "gained": [line], "lost": [] },
        })
    };
    let mut accepted = finding("3333333333333333", "low");
    accepted["part"] = "document".into();
    accepted["acceptance"] =
        json!({ "status": "accepted", "reason": text, "owner": text, "until": "2027-01-01" });
    let check =
        json!({ "check": text, "answer": text, "error": text, "message": text, "settle": text });
    let mut tags = finding("4444444444444444", "medium");
    tags["part"] = "tags".into();
    tags["access"] = Value::Null;
    tags["live"] = json!({ text: text });
    tags["spec"] = json!({});
    json!({
        "format_version": "1.0",
        "kind": "drift",
        "spec": format!("{text}.yaml"),
        "accounts": [
            {
                "index": 0, "id": "1", "alias": text, "line": 3, "caller": text,
                "findings": [finding("1111111111111111", "critical"), tags, accepted],
                "not_read": text,
                "exports": [{ "region": text, "bucket": text, "prefix": text, "image": text,
                    "answer": text, "ready": null, "checks": [check] }],
                "imports": [{ "region": text, "bucket": text, "object": text,
                    "answer": text, "ready": null, "checks": [check] }],
                "roles": [{
                    "name": text,
                    "trusted_by": [{ "effect": "Deny", "kind": text, "id": text, "conditional": true }],
                    "policies": [{
                        "name": text, "resource_group": text,
                        "statements": [{
                            "effect": "Allow", "actions": [text], "resources": [text],
                            "conditional": false,
                        }],
                    }],
                }],
                "verdict": {
                    "role": text,
                    "now": { "answer": "depends", "ready": null, "exports": [{
                        "bucket": text, "prefix": text,
                        "actions": [{ "action": text, "answer": "depends", "on": [{ "text": text }] }],
                    }] },
                    "after": { "answer": "ready", "ready": true, "exports": [] },
                },
                "summary": {},
            },
            {
                "index": 1, "id": "2", "alias": format!("2{text}"),
                "errors": [{ "message": text, "hint": text }],
                "summary": {},
            },
        ],
        "summary": {},
    })
}

/// One report with this many accounts: those of all cases, again and again.
fn fleet(reports: &[(String, String)], accounts: usize) -> String {
    let drift = reports.iter().filter(|(name, _)| name.ends_with("-drift"));
    let all: Vec<Value> = drift
        .flat_map(|(_, json)| {
            let report: Value = serde_json::from_str(json).unwrap();
            report["accounts"].as_array().unwrap().clone()
        })
        .collect();
    let accounts = (0..accounts).map(|at| {
        let mut account = all[at % all.len()].clone();
        let id = format!("{:016}", at + 1);
        account["index"] = at.into();
        account["alias"] = format!("account-{at:04}").into();
        account["id"] = id.into();
        let findings = account.get_mut("findings").and_then(Value::as_array_mut);
        for (place, finding) in findings.into_iter().flatten().enumerate() {
            finding["id"] = format!("{at:08x}{place:08x}").into();
        }
        account
    });
    let accounts: Vec<Value> = accounts.collect();
    json!({ "format_version": "1.0", "kind": "drift", "spec": "fleet.yaml", "accounts": accounts, "summary": {} })
        .to_string()
}

/// Every format but JSON: its name, and its report.
fn formats(run: &Run) -> Vec<(&'static str, String)> {
    let stamp = Stamp::default();
    vec![
        ("sarif", sarif::sarif(run, &stamp)),
        ("junit.xml", junit::junit(run, &stamp)),
        ("md", markdown::markdown(run, markdown::COMMENT)),
        ("github", github::github(run)),
        ("gitlab.json", gitlab::gitlab(run)),
        ("html", html::html(run, &stamp)),
    ]
}

fn written(name: &str, json: &str, formats: &[(&'static str, String)]) {
    let Some(folder) = std::env::var_os("EXPORT_IAM_REPORTS") else {
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), json).unwrap();
    for (format, text) in formats {
        std::fs::write(folder.join(format!("{name}.{format}")), text).unwrap();
    }
}

/// Elements of an XML document with their attributes, and all text.
struct Document {
    elements: Vec<(String, Vec<(String, String)>)>,
    text: String,
}

fn xml(text: &str) -> Document {
    let mut reader = Reader::from_str(text);
    let mut document = Document {
        elements: Vec::new(),
        text: String::new(),
    };
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(start) | Xml::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap();
                    (attribute.key.as_ref().to_owned(), value.into_owned())
                });
                document.elements.push((name, attributes.collect()));
            }
            Xml::Text(text) => document.text.push_str(&text),
            Xml::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                document
                    .text
                    .push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Xml::Eof => return document,
            Xml::Decl(_) | Xml::End(_) => {}
            other => panic!("{other:?} in {text}"),
        }
    }
}

/// The ids of the findings in a JSON report: all, and those that are accepted.
fn ids(report: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut all = BTreeSet::new();
    let mut accepted = BTreeSet::new();
    for account in report["accounts"].as_array().unwrap() {
        for finding in account["findings"].as_array().into_iter().flatten() {
            let id = finding["id"].as_str().unwrap().to_owned();
            if finding["acceptance"]["status"] == "accepted" {
                accepted.insert(id.clone());
            }
            all.insert(id);
        }
    }
    (all, accepted)
}

/// The runs of 16 hexadecimal digits in a text.
fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_id = |word: &&str| {
        word.len() == 16
            && word
                .chars()
                .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
    };
    words.filter(is_id).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn every_format_has_the_same_findings() {
    let mut seen = 0;
    let hostile = hostile("x");
    let mut reports = reports().await;
    reports.push(("hostile-drift".to_owned(), hostile.to_string()));
    reports.push(("fleet-1000-drift".to_owned(), fleet(&reports, 1000)));
    for (name, json) in reports {
        let run = Run::read(&json).unwrap();
        let formats = formats(&run);
        written(&name, &json, &formats);
        let json: Value = serde_json::from_str(&json).unwrap();
        // A fleet has more than some formats have room for.
        if json["kind"] != "drift" || name.starts_with("fleet-") {
            continue;
        }
        let (all, accepted) = ids(&json);
        let open: BTreeSet<String> = all.difference(&accepted).cloned().collect();
        seen += all.len();
        let text = |format: &str| {
            let found = formats.iter().find(|(name, _)| *name == format);
            found.unwrap().1.as_str()
        };
        let results: Value = serde_json::from_str(text("sarif")).unwrap();
        let results = results["runs"][0]["results"].as_array().unwrap().clone();
        let of_sarif = results.iter().map(|result| {
            let prints = &result["partialFingerprints"];
            let id = prints["exportIamFinding/v1"].as_str().unwrap();
            assert_eq!(prints["primaryLocationLineHash"], format!("{id}:1"));
            id.to_owned()
        });
        assert_eq!(of_sarif.collect::<BTreeSet<_>>(), open, "{name}");
        let failed = json["accounts"].as_array().unwrap().iter();
        let failed = failed
            .filter(|account| !account["errors"].is_null())
            .count();
        let issues: Value = serde_json::from_str(text("gitlab.json")).unwrap();
        let issues = issues.as_array().unwrap().iter();
        let of_gitlab = issues
            .filter(|issue| {
                !issue["check_name"]
                    .as_str()
                    .unwrap()
                    .starts_with("not-read")
            })
            .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned());
        assert_eq!(of_gitlab.collect::<BTreeSet<_>>(), open, "{name}");
        let document = xml(text("junit.xml"));
        let count = |wanted: &str| {
            let elements = document.elements.iter();
            elements.filter(|(name, _)| name == wanted).count()
        };
        assert_eq!(count("failure"), open.len(), "{name}");
        assert_eq!(count("skipped"), accepted.len(), "{name}");
        assert_eq!(count("error"), failed, "{name}");
        assert!(count("testcase") > 0, "{name}");
        assert!(ids_in(&document.text).is_superset(&all), "{name}");
        assert!(ids_in(text("md")).is_superset(&all), "{name}");
        assert!(ids_in(text("html")).is_superset(&all), "{name}");
        assert_eq!(
            text("github").lines().count(),
            open.len() + failed,
            "{name}"
        );
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn hostile_text_stays_text_in_every_format() {
    assert!(HOSTILE.len() >= 40);
    for (at, text) in HOSTILE.iter().enumerate() {
        let report = hostile(text);
        let json = report.to_string();
        let run = Run::read(&json).unwrap();
        let formats = formats(&run);
        written(&format!("hostile-{at}-drift"), &json, &formats);
        let tame = tame_formats();
        for (format, report) in &formats {
            let hidden: Vec<char> = report.chars().filter(|c| is_invisible(*c)).collect();
            assert!(hidden.is_empty(), "{text:?} in {format}: {hidden:?}");
            assert!(!report.contains("##["), "{text:?} in {format}: {report}");
            for command in ["##vso[", "##teamcity["] {
                assert!(!report.contains(command), "{text:?} in {format}: {report}");
            }
            let commands = report
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            let allowed = if *format == "github" { 3 } else { 0 };
            assert_eq!(commands.count(), allowed, "{text:?} in {format}: {report}");
            shaped(text, format, report, &tame);
        }
    }
}

/// The reports of a tame text, for comparison.
fn tame_formats() -> Vec<(&'static str, String)> {
    formats(&Run::read(&hostile("tame").to_string()).unwrap())
}

/// Checks that a report has the shape of the tame one: what is text in that is text in this.
fn shaped(text: &str, format: &str, report: &str, tame: &[(&'static str, String)]) {
    let (_, tame) = tame.iter().find(|(name, _)| *name == format).unwrap();
    match format {
        "sarif" => {
            let value: Value = serde_json::from_str(report).unwrap();
            for result in value["runs"][0]["results"].as_array().unwrap() {
                let message = result["message"]["text"].as_str().unwrap();
                assert!(!message.contains("]("), "{text:?}: {message}");
            }
        }
        "gitlab.json" => {
            let issues: Value = serde_json::from_str(report).unwrap();
            assert_eq!(issues.as_array().unwrap().len(), 3, "{text:?}");
        }
        "junit.xml" => {
            let shape = |document: &Document| {
                let elements = document.elements.iter();
                let shape = elements.map(|(name, attributes)| {
                    let names = attributes.iter().map(|(name, _)| name.clone());
                    (name.clone(), names.collect::<Vec<_>>())
                });
                shape.collect::<Vec<_>>()
            };
            let document = xml(report);
            assert_eq!(shape(&document), shape(&xml(tame)), "{text:?}");
            assert!(!report.contains("[[ATTACHMENT|"), "{text:?}");
            assert!(!report.contains(['\u{fffe}', '\u{ffff}']), "{text:?}");
        }
        "github" => {
            for line in report.lines() {
                // As the runner reads it: properties end at the next `::`.
                let (properties, message) = line[2..].split_once("::").unwrap();
                let (command, properties) = properties.split_once(' ').unwrap();
                assert!(["error", "warning", "notice"].contains(&command), "{line}");
                let names: Vec<&str> = properties
                    .split(',')
                    .map(|property| property.split_once('=').unwrap().0)
                    .collect();
                assert_eq!(names, ["file", "line", "title"], "{line}");
                assert!(!message.is_empty() && message.chars().count() <= 3 * 4096);
            }
        }
        "md" => {
            let shape = |report: &str| {
                let events = Parser::new_ext(report, Options::all());
                let shape = events.map(|event| match event {
                    Event::Code(_) => "code".to_owned(),
                    Event::Text(text) => format!("text {text}"),
                    Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{report}"),
                    other => format!("{other:?}"),
                });
                shape.collect::<Vec<_>>()
            };
            assert_eq!(shape(report), shape(tame), "{text:?}: {report}");
        }
        // Every element and attribute is that of the page of a tame text.
        "html" => {
            let shape = |page: &str| {
                let (_, page) = page.split_once("<body").unwrap();
                let (page, _) = page.split_once("<script>").unwrap();
                let tags = page.split('<').skip(1).map(|tag| {
                    let (tag, _) = tag.split_once('>').unwrap();
                    let outside: Vec<&str> = tag.split('"').step_by(2).collect();
                    outside.join("")
                });
                // A long label of the picture takes a second line, and has its whole as a title.
                let of_label = ["text x= y=", "/text", "title", "/title"];
                tags.filter(|tag| !of_label.contains(&tag.as_str()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(shape(report), shape(tame), "{text:?}");
            assert_eq!(report.matches("<script").count(), 1, "{text:?}");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_comment_keeps_to_its_room_and_says_what_is_left_out() {
    let mut report = hostile("x");
    let account = report["accounts"][0].clone();
    let many = (0..3000).map(|at: usize| {
        let mut account = account.clone();
        account["alias"] = format!("account {at}").into();
        account
    });
    report["accounts"] = many.collect();
    let run = Run::read(&report.to_string()).unwrap();
    for room in [markdown::COMMENT, 5000, 1000] {
        let text = markdown::markdown(&run, room);
        assert!(text.len() <= room, "{} of {room}", text.len());
        assert!(text.contains("findings are left out here"), "{text}");
    }
    let annotations = github::github(&run);
    assert_eq!(annotations.lines().count(), 20);
    assert!(
        annotations.contains("2991 more; the job summary has them"),
        "{annotations}"
    );
    let results: Value = serde_json::from_str(&sarif::sarif(&run, &Stamp::default())).unwrap();
    let run = &results["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 5000);
    let notes = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notes.contains("1000 findings are left out"), "{notes}");
}

#[test]
fn what_may_not_be_accepted_is_nowhere_called_accepted() {
    let mut report = hostile("x");
    let finding = &mut report["accounts"][0]["findings"][0];
    finding["kind"] = "never-broken".into();
    finding["acceptance"] = json!({ "status": "refused", "reason": "seen", "until": "2027-01-01" });
    report["accounts"][0]["findings"] = json!([finding]);
    let run = Run::read(&report.to_string()).unwrap();
    for (format, text) in formats(&run) {
        if ["junit.xml", "md", "html"].contains(&format) {
            assert!(text.contains("cannot be accepted"), "{format}: {text}");
            assert!(!text.contains("accepted until"), "{format}: {text}");
        }
        assert!(!text.contains(" is-accepted\""), "{format}: {text}");
    }
}

#[test]
fn an_acceptance_of_nothing_is_a_note_and_passes_through_a_merge() {
    let mut report = hostile("x");
    for finding in report["accounts"][0]["findings"].as_array_mut().unwrap() {
        finding["severity"] = "low".into();
    }
    let unused = |at: usize| json!({ "id": format!("{at:016x}"), "until": "2027-01-01", "line": at, "message": format!("unused {at}") });
    report["unused_acceptances"] = (1..=12).map(unused).collect();
    let merged = export_iam::report::json::merge(&[report.to_string()]).unwrap();
    let run = Run::read(&merged).unwrap();
    let found = |format: &str| {
        let all = formats(&run);
        all.into_iter().find(|(name, _)| *name == format).unwrap().1
    };
    assert!(found("md").contains("> Note: `unused 12`"));
    assert!(found("html").contains("<li>line 12: unused 12</li>"));
    let annotations = found("github");
    assert!(
        annotations.contains("::notice file=x.yaml,line=3,title=export-iam accept::unused 3\n")
    );
    assert!(
        annotations.contains("::notice title=export-iam::5 more; the job summary has them"),
        "{annotations}"
    );
    assert_eq!(annotations.matches("::notice").count(), 10);
    for format in ["sarif", "junit.xml", "gitlab.json"] {
        assert!(!found(format).contains("unused 1"), "{format}");
    }
}

#[test]
fn a_text_that_is_no_report_of_accounts_is_refused() {
    for (text, problem) in [
        ("{}", "not a report of format 1.0"),
        (
            r#"{"format_version":"1.0","kind":"whoami"}"#,
            "has no accounts",
        ),
        ("[", "EOF"),
    ] {
        let error = Run::read(text).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
}
