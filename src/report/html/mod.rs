//! One page for people: self-contained, readable without its script, in light and dark, on paper and with a keyboard.
//!
//! The page forbids itself everything but its own style and its own script, by their digests. A text from elsewhere
//! that got out of its place could therefore still not run, load or send anything.

mod account;
mod parts;
mod picture;
mod table;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::Stamp;
use super::run::Run;
use parts::{has_section, shown};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The run as one page.
#[must_use]
pub fn html(run: &Run, stamp: &Stamp) -> String {
    let title = format!("export-iam {}", run.kind);
    let accounts = run.worst_accounts_first();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                title { (title) ": " (summary(run)) }
                style { (PreEscaped(STYLE)) }
            }
            body.is-plan[run.kind == "plan"] {
                a.skip href="#accounts" { "To the accounts" }
                header { (head(run, stamp, &title)) }
                main {
                    (table::fleet(run, &accounts))
                    (unused(run))
                    @for (at, account) in accounts.iter().enumerate() {
                        @if has_section(run, account) { (account::section(run, account, at)) }
                    }
                }
                footer {
                    p { "Written by export-iam " (env!("CARGO_PKG_VERSION")) ". Findings keep their ids from run to run." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

fn head(run: &Run, stamp: &Stamp, title: &str) -> Markup {
    html! {
        h1 { (title) ": " (summary(run)) }
        p.soft {
            @if let Some(spec) = &run.spec { "Spec " code { (shown(spec)) } ". " }
            @if let Some(at) = &stamp.at { "Written " time datetime=(at) { (at.replace('T', " ").replace('Z', " UTC")) } "." }
        }
        ul.tally {
            @for (severity, count) in run.counts().iter().rev() {
                li { span class={ "badge " (severity) } { (count) " " (severity) } }
            }
            @let accepted = run.accounts.iter().flat_map(|account| &account.findings).filter(|it| it.is_accepted()).count();
            @if accepted > 0 { li { span.badge.none { (accepted) " accepted" } } }
            @let failed = run.accounts.iter().filter(|account| account.is_failed()).count();
            @if failed > 0 { li { span.badge.high { (failed) " not read" } } }
            @if !run.unused.is_empty() { li { span.badge.none { (run.unused.len()) " accepted, not found" } } }
            @if run.counts().is_empty() && failed == 0 { li { span.badge.good { "nothing found" } } }
        }
    }
}

/// What the spec accepts and nobody finds any more: entries to remove.
fn unused(run: &Run) -> Markup {
    html! {
        @if !run.unused.is_empty() {
            section aria-labelledby="unused" {
                h2 #unused { "Accepted, but not found" }
                p.soft { "These entries of " code { "accept" } " are about nothing that is found. They can be removed." }
                ul.lines {
                    @for unused in &run.unused {
                        li { @if let Some(line) = unused.line { "line " (line) ": " } (shown(&unused.message)) }
                    }
                }
            }
        }
    }
}

fn summary(run: &Run) -> String {
    let accounts = match run.accounts.len() {
        1 => "1 account".to_owned(),
        count => format!("{count} accounts"),
    };
    let (one, many) = match run.kind.as_str() {
        "plan" => ("change", "changes"),
        _ => ("finding", "findings"),
    };
    match run.counts().values().sum::<usize>() {
        0 => format!("nothing found in {accounts}"),
        1 => format!("1 {one} in {accounts}"),
        count => format!("{count} {many} in {accounts}"),
    }
}

/// What the browser may do with the page.
fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}
