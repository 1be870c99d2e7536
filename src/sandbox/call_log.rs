//! Which calls came, when, and how they ended.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::model::AccountId;

/// One call, answered or dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// The operation, `?` for one we do not know.
    pub operation: &'static str,
    /// Whose key signed it, once that was proven.
    pub account: Option<AccountId>,
    /// When it arrived.
    pub start: Instant,
    /// When it was answered.
    pub end: Instant,
    /// The HTTP status; 0 when the connection was dropped instead.
    pub status: u16,
    /// The code of a error.
    pub code: Option<String>,
}

/// Most calls that are remembered; older ones are forgotten. Keeps a server that runs for weeks small, and is more
/// than any benchmark makes.
const MOST_RECORDS: usize = 500_000;

/// The calls so far, in the order of their ends.
#[derive(Debug, Clone, Default)]
pub struct CallLog {
    records: VecDeque<CallRecord>,
}

impl CallLog {
    pub(super) fn push(&mut self, record: CallRecord) {
        if self.records.len() == MOST_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// All calls.
    #[must_use]
    pub fn records(&self) -> impl ExactSizeIterator<Item = &CallRecord> {
        self.records.iter()
    }

    /// How often `operation` was called.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        let of = |record: &&CallRecord| record.operation == operation;
        self.records.iter().filter(of).count()
    }

    /// The most calls that were under way at one moment.
    #[must_use]
    pub fn max_overlap(&self) -> usize {
        let starts = self.records.iter().map(|record| (record.start, 1_i64));
        let ends = self.records.iter().map(|record| (record.end, -1));
        let mut moments: Vec<_> = starts.chain(ends).collect();
        // At one moment an end comes before a start: one call after another is no overlap.
        moments.sort_unstable();
        let mut now = 0;
        let mut most = 0;
        for (_, change) in moments {
            now += change;
            most = most.max(now);
        }
        usize::try_from(most).unwrap_or(0)
    }

    /// Counts, overlap and times for people and benchmarks in other processes. Unit of times: milliseconds since
    /// the first call.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let first = self.records.iter().map(|record| record.start).min();
        let since = |moment: Instant| {
            let first = first.unwrap_or(moment);
            u64::try_from(moment.duration_since(first).as_millis()).unwrap_or(u64::MAX)
        };
        let mut counts = serde_json::Map::new();
        for record in &self.records {
            let count = counts.entry(record.operation).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap_or(0) + 1);
        }
        let calls: Vec<_> = self
            .records
            .iter()
            .map(|record| {
                json!({
                    "operation": record.operation,
                    "account": record.account.as_ref().map(AccountId::as_str),
                    "start_ms": since(record.start),
                    "end_ms": since(record.end),
                    "status": record.status,
                    "code": record.code,
                })
            })
            .collect();
        json!({ "counts": counts, "max_overlap": self.max_overlap(), "calls": calls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn overlap_counts_calls_under_way_together() {
        let zero = Instant::now();
        let mut log = CallLog::default();
        for (start, end) in [(0, 10), (5, 15), (10, 20), (14, 16)] {
            log.push(CallRecord {
                operation: "GetRole",
                account: None,
                start: zero + Duration::from_millis(start),
                end: zero + Duration::from_millis(end),
                status: 200,
                code: None,
            });
        }
        assert_eq!(log.max_overlap(), 3);
        assert_eq!(log.count("GetRole"), 4);
        assert_eq!(log.to_json()["calls"][3]["start_ms"], 14);
    }
}
