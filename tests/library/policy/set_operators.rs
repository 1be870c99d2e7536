//! `ForAnyValue:` and `ForAllValues:`, and grants of which a part is not understood.

use export_iam::policy::{
    Comparison, PolicyDocument, Question, Request, Semantics, Verdict, compare, decide,
};
use serde_json::{Value, json};

const KEY: &str = "ram:TrustedPrincipalTypes";

fn document(statements: &Value) -> PolicyDocument {
    let text = json!({ "Version": "1", "Statement": statements }).to_string();
    PolicyDocument::parse_live(&text).unwrap()
}

/// Allows `ram:CreateRole` under each of some conditions.
fn allows(conditions: &[(&str, &[&str])]) -> PolicyDocument {
    let statement = |(operator, values): &(&str, &[&str])| {
        json!({ "Effect": "Allow", "Action": "ram:CreateRole", "Resource": "*",
                "Condition": { *operator: { KEY: values } } })
    };
    document(&json!(conditions.iter().map(statement).collect::<Vec<_>>()))
}

fn verdict(live: &PolicyDocument, wanted: &PolicyDocument) -> Comparison {
    compare(&[live], &[wanted], Question::Effective)
}

#[test]
fn specs_may_use_set_operators_before_any_operator_of_ram() {
    for (operator, value, is_fine) in [
        ("ForAllValues:StringEquals", "Service", true),
        ("ForAnyValue:StringNotLike", "a*", true),
        ("ForAnyValue:NumericLessThan", "10", true),
        ("ForAnyValue:NumericLessThan", "ten", false),
        ("ForSomeValues:StringEquals", "a", false),
        ("ForAllValues:StringEqualsIfExists", "a", false),
    ] {
        let text = json!({ "Version": "1", "Statement": [{
            "Effect": "Allow", "Action": "ram:CreateRole", "Resource": "*",
            "Condition": { operator: { KEY: value } } }] });
        let read = PolicyDocument::parse(&text.to_string());
        assert_eq!(read.is_ok(), is_fine, "{operator}: {read:?}");
    }
}

#[test]
fn one_value_is_compared_as_by_the_plain_operator_and_no_value_only_where_that_is_documented() {
    let request = |value: Option<&str>| Request {
        action: "ram:CreateRole".to_owned(),
        resource: "acs:ram:*:1:role/a".to_owned(),
        context: value
            .map(|value| (KEY.to_owned(), value.to_owned()))
            .into_iter()
            .collect(),
    };
    for (operator, service, other, absent) in [
        ("ForAllValues:StringEquals", true, false, None),
        ("ForAnyValue:StringEquals", true, false, Some(false)),
        ("ForAllValues:StringNotEquals", false, true, None),
        ("ForAnyValue:StringNotEquals", false, true, Some(true)),
    ] {
        let policy = allows(&[(operator, &["Service"])]);
        let allowed = |value| decide(&[&policy], &request(value), Semantics::DEFAULT).is_allowed();
        assert_eq!(allowed(Some("Service")), Some(service), "{operator}");
        assert_eq!(allowed(Some("RAM")), Some(other), "{operator}");
        assert_eq!(allowed(None), absent, "{operator}");
    }
}

#[test]
fn set_operators_are_compared_over_all_sets_of_values() {
    let all = "ForAllValues:StringEquals";
    let any = "ForAnyValue:StringEquals";
    for (live, wanted, expected) in [
        (
            allows(&[(all, &["a"])]),
            allows(&[(all, &["a", "b"])]),
            Verdict::Broader,
        ),
        (
            allows(&[(any, &["a", "b"])]),
            allows(&[(any, &["b"])]),
            Verdict::Narrower,
        ),
        (
            allows(&[(any, &["a", "b"])]),
            allows(&[(any, &["a"]), (any, &["b"])]),
            Verdict::Equal,
        ),
        (
            allows(&[(all, &["a", "b"])]),
            allows(&[(all, &["b", "a"]), (all, &["a"])]),
            Verdict::Equal,
        ),
        // Only a request with two values tells these apart.
        (
            allows(&[(all, &["a", "b"])]),
            allows(&[(all, &["a"]), (all, &["b"])]),
            Verdict::Unknown,
        ),
        (
            allows(&[(any, &["a"])]),
            allows(&[(all, &["a"])]),
            Verdict::Unknown,
        ),
    ] {
        let comparison = verdict(&live, &wanted);
        assert_eq!(
            comparison.verdict,
            expected,
            "{} / {}: {comparison:?}",
            live.to_json(),
            wanted.to_json()
        );
        assert_eq!(
            comparison.verdict == Verdict::Unknown,
            !comparison.reasons.is_empty()
        );
    }
}

#[test]
fn many_values_under_set_operators_stay_comparable() {
    let values: Vec<String> = (0..12).map(|at| format!("v{at}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let conditions: Vec<(&str, &[&str])> = values
        .iter()
        .map(|value| ("ForAnyValue:StringEquals", std::slice::from_ref(value)))
        .collect();
    let live = allows(&conditions);
    let wanted = allows(&conditions.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(verdict(&live, &wanted).verdict, Verdict::Equal);
    let fewer = allows(conditions.get(1..).unwrap());
    assert_eq!(verdict(&live, &fewer).verdict, Verdict::Narrower);
}

#[test]
fn the_condition_of_a_set_operator_is_said_in_words() {
    let nothing = document(&json!([]));
    let policy = allows(&[("ForAllValues:StringEquals", &["Service"])]);
    let gained = verdict(&nothing, &policy).gained;
    let lines: Vec<String> = gained.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "+ ram:CreateRole on everything when every value of ram:TrustedPrincipalTypes is \"Service\""
        ]
    );
}

#[test]
fn a_grant_that_is_not_understood_is_named_beside_the_others() {
    let live = document(&json!([
        { "Effect": "Allow", "Action": "oss:GetObject", "Resource": "*" },
    ]));
    let wanted = document(&json!([
        { "Effect": "Allow", "Action": ["oss:GetObject", "oss:PutObject"], "Resource": "*" },
        { "Effect": "Allow", "Action": ["ram:CreateRole", "ram:AttachPolicyToRole"],
          "Resource": "acs:ram:*:*:role/*",
          "Condition": { "StringEqualsIfExists": { KEY: "Service" } } },
        { "Effect": "Allow", "Action": "oss:GetObject", "Resource": "acs:oss:*:*:b/*",
          "Condition": { "StringEqualsIfExists": { KEY: "a" } } },
    ]));
    let comparison = verdict(&live, &wanted);
    let named = "may allow ram:CreateRole, ram:AttachPolicyToRole on acs:ram:*:*:role/*: \
                 `StringEqualsIfExists` of `ram:TrustedPrincipalTypes` and `Service` is not understood";
    assert_eq!(comparison.reasons, [named]);
    assert_eq!(comparison.gained.len(), 1, "{:?}", comparison.gained);
    let back = verdict(&wanted, &live);
    assert_eq!(
        back.reasons,
        [named.replace("may allow", "may no longer allow")]
    );
}
