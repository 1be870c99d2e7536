//! One account: what was found, the verdict for each bucket, the plan, and the picture.

use maud::{Markup, html};

use super::parts::{FLEET, anchor, shown};
use super::picture;
use super::table::exports;
use crate::report::run::{
    Account, AccountShape, Check, CheckedExport, CheckedImport, ExportShape, Finding, OutcomeShape,
    ReadyShape, Run, StepShape, VerdictShape, place,
};

/// Most findings of an account that are unfolded from the start.
const UNFOLDED: usize = 20;

/// Most lines of a finding that need no folding.
const SHORT: usize = 8;

/// The section of one account, at its place on the page.
pub(super) fn section(run: &Run, account: &Account, at: usize) -> Markup {
    let AccountShape {
        caller,
        steps,
        verdict,
        exports,
        imports,
        not_read,
        ..
    } = &account.shape;
    let id = anchor(at);
    html! {
        section.account id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (shown(account.label())) }
            p.soft {
                @if account.id() != account.label() && !account.id().is_empty() { "Account " span.mono { (shown(account.id())) } ". " }
                @if let Some(caller) = caller { "Read by " span.mono { (shown(caller)) } "." }
            }
            @if let Some(not_read) = not_read { p { strong { "Not looked at: " } (shown(not_read)) } }
            @if account.findings.is_empty() { p { "Nothing found." } }
            @else { (findings(account, if run.kind == "plan" { "Changes" } else { "Findings" })) }
            @if let Some(verdict) = verdict { (of_verdict(run, verdict)) }
            @if !exports.is_empty() { (checked("Export", exports.iter().map(of_export))) }
            @if !imports.is_empty() { (checked("Import", imports.iter().map(of_import))) }
            @if !steps.is_empty() { (plan(steps)) }
            (picture::picture(account, &run.kind, &id, run.accounts.len() < FLEET))
        }
    }
}

fn findings(account: &Account, title: &str) -> Markup {
    html! {
        h3 { (title) }
        ul.findings {
            @for (at, found) in account.findings.iter().enumerate() { (finding(found, at < UNFOLDED)) }
        }
    }
}

fn finding(found: &Finding, is_open: bool) -> Markup {
    let severity = found.rule.severity.as_str();
    let accepted = if found.is_accepted() {
        " is-accepted"
    } else {
        ""
    };
    html! {
        li class={ "is-" (severity) (accepted) } {
            span class={ "badge " (severity) } { (severity) }
            " " code { (shown(&found.subject)) }
            " " strong { (shown(&found.what)) }
            @if let Some(since) = &found.since { " " span.badge.none { (shown(since)) } }
            " " span.soft.mono { (shown(&found.id)) }
            @if let Some(accepted) = found.accepted() { p.soft { (shown(&accepted)) } }
            (details(&found.details, is_open))
        }
    }
}

/// What shows a finding; many lines can be folded away.
fn details(lines: &[String], is_open: bool) -> Markup {
    let list = html! {
        ul.lines { @for line in lines { li class=[sign(line)] { (shown(line)) } } }
    };
    match lines.len() {
        0 => html! {},
        count if is_open && count <= SHORT => list,
        count => html! {
            details open[is_open] {
                summary { "What shows it" @if count > 1 { " (" (count) " lines)" } }
                (list)
            }
        },
    }
}

/// The class of a line of access.
fn sign(line: &str) -> Option<&'static str> {
    let behind_name = line.split_once(": ").map_or(line, |(_, rest)| rest);
    let has = |sign: &str| line.starts_with(sign) || behind_name.starts_with(sign);
    match (has("+ "), has("- ")) {
        (true, _) => Some("gained"),
        (_, true) => Some("lost"),
        _ => None,
    }
}

fn of_verdict(run: &Run, verdict: &VerdictShape) -> Markup {
    let VerdictShape { role, now, after } = verdict;
    let has_after = run.kind != "drift";
    html! {
        h3 { "Would ExportImage work with role " code { (shown(role)) } "?" }
        p {
            "Now: " (exports(&now.answer))
            @if let Some(error) = &now.error { ", fails with " code { (shown(error)) } }
            @if has_after { "; after these steps: " (exports(&after.answer)) }
        }
        (buckets(now))
    }
}

fn buckets(ready: &ReadyShape) -> Markup {
    html! {
        @if !ready.exports.is_empty() {
            div.wide tabindex="0" role="region" aria-label="Verdict per bucket" {
                table {
                    thead { tr { th scope="col" { "Export into" } th scope="col" { "Answer" } th scope="col" { "What is missing or open" } } }
                    tbody { @for export in &ready.exports { (bucket(export, ready.trust.as_ref())) } }
                }
            }
        }
    }
}

/// The answer for one bucket; nothing gets through where ECS may not assume the role.
fn bucket(export: &ExportShape, trust: Option<&OutcomeShape>) -> Markup {
    let open: Vec<_> = export
        .actions
        .iter()
        .filter(|action| action.answer != "ready")
        .collect();
    let answers = open.iter().map(|action| action.answer.as_str());
    let trusted = trust.map_or("blocked", |trust| &trust.answer);
    let answers: Vec<&str> = answers.chain([trusted]).collect();
    let answer = match answers.contains(&"blocked") {
        true => "blocked",
        false if answers.iter().all(|answer| *answer == "ready") => "ready",
        false => "depends",
    };
    let names: Vec<&str> = open.iter().map(|action| action.action.as_str()).collect();
    html! {
        tr {
            th scope="row" { (shown(&place(export.bucket.as_deref(), export.prefix.as_deref()))) }
            td { (exports(answer)) }
            td {
                @if open.is_empty() && trusted == "ready" { span.soft { "nothing" } }
                @if trusted != "ready" { "ecs.aliyuncs.com as a principal of the role" @if !open.is_empty() { ", " } }
                @if !open.is_empty() { code { (shown(&names.join(", "))) } }
            }
        }
    }
}

/// One export or import, with its place on the page.
struct Row<'a> {
    place: Markup,
    answer: &'a str,
    checks: &'a [Check],
}

fn of_export(export: &CheckedExport) -> Row<'_> {
    Row {
        place: html! {
            (shown(&place(export.bucket.as_deref(), export.prefix.as_deref())))
            @if let Some(region) = &export.region { " in " (shown(region)) }
            @if let Some(image) = &export.image { br; code { (shown(image)) } }
        },
        answer: &export.answer,
        checks: &export.checks,
    }
}

fn of_import(import: &CheckedImport) -> Row<'_> {
    Row {
        place: html! {
            (shown(&place(import.bucket.as_deref(), None)))
            @if let Some(region) = &import.region { " in " (shown(region)) }
            @if let Some(object) = &import.object { br; code { (shown(object)) } }
        },
        answer: &import.answer,
        checks: &import.checks,
    }
}

fn checked<'a>(what: &str, rows: impl Iterator<Item = Row<'a>>) -> Markup {
    html! {
        h3 { (what) "s" }
        div.wide tabindex="0" role="region" aria-label={ "Checks per " (what.to_ascii_lowercase()) } {
            table {
                thead { tr { th scope="col" { (what) } th scope="col" { "Answer" } th scope="col" { "Check" } th scope="col" { "Result" } th scope="col" { "To settle it" } } }
                @for row in rows {
                    tbody {
                        @for (at, check) in row.checks.iter().enumerate() {
                            tr {
                                @if at == 0 {
                                    th scope="rowgroup" rowspan=(row.checks.len()) { (row.place) }
                                    td rowspan=(row.checks.len()) { (exports(row.answer)) }
                                }
                                td { (shown(&check.check)) }
                                td { (shown(&check.answer)) @if let Some(message) = &check.message { ": " (shown(message)) } }
                                td { @if let Some(settle) = &check.settle { code { (shown(settle)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn plan(steps: &[StepShape]) -> Markup {
    html! {
        h3 { "Steps" }
        div.wide tabindex="0" role="region" aria-label="Steps" {
            table {
                thead { tr { th scope="col" { "Call" } th scope="col" { "On" } th scope="col" { "Outcome" } } }
                tbody {
                    @for step in steps {
                        tr {
                            th scope="row" { code { (shown(&step.operation)) } }
                            td.mono { (shown(&step.subject.words())) }
                            td {
                                (shown(step.outcome.as_deref().unwrap_or("planned")))
                                @if let Some(error) = &step.error { ": " (shown(&error.message)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
