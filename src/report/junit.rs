//! JUnit XML, in the dialect of Jenkins' schema and with what GitLab reads.
//!
//! A suite is an account, a case a finding, or something that was looked at and is in order. GitLab shows one case of
//! each name, so names are whole addresses. It reads the text of `failure`, and not its attribute.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::Stamp;
use super::run::{Account, Finding, Run, passed};
use crate::visible::visible;

/// The run as one document.
#[must_use]
pub fn junit(run: &Run, stamp: &Stamp) -> String {
    let mut document = Document(Writer::new_with_indent(Vec::new(), b' ', 2));
    document.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let totals = run.accounts.iter().map(|account| Counts::of(account, run));
    let totals = totals.fold(Counts::default(), Counts::plus);
    let name = format!("export-iam {}", run.kind);
    document.open("testsuites", &totals.attributes(&name));
    for account in &run.accounts {
        suite(account, run, stamp, &mut document);
    }
    document.close("testsuites");
    let text = document.0.into_inner();
    String::from_utf8(text).unwrap_or_default() + "\n"
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(account: &Account, run: &Run) -> Self {
        let count = |wanted: Outcome| {
            let findings = account.findings.iter();
            findings
                .filter(|finding| outcome(finding) == wanted)
                .count()
        };
        Self {
            tests: account.findings.len() + passed(&account.shape, &run.kind).len(),
            failures: count(Outcome::Failure),
            errors: count(Outcome::Error),
            skipped: count(Outcome::Skipped),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    fn attributes(&self, name: &str) -> Vec<(&'static str, String)> {
        vec![
            ("name", name.to_owned()),
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
        ]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Failure,
    Error,
    Skipped,
}

fn outcome(finding: &Finding) -> Outcome {
    match finding.rule.kind.as_str() {
        _ if finding.is_accepted() => Outcome::Skipped,
        "step-not-attempted" => Outcome::Skipped,
        "not-read" | "step-unknown" => Outcome::Error,
        _ => Outcome::Failure,
    }
}

fn suite(account: &Account, run: &Run, stamp: &Stamp, document: &mut Document) {
    let counts = Counts::of(account, run);
    let mut attributes = counts.attributes(account.label());
    attributes.push(("skipped", counts.skipped.to_string()));
    if let Some(at) = &stamp.at {
        // The dialect has no zone here.
        attributes.push(("timestamp", at.trim_end_matches('Z').to_owned()));
    }
    document.open("testsuite", &attributes);
    let class = match account.id() {
        "" => account.label().to_owned(),
        id if id == account.label() => id.to_owned(),
        id => format!("{} {id}", account.label()),
    };
    let case = |name: &str| {
        vec![
            ("classname", class.clone()),
            ("name", name.to_owned()),
            ("time", "0".to_owned()),
        ]
    };
    for part in passed(&account.shape, &run.kind) {
        document.empty("testcase", &case(&part.subject));
    }
    for finding in &account.findings {
        document.open("testcase", &case(&finding.subject));
        let (element, lines) = verdict(finding);
        let mut attributes = vec![("message", finding.headline())];
        if element != "skipped" {
            attributes.push(("type", finding.rule.id()));
        }
        document.open(element, &attributes);
        document.text(&lines.join("\n"));
        document.close(element);
        document.close("testcase");
    }
    document.close("testsuite");
}

/// The element of a finding, and its text.
fn verdict(finding: &Finding) -> (&'static str, Vec<String>) {
    let mut lines = vec![finding.headline()];
    lines.extend(finding.accepted());
    lines.extend(finding.details.iter().cloned());
    lines.push(format!(
        "severity {}, finding {}",
        finding.rule.severity, finding.id
    ));
    let element = match outcome(finding) {
        Outcome::Failure => "failure",
        Outcome::Error => "error",
        Outcome::Skipped => "skipped",
    };
    (element, lines)
}

/// A document in memory, to which writing cannot fail.
struct Document(Writer<Vec<u8>>);

impl Document {
    fn write(&mut self, event: Event<'_>) {
        let _ = self.0.write_event(event);
    }

    fn start<'a>(name: &'a str, attributes: &[(&'static str, String)]) -> BytesStart<'a> {
        let mut start = BytesStart::new(name);
        for (name, value) in attributes {
            start.push_attribute((*name, plain(value).as_str()));
        }
        start
    }

    fn open(&mut self, name: &str, attributes: &[(&'static str, String)]) {
        self.write(Event::Start(Self::start(name, attributes)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&'static str, String)]) {
        self.write(Event::Empty(Self::start(name, attributes)));
    }

    fn text(&mut self, text: &str) {
        self.write(Event::Text(BytesText::new(&plain(text))));
    }

    fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }
}

/// Text from elsewhere: no character that XML 1.0 lacks, and not the mark that GitLab turns into a link to a file.
fn plain(text: &str) -> String {
    visible(text).replace("[[ATTACHMENT|", "[\\u{5b}ATTACHMENT|")
}
