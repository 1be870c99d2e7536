//! Access that amounts to all access: who has it can give itself and others the rest.

use super::{PolicyDocument, Question, compare};

/// What counts, with the words for it; the widest first, since one is enough.
const POWERS: [(&str, &str); 3] = [
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        "every action on everything",
    ),
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]}"#,
        "every action of RAM",
    ),
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#,
        "the right to assume every role that trusts this account",
    ),
];

/// The widest power that the documents of `after` grant together and those of `before` do not, in words.
#[must_use]
pub fn newly_granted_power(
    before: &[&PolicyDocument],
    after: &[&PolicyDocument],
) -> Option<&'static str> {
    POWERS.iter().find_map(|(text, words)| {
        let power = PolicyDocument::parse(text).ok()?;
        (grants(after, &power) && !grants(before, &power)).then_some(*words)
    })
}

/// Whether the documents together grant all of `power`.
fn grants(documents: &[&PolicyDocument], power: &PolicyDocument) -> bool {
    let beyond = compare(documents, &[power], Question::Effective);
    !documents.is_empty() && beyond.gained.is_empty() && beyond.reasons.is_empty()
}
