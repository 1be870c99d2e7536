//! A report over accounts, piece by piece: the pieces together are the bytes of the whole.

use super::account::AccountReport;
use super::format::text;
use super::report::{Account, Report, UnusedAcceptance};
use super::summary::Summary;

/// What the list of accounts looks like in a report that has none. A string of JSON holds no line break, so this is
/// nowhere else.
const NO_ACCOUNTS: &str = "\n  \"accounts\": []";

/// Makes the pieces of one report. The whole is its head, its accounts with [`BETWEEN`](Self::BETWEEN) each other, and
/// its tail.
pub struct ReportStream {
    kind: &'static str,
    spec: Option<String>,
    summary: Summary,
    is_empty: bool,
}

impl ReportStream {
    /// What stands between two accounts.
    pub const BETWEEN: &'static str = ",";

    /// The report of a run over accounts. `spec` is the spec as it was named.
    #[must_use]
    pub fn new(kind: &'static str, spec: Option<String>) -> Self {
        Self {
            kind,
            spec,
            summary: Summary::default(),
            is_empty: true,
        }
    }

    /// What stands before the accounts.
    #[must_use]
    pub fn head(&self) -> String {
        self.frame(Vec::new()).0
    }

    /// One account. Accounts may be made in any order; the tail counts them all.
    pub fn account(&mut self, AccountReport(account): &AccountReport) -> String {
        self.is_empty = false;
        self.summary.add(&account.summary);
        let part = text(account);
        format!("\n{}", part.trim_end()).replace('\n', "\n    ")
    }

    /// What stands behind the accounts. `unused` is what the spec accepts in vain.
    #[must_use]
    pub fn tail(&self, unused: Vec<UnusedAcceptance>) -> String {
        self.frame(unused).1
    }

    fn frame(&self, unused: Vec<UnusedAcceptance>) -> (String, String) {
        let none: Vec<Account> = Vec::new();
        let report = Report::of(self.kind, self.spec.as_deref(), none, self.summary);
        let whole = text(&report.with_unused(unused));
        let (before, after) = whole.split_once(NO_ACCOUNTS).unwrap_or((&whole, ""));
        let end = if self.is_empty { "" } else { "\n  " };
        let open = NO_ACCOUNTS.trim_end_matches(']');
        (format!("{before}{open}"), format!("{end}]{after}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(place: usize, message: &str) -> AccountReport {
        let problems = [(message.to_owned(), Some("a hint".to_owned()))];
        AccountReport::failed(None, &problems).member(place, Some("a\"b"), None)
    }

    #[test]
    fn the_pieces_are_the_bytes_of_the_whole() {
        let unused = || {
            vec![UnusedAcceptance {
                id: "1".to_owned(),
                until: "2027-01-01".to_owned(),
                line: None,
                message: "m".to_owned(),
            }]
        };
        let hostile = "\n  \"accounts\": []\u{200b}##[x]";
        for count in 0..3 {
            let parts: Vec<AccountReport> = (0..count).map(|n| failed(n, hostile)).collect();
            let spec = Some(hostile.to_owned());
            let mut stream = ReportStream::new("drift", spec.clone());
            let mut pieces: Vec<String> = parts
                .iter()
                .rev()
                .map(|part| stream.account(part))
                .collect();
            pieces.reverse();
            let streamed =
                stream.head() + &pieces.join(ReportStream::BETWEEN) + &stream.tail(unused());
            let mut summary = Summary::default();
            let accounts: Vec<Account> = parts
                .into_iter()
                .map(|AccountReport(account)| {
                    summary.add(&account.summary);
                    account
                })
                .collect();
            let whole = Report::of("drift", spec.as_deref(), accounts, summary);
            assert_eq!(streamed, text(&whole.with_unused(unused())));
        }
    }
}
