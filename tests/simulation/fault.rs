//! What can go wrong with one call.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// Chooses among the ways a kind has.
    pub(crate) number: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// It never reaches the service: connection refused, reset, or silence.
    LostBefore,
    /// It takes effect, and the answer never comes, or only part of it.
    LostAfter,
    /// A 5xx answer; no effect.
    ErrorBefore,
    /// A 5xx answer; it has taken effect.
    ErrorAfter,
    /// Too many calls.
    Throttled,
    /// No answer in time, and then it lands.
    Late,
    /// A read is answered from an older state.
    Stale,
    /// A write goes to a place that has not heard of earlier writes.
    Lagging,
    /// A list comes in pages.
    Paged,
    /// A list is cut and nothing says how to go on.
    Cut,
    /// A quota is used up.
    Quota,
    /// Someone else changes the account just before.
    Rival,
    /// The permission is missing.
    Denied,
    /// The session is over; all calls of this run fail from now on.
    Expired,
    /// The network sends the request twice.
    Twice,
    /// An answer of another kind: a page, half an answer, someone else's.
    Garbled,
    /// The service's clock is off for this call.
    Skewed,
}

pub(crate) const KINDS: [Kind; 17] = [
    Kind::LostBefore,
    Kind::LostAfter,
    Kind::ErrorBefore,
    Kind::ErrorAfter,
    Kind::Throttled,
    Kind::Late,
    Kind::Stale,
    Kind::Lagging,
    Kind::Paged,
    Kind::Cut,
    Kind::Quota,
    Kind::Rival,
    Kind::Denied,
    Kind::Expired,
    Kind::Twice,
    Kind::Garbled,
    Kind::Skewed,
];
