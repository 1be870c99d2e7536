//! YAML that is hostile, odd or merely unusual: stopped or understood, never misread and never a panic.

use std::path::Path;
use std::time::{Duration, Instant};

use export_iam::model::{AccountId, RoleName, Tags};
use export_iam::spec::{MAX_FILE, Spec, SpecErrors, SpecSource, load};
use proptest::prelude::*;

fn read(text: impl AsRef<[u8]>) -> Result<Spec, SpecErrors> {
    load(
        &SpecSource::Stdin(text.as_ref().to_vec()),
        Path::new("/nowhere"),
    )
}

/// The first mistake on one line, without file name.
fn said(text: impl AsRef<[u8]>) -> String {
    let started = Instant::now();
    let errors = read(text).unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "took {:?}",
        started.elapsed()
    );
    let error = errors.errors()[0].to_string();
    error.strip_prefix("<stdin>").unwrap().to_owned()
}

/// The tags of a role whose tags are written as `tags`.
fn tags(tags: &str) -> Tags {
    let text = format!(
        "version: 1\nroles:\n  - name: A\n    trust: {{ service: ecs.aliyuncs.com }}\n    tags: {tags}\n"
    );
    let spec = read(&text).unwrap_or_else(|errors| panic!("{text}{errors}"));
    let desired = spec.desired(&AccountId::new("1").unwrap(), None).unwrap();
    desired.roles[&RoleName::new("A").unwrap()]
        .tags
        .clone()
        .unwrap()
}

#[test]
fn a_bomb_of_aliases_is_stopped() {
    let mut bomb = String::from("a0: &a0 x\n");
    for level in 1..10 {
        let inside = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{inside}]\n"));
    }
    assert_eq!(said(&bomb), ": expands to far more than any spec holds");
}

#[test]
fn one_long_value_repeated_is_stopped() {
    let list = vec!["x"; 50_000].join(",");
    let aliases = vec!["*a"; 50_000].join(",");
    let expanded = said(format!("a: &a [{list}]\nb: [{aliases}]\n"));
    assert!(
        expanded.ends_with("expands to far more than any spec holds"),
        "{expanded}"
    );
    let text = "x".repeat(500_000);
    let expanded = said(format!("a: &a {text}\nb: [{aliases}]\n"));
    assert!(
        expanded.ends_with("expands to far more than any spec holds"),
        "{expanded}"
    );
}

#[test]
fn an_alias_to_itself_is_stopped() {
    assert_eq!(said("a: &a [*a]\n"), ":1:4: is nested too deeply");
}

#[test]
fn deep_nesting_is_stopped() {
    for open in ["[", "{a: ", "- ", "? "] {
        let error = said(open.repeat(5000));
        assert!(
            error.contains("is nested too deeply") || error.contains("is not YAML"),
            "{error}"
        );
    }
    assert_eq!(
        said("[".repeat(5000) + &"]".repeat(5000)),
        ":1:256: is nested too deeply"
    );
}

#[test]
fn a_text_over_a_mebibyte_is_refused_and_one_below_is_read() {
    let mut text = String::from("version: 1\n");
    text.push_str(&"# comment\n".repeat(200_000));
    assert_eq!(said(&text), ":1:1: is larger than 1 MiB");
    text.truncate(usize::try_from(MAX_FILE).unwrap());
    assert!(read(&text).unwrap().is_empty());
}

#[test]
fn a_large_spec_with_mistakes_everywhere_is_answered() {
    let entry = "- { region: cn-hangzhou, bucket: X }\n";
    let text = format!("version: 1\nexports:\n{}", entry.repeat(20_000));
    let started = Instant::now();
    assert_eq!(read(&text).unwrap_err().errors().len(), 20_000);
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[test]
fn long_keys_in_deep_values_do_not_fill_the_memory() {
    let key = "k".repeat(1000);
    let mut text = String::new();
    for depth in 0..100 {
        text.push_str(&format!("{}{key}:\n", " ".repeat(depth)));
    }
    let item = format!("{}- 1\n", " ".repeat(100));
    text.push_str(&item.repeat(7_000));
    assert!(read(&text).unwrap_err().to_string().contains("unknown key"));
}

#[test]
fn numbers_are_never_texts() {
    let id = |id: &str| said(format!("version: 1\naccounts: [ {{ id: {id} }} ]\n"));
    assert_eq!(
        id("1234567890123456"),
        ":2:19: `accounts[0].id`: expected a text, found the number `1234567890123456`"
    );
    assert!(id("18446744073709551616").contains("the number `18446744073709551616`"));
    assert!(id("9".repeat(60).as_str()).contains("found the number `999"));
    assert!(id("0x4d2").contains("the number `0x4d2`"));
    assert!(id("1e15").contains("the number `1e15`"));
    assert!(id(".inf").contains("the number `.inf`"));
}

#[test]
fn nothing_is_never_a_text() {
    for nothing in ["null", "~", "", "Null"] {
        let error = said(format!("version: 1\nroles:\n  - name: {nothing}\n"));
        assert_eq!(error, ":3:5: `roles[0]`: `trust` is missing", "{nothing}");
        let errors = read(format!("version: 1\nroles:\n  - name: {nothing}\n")).unwrap_err();
        assert!(
            errors
                .to_string()
                .contains("`roles[0].name`: expected a text, found nothing")
        );
    }
}

#[test]
fn words_of_yaml_1_1_are_texts() {
    let tags = tags("{ a: yes, b: no, on: off, c: 0123, d: 1_000, e: 12:30:45, f: 2012-10-17 }");
    let values: Vec<&str> = tags.values().map(String::as_str).collect();
    assert_eq!(
        values,
        [
            "yes",
            "no",
            "0123",
            "1_000",
            "12:30:45",
            "2012-10-17",
            "off"
        ]
    );
}

#[test]
fn tags_of_the_language_itself_are_followed_and_others_refused() {
    assert_eq!(
        tags("{ a: !!str 7, b: !!binary aGk= }")
            .values()
            .collect::<Vec<_>>(),
        ["7", "aGk="]
    );
    let error = said("version: 1\nroles: !include roles.yaml\n");
    assert_eq!(
        error,
        ":2:8: `roles`: expected a list, found a value with the tag `!include`"
    );
}

#[test]
fn line_ends_marks_and_tabs_are_understood() {
    let lines = [
        "version: 1",
        "roles:",
        "  - name: A",
        "    trust:\t{ service: ecs.aliyuncs.com }",
        "",
    ];
    for text in [
        lines.join("\n"),
        lines.join("\r\n"),
        format!("\u{feff}{}", lines.join("\n")),
        format!("---\n{}...\n", lines.join("\n")),
    ] {
        let spec = read(&text).unwrap_or_else(|errors| panic!("{text:?}\n{errors}"));
        assert!(!spec.is_empty());
    }
    assert_eq!(
        said("\u{feff}version: 1\r\nrolls: []\r\n"),
        ":2:1: `rolls`: unknown key `rolls`"
    );
    assert_eq!(said("\u{feff}rolls: []\n"), ":1:1: `version` is missing");
}

#[test]
fn what_is_not_utf8_has_a_place() {
    assert_eq!(said(b"version: 1\n# \xe4\n"), ":2:3: is not UTF-8 text");
    assert_eq!(
        said(b"\xff\xfev\0e\0"),
        ":1:1: is UTF-16 text, UTF-8 is wanted"
    );
    assert!(said("version: 1\n# \0\n").contains("is not YAML"));
}

#[test]
fn several_documents_are_refused() {
    for text in [
        "version: 1\n---\nversion: 1\n",
        "version: 1\n...\nversion: 1\n",
        "---\n---\n",
    ] {
        assert_eq!(said(text), ": holds more than one document", "{text:?}");
    }
}

#[test]
fn an_empty_text_is_a_mistake_and_a_version_alone_is_not() {
    for text in ["", "\n\n", "# nothing\n", "---\n", "null\n"] {
        let errors = read(text).unwrap_err();
        assert_eq!(errors.errors().len(), 1);
        assert_eq!(errors.errors()[0].message, "the spec is empty", "{text:?}");
        assert!(
            errors.errors()[0]
                .hint
                .as_deref()
                .unwrap()
                .contains("`version: 1`")
        );
    }
    let spec = read("version: 1\n").unwrap();
    assert!(spec.is_empty() && spec.warnings().is_empty() && spec.accounts().is_empty());
    let desired = spec.desired(&AccountId::new("1").unwrap(), None).unwrap();
    assert_eq!(desired, export_iam::model::DesiredState::default());
}

/// Pieces that lead somewhere, so that random texts are not all refused at the first sign.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "version: 1\n",
        "roles:\n",
        "policies:\n",
        "accounts:\n",
        "exports:\n",
        "discover:\n",
        "  - name: A\n",
        "    trust: ",
        "{ service: ecs.aliyuncs.com }\n",
        "  - { id: \"1\" }\n",
        "document:",
        " { Version: \"1\", Statement: [] }\n",
        "tags: ",
        "&a ",
        "*a",
        "<<: ",
        "? ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "!x ",
        "!!str ",
        "|\n",
        ">-\n",
        "\"",
        "'",
        "\\u0000",
        "#",
        "\t",
        "\r\n",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "\u{feff}",
        "ü",
        "🦀",
        "null",
        "~",
        "1e999",
        "0x",
        "\n",
        "  ",
        ",",
        "\u{85}",
        "\u{2028}",
        "grant: image-export\n",
        "resource_directory: true\n",
        "bucket: abc\n",
        "region: cn-hangzhou\n",
    ];
    prop::sample::select(pieces.map(str::to_owned).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(bytes);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let _ = read(format!("version: 1\n{text}"));
    }

    #[test]
    fn no_yaml_makes_it_panic_and_places_are_in_the_text(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        if let Err(errors) = read(&text) {
            let lines = text.split('\n').count() + text.matches(['\r', '\u{85}', '\u{2028}']).count();
            for error in errors.errors() {
                prop_assert!(!error.message.chars().any(char::is_control), "{error}");
                let place = error.place.unwrap_or(export_iam::policy::Place::START);
                prop_assert!((1..=lines + 1).contains(&place.line) && place.column > 0, "{error}\n{text:?}");
            }
        }
    }
}
