//! The table of all accounts, the worst on top.

use maud::{Markup, html};

use super::parts::{anchor, has_section, shown, worst};
use crate::drift::Severity;
use crate::report::run::{Account, Aspect, Run};

/// The table, with a filter that its script switches on.
pub(super) fn fleet(run: &Run, accounts: &[&Account]) -> Markup {
    html! {
        h2 #accounts-title { "Accounts" }
        @if accounts.len() > 1 { (filter()) }
        div #accounts .wide tabindex="0" role="region" aria-labelledby="accounts-title" {
            table.fleet {
                thead { tr {
                    th scope="col" { "Account" }
                    @for (_, title) in ASPECTS { th scope="col" { (title) } }
                    th scope="col" { (capital(run.asked_about())) }
                    @for severity in Severity::ALL { th.number scope="col" { (capital(severity.as_str())) } }
                } }
                tbody { @for (at, account) in accounts.iter().enumerate() { (row(run, account, at)) } }
            }
        }
    }
}

const ASPECTS: [(Aspect, &str); 3] = [
    (Aspect::Role, "Role"),
    (Aspect::Trust, "Trust"),
    (Aspect::Permissions, "Permissions"),
];

fn filter() -> Markup {
    html! {
        form.filter hidden {
            div {
                label for="text" { "Show accounts with this text" }
                input #text name="text" type="search" autocomplete="off";
            }
            div {
                label for="worst" { "Worst finding" }
                select #worst name="worst" {
                    option value="" { "any" }
                    @for severity in Severity::ALL { option value=(severity) { (severity) } }
                    option value="good" { "none" }
                }
            }
            output #count for="text worst" {}
        }
    }
}

fn row(run: &Run, account: &Account, at: usize) -> Markup {
    html! {
        tr data-worst=(worst(account)) data-account=(anchor(at)) {
            th scope="row" {
                @if has_section(run, account) { a href={ "#" (anchor(at)) } { (shown(account.label())) } }
                @else { (shown(account.label())) }
                @if account.id() != account.label() && !account.id().is_empty() { br; span.soft.mono { (shown(account.id())) } }
            }
            @for (aspect, _) in ASPECTS { td { (cell(account, aspect)) } }
            td { (exports(account.answer())) }
            @for severity in Severity::ALL {
                @let count = account.count(severity);
                td.number.soft[count == 0] { (count) }
            }
        }
    }
}

/// The worst that was found about one aspect, in a word.
fn cell(account: &Account, aspect: Aspect) -> Markup {
    if account.is_failed() {
        return badge("high", "not read");
    }
    let of_role = account.counted().find(|found| found.aspect == Aspect::Role);
    if aspect == Aspect::Trust && of_role.is_some_and(|found| is_absent(&found.rule.kind)) {
        return html! { span.soft { "–" } };
    }
    let of_aspect = account.counted().filter(|found| found.aspect == aspect);
    // The first of the worst: findings come in that order.
    match of_aspect.max_by_key(|found| found.rule.severity) {
        Some(found) => badge(found.rule.severity.as_str(), &found.rule.kind),
        None => badge("good", "as in the spec"),
    }
}

/// Whether there is no role, which nobody trusts then.
fn is_absent(kind: &str) -> bool {
    matches!(kind, "missing" | "pending-create")
}

/// Whether exports or imports work, in a word.
pub(super) fn exports(answer: &str) -> Markup {
    match answer {
        "" => html! { span.soft { "–" } },
        "ready" => badge("good", "ready"),
        "blocked" => badge("high", "blocked"),
        other => badge("medium", other),
    }
}

fn badge(class: &str, word: &str) -> Markup {
    html! { span class={ "badge " (class) } { (shown(word)) } }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
