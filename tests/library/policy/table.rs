//! The worked pairs of `tests/policy/pairs.json`: verdicts in both questions, witnesses, both readings.

use export_iam::policy::{
    AccessLine, Comparison, Matching, NegatedWhenAbsent, PolicyDocument, Question, Reach, Request,
    Semantics, TrustPolicy, Verdict, compare, compare_trust, decide, decide_trust,
};
use export_iam::report::json;
use serde_json::{Value, json};

use crate::support::Schema;

fn table() -> Value {
    serde_json::from_str(include_str!("../../policy/pairs.json")).unwrap()
}

fn text(statements: &Value) -> String {
    json!({ "Version": "1", "Statement": statements }).to_string()
}

fn document(statements: &Value) -> PolicyDocument {
    PolicyDocument::parse_live(&text(statements)).unwrap()
}

fn trust(statements: &Value) -> TrustPolicy {
    TrustPolicy::parse(&text(statements)).unwrap()
}

/// Verdict under one reading, the others being the likeliest.
fn under(comparison: &Comparison, semantics: Semantics) -> Verdict {
    let variants = &comparison.variants;
    let found = variants
        .iter()
        .find(|variant| variant.semantics == semantics);
    found.unwrap_or(&variants[0]).verdict
}

fn request(value: &Value) -> Request {
    let context = value["context"].as_object().cloned().unwrap_or_default();
    let context = context
        .into_iter()
        .map(|(key, value)| (key, value.as_str().unwrap().to_owned()));
    Request {
        action: value["action"].as_str().unwrap().to_owned(),
        resource: value["resource"].as_str().unwrap().to_owned(),
        context: context.collect(),
    }
}

/// Every witness of a line shows what the line says, by the evaluator.
fn reproduces(line: &AccessLine, has: &PolicyDocument, has_not: &PolicyDocument) {
    for witness in [&line.witness, &line.shortest] {
        let own = decide(&[has], &witness.request, Semantics::DEFAULT);
        let other = decide(&[has_not], &witness.request, Semantics::DEFAULT);
        assert_eq!(
            (own.is_allowed(), other.is_allowed()),
            (Some(true), Some(false)),
            "{line}"
        );
    }
}

#[test]
fn permission_rows_have_their_verdict_in_both_questions_and_every_reading() {
    for row in table()["permission"].as_array().unwrap() {
        let (live, wanted) = (document(&row["live"]), document(&row["wanted"]));
        for (question, member) in [
            (Question::Effective, "effective"),
            (Question::DropIn, "drop_in"),
        ] {
            let comparison = compare(&[&live], &[&wanted], question);
            let name = format!("row {} {member}", row["row"]);
            assert_eq!(
                comparison.variants[0].semantics,
                Semantics::DEFAULT,
                "{name}"
            );
            let expected = row[member].as_str().unwrap();
            assert_eq!(
                comparison.variants[0].verdict.as_str(),
                expected,
                "{name}: {comparison:#?}"
            );
            let whole = Semantics {
                matching: Matching::WholeString,
                ..Semantics::DEFAULT
            };
            let absent = Semantics {
                negated_when_absent: NegatedWhenAbsent::DoesNotMatch,
                ..Semantics::DEFAULT
            };
            let mut agree = true;
            for (semantics, other) in [
                (whole, "whole_string"),
                (absent, "negated_when_absent_false"),
            ] {
                let expected = row[other][member].as_str().unwrap_or(expected);
                agree &= expected == row[member].as_str().unwrap();
                assert_eq!(
                    under(&comparison, semantics).as_str(),
                    expected,
                    "{name}, {other}"
                );
            }
            if agree {
                assert_eq!(comparison.verdict.as_str(), expected, "{name}");
                assert_eq!(comparison.is_same(), expected == "equal");
            } else {
                assert_eq!(comparison.verdict, Verdict::Unknown, "{name}");
                assert!(
                    comparison
                        .reasons
                        .iter()
                        .any(|r| r.starts_with("depends on")),
                    "{name}"
                );
            }
            // Exchanged, gain and loss change places.
            let back = compare(&[&wanted], &[&live], question);
            let opposite = match comparison.verdict {
                Verdict::Broader => Verdict::Narrower,
                Verdict::Narrower => Verdict::Broader,
                same => same,
            };
            assert_eq!(back.verdict, opposite, "{name} exchanged");
        }
    }
}

#[test]
fn permission_rows_have_witnesses_that_reproduce_and_are_the_shortest() {
    for row in table()["permission"].as_array().unwrap() {
        let (live, wanted) = (document(&row["live"]), document(&row["wanted"]));
        let comparison = compare(&[&live], &[&wanted], Question::DropIn);
        let name = format!("row {}", row["row"]);
        let access = |lines: &[AccessLine]| -> Vec<AccessLine> {
            lines
                .iter()
                .filter(|line| line.reach == Reach::Access)
                .cloned()
                .collect()
        };
        let (gained, lost) = (access(&comparison.gained), access(&comparison.lost));
        let effective = row["effective"].as_str().unwrap();
        assert_eq!(
            !gained.is_empty(),
            matches!(effective, "broader" | "incomparable"),
            "{name}"
        );
        assert_eq!(
            !lost.is_empty(),
            matches!(effective, "narrower" | "incomparable"),
            "{name}"
        );
        for line in &gained {
            reproduces(line, &wanted, &live);
        }
        for line in &lost {
            reproduces(line, &live, &wanted);
        }
        for (lines, member) in [(&gained, "gained"), (&lost, "lost")] {
            if row[member].is_object() {
                let expected = request(&row[member]);
                let found: Vec<&Request> =
                    lines.iter().map(|line| &line.shortest.request).collect();
                assert!(
                    found.contains(&&expected),
                    "{name}: {expected:?} is not among {found:#?}"
                );
            }
        }
        let note = row["note"].as_str();
        let notes = comparison
            .reasons
            .iter()
            .any(|reason| Some(reason.as_str()) == note);
        assert_eq!(notes, note.is_some(), "{name}: {:?}", comparison.reasons);
    }
}

#[test]
fn trust_rows_have_their_verdict_and_witnesses() {
    for row in table()["trust"].as_array().unwrap() {
        let (live, wanted) = (trust(&row["live"]), trust(&row["wanted"]));
        let comparison = compare_trust(&live, &wanted);
        let name = format!("row {}", row["row"]);
        assert_eq!(
            Some(comparison.verdict.as_str()),
            row["verdict"].as_str(),
            "{name}: {comparison:#?}"
        );
        for (lines, member, has, has_not) in [
            (&comparison.gained, "gained", &wanted, &live),
            (&comparison.lost, "lost", &live, &wanted),
        ] {
            for line in lines {
                for witness in [&line.witness, &line.shortest] {
                    let caller = witness.caller.as_ref().unwrap();
                    let decide = |trust| {
                        decide_trust(trust, caller, &witness.request, Semantics::DEFAULT)
                            .is_allowed()
                    };
                    assert_eq!(
                        (decide(has), decide(has_not)),
                        (Some(true), Some(false)),
                        "{line}"
                    );
                }
            }
            if let Some(expected) = row[member].as_str() {
                let found: Vec<String> = lines
                    .iter()
                    .map(|line| line.shortest.caller.as_ref().unwrap().to_string())
                    .collect();
                assert!(
                    found.iter().any(|caller| caller == expected),
                    "{name}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn the_lines_of_all_rows_read_well() {
    let mut shown = String::new();
    for row in table()["permission"].as_array().unwrap() {
        let (live, wanted) = (document(&row["live"]), document(&row["wanted"]));
        let comparison = compare(&[&live], &[&wanted], Question::DropIn);
        shown.push_str(&format!(
            "{} {}: {}\n",
            row["row"].as_str().unwrap(),
            row["tests"].as_str().unwrap(),
            comparison.verdict.as_str()
        ));
        for line in comparison.gained.iter().chain(&comparison.lost) {
            shown.push_str(&format!("  {line}\n      e.g. {}\n", line.witness));
        }
        for reason in &comparison.reasons {
            shown.push_str(&format!("  ({reason})\n"));
        }
    }
    for row in table()["trust"].as_array().unwrap() {
        let comparison = compare_trust(&trust(&row["live"]), &trust(&row["wanted"]));
        shown.push_str(&format!(
            "{} {}: {}\n",
            row["row"].as_str().unwrap(),
            row["tests"].as_str().unwrap(),
            comparison.verdict.as_str()
        ));
        for line in comparison.gained.iter().chain(&comparison.lost) {
            shown.push_str(&format!("  {line}\n      e.g. {}\n", line.witness));
        }
    }
    snapbox::assert_data_eq!(shown, snapbox::file!["../../policy/lines.txt"]);
}

#[test]
fn comparisons_for_programs_keep_to_the_published_schema() {
    let schema = Schema::read();
    for row in table()["permission"].as_array().unwrap() {
        let (live, wanted) = (document(&row["live"]), document(&row["wanted"]));
        let [effective, drop_in] = [Question::Effective, Question::DropIn]
            .map(|question| compare(&[&live], &[&wanted], question));
        let report = json::comparison(&effective, &drop_in);
        assert_eq!(schema.problems(&report), [""; 0], "{}", row["row"]);
    }
    for row in table()["trust"].as_array().unwrap() {
        let comparison = compare_trust(&trust(&row["live"]), &trust(&row["wanted"]));
        let report = json::comparison(&comparison, &comparison);
        assert_eq!(schema.problems(&report), [""; 0], "{}", row["row"]);
    }
}

#[test]
fn what_is_too_complex_is_unknown_and_never_equal() {
    // Words that end so and so many symbols after an `a`: the set of positions tells all of them apart.
    let tails = |from: usize| -> Vec<String> {
        (from..26)
            .map(|tail| format!("acs:oss:*:*:b/*a{}", "?".repeat(tail * 2)))
            .collect()
    };
    let allow = |resource: Vec<String>| json!({ "Effect": "Allow", "Action": "oss:GetObject", "Resource": resource });
    let deny = |resource: Vec<String>| json!({ "Effect": "Deny", "Action": "oss:GetObject", "NotResource": resource });
    let few = |from: usize| tails(from).into_iter().step_by(4).collect::<Vec<_>>();
    let live = document(&json!([
        allow(vec!["acs:oss:*:*:b/*".to_owned()]),
        deny(few(0)),
        deny(few(1)),
        deny(few(2))
    ]));
    let wanted = document(&json!([allow(tails(0)), deny(few(3))]));
    let comparison = compare(&[&live], &[&wanted], Question::DropIn);
    assert_eq!(comparison.verdict, Verdict::Unknown);
    assert_eq!(comparison.variants[0].verdict, Verdict::Unknown);
    assert!(
        comparison
            .reasons
            .iter()
            .any(|reason| reason.starts_with("too complex")),
        "{comparison:?}"
    );
    // The same text is the same policy all the same.
    assert!(compare(&[&live], &[&live], Question::DropIn).is_same());
}

#[test]
fn an_identifier_without_account_names_nobody() {
    let nobody = json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "RAM": ["root", "user/a"] } }]);
    let live = TrustPolicy::parse_live(&text(&nobody)).unwrap();
    assert_eq!(
        compare_trust(&live, &TrustPolicy::new(Vec::new())).verdict,
        Verdict::Equal
    );
}

#[test]
fn a_rule_without_condition_counts_beside_one_that_answers_alike_under_a_condition() {
    let when = json!({ "StringEquals": { "oss:Prefix": "p" } });
    let some = json!({ "Effect": "Allow", "Action": "oss:*", "Resource": "acs:oss:*:*:b", "Condition": when });
    let always = json!({ "Effect": "Allow", "Action": "oss:List*", "Resource": "acs:oss:*:*:b" });
    let (live, wanted) = (document(&json!([some])), document(&json!([some, always])));
    assert_eq!(
        compare(&[&live], &[&wanted], Question::DropIn).verdict,
        Verdict::Broader
    );
}
