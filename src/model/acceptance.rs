//! A finding that somebody has looked at and takes as it is, for a time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// A day of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day, as `2027-03-31`")]
pub struct NotADay(String);

impl Day {
    /// Reads year, month and day, as `2027-03-31`, and no other form of a date.
    ///
    /// # Errors
    /// When it is of another form, or the month has no such day.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let has_form = text.len() == 10
            && text.char_indices().all(|(at, c)| match at {
                4 | 7 => c == '-',
                _ => c.is_ascii_digit(),
            });
        let date = has_form.then(|| text.parse::<Date>().ok()).flatten();
        date.map(Self)
            .ok_or_else(|| NotADay(text.escape_debug().to_string()))
    }

    /// The day, in UTC, of a moment.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        Self(Offset::UTC.to_datetime(moment).date())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A finding that is taken as it is until a day: it is shown, and does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The id of the finding.
    pub id: String,
    /// The state in which it was looked at. In any other state it counts.
    pub state: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it does not count, in UTC.
    pub until: Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_form() {
        for day in ["2027-03-31", "2028-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Day::parse(day).unwrap().to_string(), day);
        }
        for bad in [
            "",
            "2027-3-31",
            "2027-02-29",
            "2027-13-01",
            "31.03.2027",
            "2027-03-31T00:00:00Z",
            "20270331",
            "2027-03-31 ",
            "٢٠٢٧-٠٣-٣١",
        ] {
            assert!(Day::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let day = |moment: &str| Day::of(moment.parse().unwrap()).to_string();
        assert_eq!(day("2026-11-28T23:59:59Z"), "2026-11-28");
        assert_eq!(day("2026-11-29T07:59:59+08:00"), "2026-11-28");
        assert_eq!(day("2026-11-29T00:00:00Z"), "2026-11-29");
    }
}
