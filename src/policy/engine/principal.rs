//! Principals of trust policies as patterns over one kind of string: `<member>:<identifier>`.

use super::super::semantics::PrincipalReading;
use super::super::trust::Principal;
use super::glob::{Glob, has_variable, normal};
use super::token::{Kind, Token};

/// The callers that a trust policy can be asked about, as [`crate::policy::Caller`] writes them.
pub(crate) fn universe() -> Vec<Glob> {
    let some = [Token::One(Kind::Field), Token::Star(Kind::Field)];
    let account = |member: &str, kind: &str| {
        let (head, tail) = (format!("{member}:acs:ram::"), format!(":{kind}/"));
        let tokens = symbols(&head).chain(some).chain(symbols(&tail)).chain(some);
        Glob::from_tokens(tokens)
    };
    vec![
        Glob::from_tokens(symbols("Service:").chain(some)),
        account("RAM", "user"),
        account("RAM", "role"),
        account("Federated", "saml-provider"),
        account("Federated", "oidc-provider"),
    ]
}

fn symbols(text: &str) -> impl Iterator<Item = Token> {
    text.chars().map(Token::Symbol)
}

/// A form that all texts of one pattern share, the text as written, the pattern.
pub(crate) type Pattern = (String, String, Glob);

/// The patterns of a principal, and what of it cannot be read.
pub(crate) fn patterns(
    principal: &Principal,
    reading: PrincipalReading,
) -> (Vec<Pattern>, Vec<String>) {
    let (mut patterns, mut riddles) = (Vec::new(), Vec::new());
    for (member, names) in principal.members() {
        for name in names {
            if has_variable(name) {
                riddles.push(format!("principal `{name}`"));
                continue;
            }
            let written = format!("{member}:{name}");
            // `root` stands for every user and role of the account.
            let account = name.strip_suffix(":root").filter(|_| member == "RAM");
            let whole = account.map(|account| format!("{member}:{account}:"));
            patterns.push(match (reading, whole) {
                (PrincipalReading::Pattern, whole) => {
                    let text = whole.map_or_else(|| written.clone(), |whole| whole + "*");
                    let form = normal(&text).into_owned();
                    let glob = Glob::pattern(&form);
                    (form, written, glob)
                }
                (PrincipalReading::Literal, None) => {
                    let glob = Glob::literal(&written);
                    (written.clone(), written, glob)
                }
                (PrincipalReading::Literal, Some(whole)) => {
                    let tokens = symbols(&whole).chain([Token::Star(Kind::Any)]);
                    let glob = Glob::from_tokens(tokens);
                    (written.clone(), written, glob)
                }
            });
        }
    }
    (patterns, riddles)
}

/// Whether the reading of wildcards can matter.
pub(crate) fn has_wildcard(principal: &Principal) -> bool {
    principal
        .members()
        .any(|(_, names)| names.iter().any(|name| name.contains(['*', '?'])))
}
