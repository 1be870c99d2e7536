//! Pattern matching against a matcher that we did not write: regex-automata.

use export_iam::policy::{
    ActionMatch, Condition, Effect, Matching, PolicyDocument, Question, Request, ResourceMatch,
    Semantics, Statement, Verdict, compare, decide,
};
use proptest::prelude::*;
use regex_automata::meta::Regex;

/// The pattern as a regular expression; in the first four fields of a whole ARN a wildcard stops at `:`.
fn regex(pattern: &str, matching: Matching) -> Regex {
    let is_arn = pattern.matches(':').count() >= 4;
    let mut text = String::from(r"\A(?s:");
    let mut field = 0;
    for symbol in pattern.chars() {
        let any = if is_arn && field < 4 && matching == Matching::PerField {
            "[^:]"
        } else {
            "."
        };
        match symbol {
            '*' => text.push_str(&format!("{any}*")),
            '?' => text.push_str(any),
            'a'..='z' => text.push(symbol),
            _ => text.push_str(&format!(r"\x{{{:x}}}", u32::from(symbol))),
        }
        field += usize::from(symbol == ':');
    }
    Regex::new(&format!(r"{text})\z")).unwrap()
}

fn allow(resource: &str) -> PolicyDocument {
    PolicyDocument::new(vec![Statement {
        sid: None,
        effect: Effect::Allow,
        action: ActionMatch::Action(vec!["oss:GetObject".to_owned()]),
        resource: ResourceMatch::Resource(vec![resource.to_owned()]),
        condition: Condition::default(),
    }])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn evaluator_and_engine_match_as_regular_expressions_do(
        head in prop::sample::select(vec!["acs:o:*:*:", "acs:*:?:*:", "acs:o*:", "*", "acs:o:r:1:", "?*:o:"]),
        tail in "[ab/:*?é]{0,6}",
        fields in prop::sample::select(vec!["acs:o:::", "acs:o:r:1:", "acs:x:r:x:"]),
        key in "[ab/:é]{1,6}",
    ) {
        let (pattern, word) = (format!("{head}{tail}"), format!("{fields}{key}"));
        let request = Request { action: "oss:GetObject".into(), resource: word.clone(), ..Request::default() };
        let (wide, narrow) = (allow(&pattern), allow(&word));
        let comparison = compare(&[&wide], &[&narrow], Question::Effective);
        for matching in [Matching::PerField, Matching::WholeString] {
            let semantics = Semantics { matching, ..Semantics::DEFAULT };
            let expected = regex(&pattern, matching).is_match(&word);
            let decided = decide(&[&wide], &request, semantics).is_allowed();
            prop_assert_eq!(decided, Some(expected), "{} on {}", pattern, word);
            // A word is covered by a pattern if and only if the pattern matches it.
            let found = comparison.variants.iter().find(|variant| variant.semantics == semantics);
            if let Some(variant) = found {
                let covered = matches!(variant.verdict, Verdict::Equal | Verdict::Narrower);
                prop_assert_eq!(covered, expected, "{} on {}", pattern, word);
            }
        }
    }
}
