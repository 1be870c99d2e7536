//! Bad specs and what is said about them: every `tests/spec/bad/NAME.yaml` has its words in `NAME.txt`.
//!
//! After a wanted change of words: `UPDATE_GOLDEN=1 cargo test --test library spec::golden`.

use std::fmt::Write as _;
use std::path::Path;

use export_iam::report::text::excerpt;
use export_iam::spec::{Diagnostic, Excerpt, SpecSource, load};

fn say(text: &mut String, severity: &str, diagnostic: &Diagnostic) {
    writeln!(text, "{severity}: {diagnostic}").unwrap();
    if let (Some(place), Some(line)) = (diagnostic.place, &diagnostic.excerpt) {
        let Excerpt {
            before,
            marked,
            after,
        } = line;
        let shown = excerpt(place.line, before, marked, after);
        text.push_str(&crate::support::plain(&shown));
    }
    if let Some(hint) = &diagnostic.hint {
        writeln!(text, "hint: {hint}").unwrap();
    }
}

fn said_about(folder: &Path, file: &str) -> String {
    let mut text = String::new();
    match load(&SpecSource::Path(file.into()), folder) {
        Ok(spec) => {
            text.push_str("loads\n");
            spec.warnings()
                .iter()
                .for_each(|warning| say(&mut text, "warning", warning));
        }
        Err(errors) => {
            errors
                .errors()
                .iter()
                .for_each(|error| say(&mut text, "error", error));
            errors
                .warnings()
                .iter()
                .for_each(|warning| say(&mut text, "warning", warning));
        }
    }
    text
}

#[test]
fn every_bad_spec_is_told_all_its_mistakes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec/bad");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    assert!(names.len() > 25);
    let mut wrong = Vec::new();
    for name in names {
        let golden = folder.join(name.replace(".yaml", ".txt"));
        let said = said_about(&folder, &name);
        let rules = said.lines().filter(|line| line.starts_with("error: "));
        for line in rules {
            assert!(
                !line.ends_with('.') && !line.chars().any(char::is_control),
                "{line}"
            );
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, said).unwrap();
            continue;
        }
        let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
        if said != wanted {
            let diff = similar::TextDiff::from_lines(&wanted, &said);
            wrong.push(format!("{name}\n{}", diff.unified_diff()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\naccept with UPDATE_GOLDEN=1",
        wrong.join("\n")
    );
}
