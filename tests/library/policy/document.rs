//! Policy documents: what is read, what is refused and where, what is written.

use export_iam::policy::{
    ActionMatch, Effect, PolicyDocument, PolicyErrorKind, ResourceMatch, TrustPolicy,
};

const SEED: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["*"]}]}"#;

/// A document with one statement of these members.
fn with_members(members: &str) -> String {
    format!(r#"{{"Version":"1","Statement":[{{{members}}}]}}"#)
}

fn refused(text: &str) -> String {
    let error = PolicyDocument::parse(text).unwrap_err();
    assert_eq!(error.kind, PolicyErrorKind::Grammar, "{error}");
    error.to_string()
}

#[test]
fn strings_and_lists_are_read_alike() {
    let one = with_members(r#""Effect":"Allow","Action":"oss:GetObject","Resource":"*""#);
    assert_eq!(
        PolicyDocument::parse(&one).unwrap(),
        PolicyDocument::parse(SEED).unwrap()
    );
}

#[test]
fn writing_and_reading_again_changes_nothing() {
    let text = with_members(
        r#""Resource":"*","NotAction":["ram:*"],"Effect":"Deny","Condition":{"StringLike":{"oss:Prefix":["a*","b"]}}"#,
    );
    let document = PolicyDocument::parse(&text).unwrap();
    let written = document.to_json();
    assert_eq!(PolicyDocument::parse(&written).unwrap(), document);
    assert_eq!(PolicyDocument::parse(&written).unwrap().to_json(), written);
    let [statement] = document.statements() else {
        panic!("one statement")
    };
    assert_eq!(statement.effect, Effect::Deny);
    assert!(matches!(&statement.action, ActionMatch::NotAction(p) if p == &["ram:*"]));
    assert!(matches!(&statement.resource, ResourceMatch::Resource(p) if p == &["*"]));
}

#[test]
fn pretty_text_does_not_depend_on_order() {
    let a = with_members(r#""Effect":"Allow","Action":["oss:B","oss:A","oss:B"],"Resource":"*""#);
    let b = with_members(r#""Resource":["*"],"Action":["oss:A","oss:B"],"Effect":"Allow""#);
    let pretty = |text: &str| PolicyDocument::parse(text).unwrap().pretty();
    assert_eq!(pretty(&a), pretty(&b));
    assert!(pretty(&a).contains("\n      \"Effect\": \"Allow\","));
}

#[test]
fn mistakes_in_our_own_input_are_refused_with_their_place() {
    let text = "{\n  \"Version\": \"1\",\n  \"Statement\": [\n    { \"Efect\": \"Allow\" }\n  ]\n}";
    let error = PolicyDocument::parse(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 4, column 7: `Statement[0].Efect`: unknown member `Efect`"
    );
    assert!(error.hint().unwrap().contains("Effect"));
}

#[test]
fn what_the_grammar_does_not_have_is_refused() {
    let rest = r#""Resource":"*""#;
    let allow = r#""Effect":"Allow""#;
    let get = r#""Action":"oss:GetObject""#;
    for (members, part) in [
        (
            format!("{allow},{get},{rest},{rest}"),
            "`Resource` is repeated",
        ),
        (
            format!("{allow},{get},{rest},\"Sid\":\"x\""),
            "unknown member `Sid`",
        ),
        (
            format!("{allow},{get},{rest},\"effect\":\"x\""),
            "unknown member `effect`",
        ),
        (
            format!("{allow},{get},{rest},\"Principal\":{{}}"),
            "unknown member `Principal`",
        ),
        (format!("{allow},{rest}"), "`Action` is missing"),
        (format!("{allow},{get}"), "`Resource` is missing"),
        (format!("{get},{rest}"), "`Effect` is missing"),
        (
            format!("\"Effect\":\"allow\",{get},{rest}"),
            "`Effect` must be",
        ),
        (
            format!("{allow},{get},{rest},\"NotAction\":\"a:b\""),
            "both `Action` and `NotAction`",
        ),
        (
            format!("{allow},{get},{rest},\"NotResource\":\"a\""),
            "both `Resource` and",
        ),
        (
            format!("{allow},\"Action\":\"oss:GétObject\",{rest}"),
            "is not ASCII",
        ),
        (
            format!("{allow},\"Action\":\"GetObject\",{rest}"),
            "is not `<service>:<name>`",
        ),
        (format!("{allow},\"Action\":[],{rest}"), "an empty list"),
        (
            format!("{allow},\"Action\":7,{rest}"),
            "must be a string, not a number",
        ),
        (
            format!("{allow},{get},{rest},\"Condition\":{{\"Bool\":{{\"acs:MFAPresent\":true}}}}"),
            "must be a string, not a boolean",
        ),
        (
            format!("{allow},{get},{rest},\"Condition\":{{\"BoolIfExists\":{{\"acs:X\":\"a\"}}}}"),
            "unknown condition operator `BoolIfExists`",
        ),
        (
            format!("{allow},{get},{rest},\"Condition\":{{\"Bool\":{{\"MFAPresent\":\"true\"}}}}"),
            "condition key `MFAPresent`",
        ),
        (
            format!(
                "{allow},{get},{rest},\"Condition\":{{\"Bool\":{{\"acs:MFAPresent\":\"tru\"}}}}"
            ),
            "`tru` is not `true` or `false`",
        ),
        (
            format!(
                "{allow},{get},{rest},\"Condition\":{{\"IpAddress\":{{\"acs:SourceIp\":\"10.0.0.0/33\"}}}}"
            ),
            "`10.0.0.0/33` is not an address or a block of addresses",
        ),
    ] {
        let message = refused(&with_members(&members));
        assert!(message.contains(part), "{members}: {message}");
    }
    for (text, part) in [
        (r#"{"Statement":[]}"#, "`Version` is missing"),
        (r#"{"Version":1,"Statement":[]}"#, "`Version` must be"),
        (
            r#"{"Version":"2012-10-17","Statement":[]}"#,
            "`Version` must be",
        ),
        (
            r#"{"Version":"1","Statement":[]}"#,
            "at least one statement",
        ),
        (r#"{"Version":"1","Statement":{}}"#, "must be a list"),
        (r#"{"Version":"1"}"#, "`Statement` is missing"),
        (r#"[]"#, "must be an object"),
    ] {
        let message = refused(text);
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn text_that_is_no_json_or_bottomless_is_refused_without_harm() {
    for (text, kind) in [
        ("", PolicyErrorKind::Syntax),
        ("{\"Version\":\"1\",", PolicyErrorKind::Syntax),
        ("{} {}", PolicyErrorKind::Syntax),
        (&"[".repeat(1_000_000), PolicyErrorKind::TooLarge),
        (&" ".repeat(2_000_000), PolicyErrorKind::TooLarge),
    ] {
        let error = PolicyDocument::parse(text).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn live_documents_may_stretch_the_grammar_where_the_meaning_is_plain() {
    let text = r#"{"Version":"1","Statement":{"Sid":"x","Effect":"Allow","Action":"oss:GetObject",
        "Resource":"*","Condition":{"Bool":{"acs:SecureTransport":true}}}}"#;
    let document = PolicyDocument::parse_live(text).unwrap();
    assert_eq!(document.notes().len(), 2, "{:?}", document.notes());
    let written = document.rewrite().unwrap();
    assert!(
        written.contains(r#"{"acs:SecureTransport":["true"]}"#),
        "{written}"
    );
    assert!(written.contains(r#""Sid":"x""#), "{written}");
    assert!(PolicyDocument::parse(text).is_err());
}

#[test]
fn a_document_with_an_unknown_operator_is_not_rewritten() {
    let text = with_members(
        r#""Effect":"Allow","Action":"oss:*","Resource":"*","Condition":{"BoolIfExists":{"acs:X":"true"}}"#,
    );
    let document = PolicyDocument::parse_live(&text).unwrap();
    let error = document.rewrite().unwrap_err();
    assert!(error.to_string().contains("cannot interpret"), "{error}");
}

#[test]
fn live_documents_without_known_meaning_cannot_be_interpreted() {
    for members in [
        r#""Effect":"Allow","Action":"oss:*","Action":"ram:*","Resource":"*""#,
        r#""Effect":"Allow","Action":"oss:*","Resource":"*","Color":"red""#,
        r#""Effect":"Allow","Action":"oss:*""#,
        r#""Effect":"Allow","Action":"oss:*","Resource":"*","Condition":{"Bool":{"a:b":null}}"#,
    ] {
        let error = PolicyDocument::parse_live(&with_members(members)).unwrap_err();
        assert_eq!(error.kind, PolicyErrorKind::CannotInterpret);
        assert!(error.message.starts_with("cannot interpret: "), "{error}");
    }
}

#[test]
fn trust_policies_name_their_principals() {
    let text = r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}"#;
    let trust = TrustPolicy::parse(text).unwrap();
    assert_eq!(trust, TrustPolicy::for_service("ecs.aliyuncs.com"));
    assert_eq!(TrustPolicy::parse(&trust.to_json()).unwrap(), trust);
    for (principal, part) in [
        (r#"{}"#, "names nobody"),
        (r#""*""#, "must be an object"),
        (r#"{"AWS":"*"}"#, "unknown member `AWS`"),
        (r#"{"Service":[]}"#, "an empty list"),
    ] {
        let text = text.replace(r#"{"Service":["ecs.aliyuncs.com"]}"#, principal);
        let error = TrustPolicy::parse(&text).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}
