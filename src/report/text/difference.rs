//! How two audits differ, for people.

use std::fmt::Write;

use crate::drift::{Earlier, ReportChange, Since};

use super::drift::earlier_words;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends what is new, changed, returned and gone, account by account, and how much of each.
pub fn difference(change: &ReportChange, out: &mut String) {
    let mut counts = [0_usize; 5];
    for (account, change) in &change.accounts {
        let found = change
            .found
            .iter()
            .filter(|(since, _)| *since != Since::Same);
        let gone = change.gone.iter().map(|finding| (None, finding));
        let lines: Vec<(Option<Since>, &Earlier)> = found
            .map(|(since, finding)| (Some(*since), finding))
            .chain(gone)
            .collect();
        let same = change.found.len() + change.gone.len() - lines.len();
        count(&mut counts, &lines, same);
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "Account {account}");
        for (since, finding) in lines {
            let (style, word) = match since {
                Some(Since::New) => (REMOVE, "new"),
                Some(Since::Changed) => (CHANGE, "changed"),
                Some(Since::Returned) => (REMOVE, "returned"),
                Some(Since::Same) => (DIM, "same"),
                None => (ADD, "gone"),
            };
            let word = Styled(style, format!("{word:<8}"));
            let accepted = match finding.was_accepted {
                true => ", accepted",
                false => "",
            };
            let _ = writeln!(out, "  {word} {}{accepted}", safe(&earlier_words(finding)));
        }
    }
    for account in &change.not_read {
        let line = format!("account {account} was not read for the second report");
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
    let [new, changed, returned, gone, same] = counts;
    let total = format!(
        "{new} new, {changed} changed, {returned} returned, {gone} gone, {same} still there."
    );
    let _ = writeln!(out, "{}", Styled(STRONG, total));
}

/// Adds the findings of one account to the counts of new, changed, returned, gone and same.
fn count(counts: &mut [usize; 5], lines: &[(Option<Since>, &Earlier)], unchanged: usize) {
    let [new, changed, returned, gone, same] = counts;
    *same += unchanged;
    for (since, _) in lines {
        match since {
            Some(Since::New) => *new += 1,
            Some(Since::Changed) => *changed += 1,
            Some(Since::Returned) => *returned += 1,
            Some(Since::Same) => *same += 1,
            None => *gone += 1,
        }
    }
}
