//! Markdown for a comment or a job summary. Text from elsewhere stands in code spans, where nothing is a link, a
//! mention, a reference or a tag.

use std::fmt::Write;

use super::run::{Account, Finding, Run};
use crate::drift::Severity;
use crate::visible::visible;

/// Longest comment of a pull request. Unit: characters. Source: GitHub answers "maximum is 65536 characters".
pub const COMMENT: usize = 65_000;

/// Longest job summary. Unit: bytes. Source: the runner drops files beyond 1,048,576 bytes as a whole.
pub const SUMMARY: usize = 1_000_000;

/// Room for the lines at the end. Unit: bytes.
const END: usize = 500;

/// The run, in at most `room` bytes. What is left out for want of room is counted.
#[must_use]
pub fn markdown(run: &Run, room: usize) -> String {
    let mut page = Page {
        text: String::new(),
        room: room.saturating_sub(END),
    };
    let kind = &run.kind;
    // By this line a job finds its comment of last time.
    page.add(&format!("<!-- export-iam {kind} -->\n"));
    page.add(&format!("## export-iam {kind}: {}\n\n", headline(run)));
    let accounts = run.worst_accounts_first();
    table(run, &accounts, &mut page);
    for unused in &run.unused {
        page.add(&format!("\n> Note: {}\n", code(&unused.message)));
    }
    let mut left_out = 0;
    for account in &accounts {
        if !says(account) {
            continue;
        }
        if left_out > 0 || !page.add(&section(account, run.accounts.len() > 1)) {
            left_out += account.findings.len();
        }
    }
    if left_out > 0 {
        let _ = writeln!(
            page.text,
            "\n{left_out} findings are left out here; the JSON report has all."
        );
    }
    page.text
}

/// A text that does not outgrow its room.
struct Page {
    text: String,
    room: usize,
}

impl Page {
    /// Adds a part if there is room for all of it.
    fn add(&mut self, part: &str) -> bool {
        let fits = self.text.len() + part.len() <= self.room;
        if fits {
            self.text.push_str(part);
        }
        fits
    }
}

fn headline(run: &Run) -> String {
    let counts = run.counts_in_words();
    let failed = run.accounts.iter().filter(|it| it.is_failed()).count();
    let all = run.accounts.len();
    let of = match all {
        1 => String::new(),
        _ => format!(" in {all} accounts"),
    };
    match (counts.as_str(), failed) {
        ("", _) => format!("nothing found{of}"),
        (counts, 0) => format!("{counts}{of}"),
        (counts, failed) => format!("{counts}{of}, {failed} not read"),
    }
}

fn says(account: &Account) -> bool {
    !account.findings.is_empty() || account.shape.not_read.is_some()
}

fn table(run: &Run, accounts: &[&Account], page: &mut Page) {
    if run.accounts.len() < 2 {
        return;
    }
    let shown = accounts.iter().filter(|account| says(account));
    let mut rows = 0;
    let mut left_out = 0;
    for account in shown {
        if rows == 0 {
            let asked_about = run.asked_about();
            page.add(&format!("| account | critical | high | medium | low | {asked_about} |\n| --- | ---: | ---: | ---: | ---: | --- |\n"));
        }
        let counts = Severity::ALL.map(|severity| match account.count(severity) {
            0 => String::new(),
            count => count.to_string(),
        });
        let exports = match account.answer() {
            "" => String::new(),
            word => code(word),
        };
        let row = format!(
            "| {} | {} | {exports} |\n",
            code(account.label()),
            counts.join(" | ")
        );
        rows += 1;
        // The sections need room, too.
        if page.text.len() > page.room / 2 || !page.add(&row) {
            left_out += 1;
        }
    }
    if left_out > 0 {
        page.add(&format!("\n{left_out} more accounts with findings.\n"));
    }
    let quiet = run.accounts.len() - rows;
    if quiet > 0 {
        page.add(&format!("\nNothing found in {quiet} accounts.\n"));
    }
}

fn section(account: &Account, is_fleet: bool) -> String {
    let mut text = String::new();
    if is_fleet {
        let id = match account.id() {
            "" => String::new(),
            id if id == account.label() => String::new(),
            id => format!(" {}", code(id)),
        };
        let _ = writeln!(text, "\n### {}{id}\n", code(account.label()));
    }
    for finding in &account.findings {
        item(finding, &mut text);
    }
    if let Some(not_read) = &account.shape.not_read {
        let _ = writeln!(text, "- not looked at: {}", code(not_read));
    }
    text
}

fn item(finding: &Finding, text: &mut String) {
    let accepted = finding.accepted();
    let since = match finding.since.as_deref() {
        Some("new") => " new,",
        Some("returned") => " returned,",
        Some("changed") => " changed,",
        _ => "",
    };
    let _ = writeln!(
        text,
        "- **{}**{since} {} {} {}",
        finding.rule.severity,
        code(&finding.subject),
        code(&finding.what),
        code(&finding.id)
    );
    for line in accepted.iter().chain(&finding.details) {
        let _ = writeln!(text, "  - {}", code(line));
    }
}

/// Text as a code span. A `|` would end the cell of a table even in there.
fn code(text: &str) -> String {
    let text = visible(text);
    let text = text.replace('\n', "\\n").replace('|', "\\u{7c}");
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = match text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') {
        true => " ",
        false => "",
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}
