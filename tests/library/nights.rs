//! A month in CI: thirty nights of one account, each held against the report of the night before.
//!
//! What every night says is in `tests/nights.txt`. After a wanted change:
//! `UPDATE_GOLDEN=1 cargo test --test library nights::`, and read the difference.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use export_iam::drift::{DriftReport, FailOn, Severity, audit};
use export_iam::model::{Acceptance, Day};
use export_iam::plan::plan;
use export_iam::report::json::{self, AccountReport, UnusedAcceptance};
use export_iam::report::text::{self, Detail};
use export_iam::spec::{Spec, SpecSource, accept_block, load};
use serde_json::{Value, json};

use crate::support::account::desired;
use crate::support::export_role::{NEEDED, ROLE, allow, trust};
use crate::support::golden::root;
use crate::support::{Account, Golden, Schema, plain};

const SPEC: &str = "\
version: 1
policies:
  - name: ImageExportToOss
    document:
      Version: '1'
      Statement:
        - Effect: Allow
          Action: [oss:GetObject, oss:PutObject, oss:DeleteObject, oss:GetBucketLocation, oss:GetBucketInfo,
                   oss:AbortMultipartUpload, oss:ListMultipartUploads, oss:ListParts]
          Resource: '*'
roles:
  - name: AliyunECSImageExportDefaultRole
    description: Lets ECS write exported images to OSS.
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: ImageExportToOss } ]
never:
  - { role: AliyunECSImageExportDefaultRole, do: 'ram:*' }
  - { role: AliyunECSImageExportDefaultRole, trusted_by: another_account }
";

/// What somebody does in the account, or in the spec, before the night of a day.
enum Event {
    /// The policy has these actions beyond the needed ones.
    Gives(&'static [&'static str]),
    /// The policy lacks the first of the needed actions, or has it again.
    LacksOne(bool),
    Describes(&'static str),
    /// These are let in beside ECS.
    LetsIn(&'static [&'static str]),
    Attaches(&'static str),
    Detaches(&'static str),
    /// Whoever reads the report accepts the findings of this severity as they are, until a day of the month.
    Accepts(&'static str, u32),
    /// The oldest entry of `accept` is removed.
    RemovesOldest,
}

use Event::{Accepts, Attaches, Describes, Detaches, Gives, LacksOne, LetsIn, RemovesOldest};

const MONTH: &[(u32, Event)] = &[
    (2, Gives(&["oss:ListBuckets"])),
    (4, Accepts("high", 12)),
    (6, Gives(&["oss:ListBuckets", "oss:ListObjects"])),
    (7, RemovesOldest),
    (7, Accepts("high", 12)),
    (8, Describes("Changed by hand")),
    (9, Accepts("low", 20)),
    (15, Gives(&[])),
    (17, RemovesOldest),
    (17, LetsIn(&["acs:ram::2222222222222222:root"])),
    (18, LetsIn(&[])),
    (19, Attaches("system:AliyunOSSFullAccess")),
    (22, Describes("Lets ECS write exported images to OSS.")),
    (23, RemovesOldest),
    (24, LacksOne(true)),
    (25, Detaches("system:AliyunOSSFullAccess")),
    (26, LacksOne(false)),
    (27, Attaches("system:AdministratorAccess")),
    (29, Detaches("system:AdministratorAccess")),
];

/// The account and the spec as they are at some night.
struct State {
    gives: &'static [&'static str],
    lacks_one: bool,
    description: &'static str,
    lets_in: &'static [&'static str],
    attached: BTreeSet<&'static str>,
    accepted: Vec<(String, Acceptance)>,
}

impl State {
    fn change(&mut self, event: &Event, last: &DriftReport) -> String {
        match event {
            Gives(actions) => {
                self.gives = actions;
                format!("the policy gives {} beyond the spec", either(actions))
            }
            LacksOne(lacks) => {
                self.lacks_one = *lacks;
                let what = if *lacks { "lacks" } else { "has again" };
                format!("the policy {what} {}", NEEDED[0])
            }
            Describes(text) => {
                self.description = text;
                format!("the role is described as \"{text}\"")
            }
            LetsIn(who) => {
                self.lets_in = who;
                format!("the trust lets in {} beside ECS", either(who))
            }
            Attaches(policy) => {
                self.attached.insert(policy);
                format!("{policy} is attached")
            }
            Detaches(policy) => {
                self.attached.remove(policy);
                format!("{policy} is detached")
            }
            Accepts(severity, until) => {
                let of_severity = last
                    .counted()
                    .filter(|finding| finding.severity.as_str() == *severity);
                let before = self.accepted.len();
                self.accepted.extend(of_severity.map(|finding| {
                    let acceptance = Acceptance {
                        id: finding.id.clone(),
                        state: finding.state.clone(),
                        reason: "being looked into".to_owned(),
                        owner: Some("Platform".to_owned()),
                        until: day(*until),
                    };
                    (text::finding_words(finding), acceptance)
                }));
                assert!(self.accepted.len() > before, "nothing to accept");
                format!("what is {severity} is accepted until {}", day(*until))
            }
            RemovesOldest => {
                let (what, _) = self.accepted.remove(0);
                format!("removed from `accept`: {what}")
            }
        }
    }

    fn spec(&self) -> Spec {
        let accept = match self.accepted.is_empty() {
            true => String::new(),
            false => accept_block(&self.accepted).unwrap(),
        };
        let text = format!("{SPEC}{accept}").into_bytes();
        load(&SpecSource::Stdin(text), Path::new(".")).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn account(&self) -> Account {
        let first = usize::from(self.lacks_one);
        let actions = [&NEEDED[first..], self.gives].concat();
        let attached = ["custom:ImageExportToOss"]
            .into_iter()
            .chain(self.attached.clone());
        let attachments: Vec<Value> = attached.map(|policy| json!({ "policy": policy })).collect();
        let mut principal = json!({ "Service": ["ecs.aliyuncs.com"] });
        if !self.lets_in.is_empty() {
            principal["RAM"] = json!(self.lets_in);
        }
        let account = json!({
            "roles": [{
                "name": ROLE,
                "description": self.description,
                "trust": trust(principal),
                "attachments": attachments,
            }],
            "policies": [{
                "name": "ImageExportToOss",
                "versions": [{ "document": allow(&actions).to_string() }],
            }],
        });
        Account::new(&account.to_string())
    }
}

fn either(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        words => words.join(", "),
    }
}

fn day(of_month: u32) -> Day {
    Day::parse(&format!("2026-11-{of_month:02}")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_month_says_what_it_said() {
    let mut state = State {
        gives: &[],
        lacks_one: false,
        description: "Lets ECS write exported images to OSS.",
        lets_in: &[],
        attached: BTreeSet::new(),
        accepted: Vec::new(),
    };
    let schema = Schema::read();
    let mut golden = Golden::default();
    let mut month = String::new();
    let mut last: Option<(DriftReport, String)> = None;
    for of_month in 1..=30 {
        let today = day(of_month);
        writeln!(month, "== {today}").unwrap();
        for (_, event) in MONTH.iter().filter(|(day, _)| *day == of_month) {
            let (report, _) = last.as_ref().unwrap();
            writeln!(month, "-- {}", state.change(event, report)).unwrap();
        }
        let spec = state.spec();
        let desired = desired(&spec);
        let observed = state.account().observe(&desired).await;
        let plan = plan(&desired, &observed).unwrap();
        let mut report = audit(&desired, &observed, &plan);
        let mut used = BTreeSet::new();
        report.accept(spec.acceptances(), today, |place| {
            used.insert(place);
        });
        if let Some((_, json)) = &last {
            let baseline = json::baseline(json).unwrap();
            report.since(&baseline, &observed.caller.account);
        }
        let mut said = String::new();
        text::drift(&plan, None, &report, Detail::Access, &mut said);
        month.push_str(&plain(&said));
        let unused = (0..spec.acceptances().len()).filter(|place| !used.contains(place));
        let unused = unused.map(|place| {
            let warning = spec.unused_acceptance(place, today).unwrap();
            writeln!(month, "warning: {warning}").unwrap();
            let accepted = &spec.acceptances()[place];
            UnusedAcceptance {
                id: accepted.id.clone(),
                until: accepted.until.to_string(),
                line: warning.place.map(|place| place.line),
                message: warning.message,
            }
        });
        let unused = unused.collect();
        let status = |only_new| {
            let on = FailOn {
                severity: Severity::Low,
                only_new,
            };
            if report.fails(on) { 2 } else { 0 }
        };
        let (all, only_new) = (status(false), status(true));
        writeln!(month, "status {all}, with `--fail-on new:low` {only_new}\n").unwrap();
        let json = json::report(
            "drift",
            None,
            vec![AccountReport::drifted(&plan, &report)],
            unused,
        );
        for problem in schema.problems(&json) {
            golden.fail(format!("{today}: {problem}"));
        }
        last = Some((report, json));
    }
    golden.check(&root().join("tests/nights.txt"), &month);
    golden.finish("library nights::");
}
