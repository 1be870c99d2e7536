//! Principals of trust policies as patterns over one kind of string: `<member>:<identifier>`.

use super::super::semantics::PrincipalReading;
use super::super::trust::Principal;
use super::glob::{Glob, Kind, Token};
use super::rules::has_variable;

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

/// The patterns of a principal, and what of it cannot be read.
pub(crate) fn globs(
    principal: &Principal,
    reading: PrincipalReading,
) -> (Vec<(Glob, String)>, Vec<String>) {
    let (mut globs, mut riddles) = (Vec::new(), Vec::new());
    for (member, names) in principal.members() {
        for name in names {
            if has_variable(name) {
                riddles.push(format!("principal `{name}`"));
                continue;
            }
            let written = format!("{member}:{name}");
            // `root` stands for every user and role of the account.
            let (text, tail) = match name.strip_suffix(":root") {
                Some(account) if member == "RAM" => {
                    (format!("{member}:{account}:"), Some(Token::Star(Kind::Any)))
                }
                _ => (written.clone(), None),
            };
            let read = match reading {
                PrincipalReading::Literal => Glob::literal(&text),
                PrincipalReading::Pattern => Glob::pattern(&text),
            };
            let glob = Glob::from_tokens(read.tokens().iter().copied().chain(tail));
            globs.push((glob, written));
        }
    }
    (globs, riddles)
}

/// Whether the reading of wildcards can matter.
pub(crate) fn has_wildcard(principal: &Principal) -> bool {
    principal
        .members()
        .any(|(_, names)| names.iter().any(|name| name.contains(['*', '?'])))
}
