//! The result of a run over accounts on its way out: one form of it is shown, and the reports are made from the one for
//! programs.

use std::io;

use anstream::{AutoStream, ColorChoice};

use super::printer::{Printer, printed};
use super::spool::{Part, Spool, no_room};
use crate::cli::failure::Failure;
use crate::report::text::wrap;
use crate::visible::visible_with_styles;

/// Which form of the result is shown, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// None.
    Nothing,
    /// The one for programs, on standard output.
    Json,
    /// The one for people, on standard output.
    Text {
        /// How wide the terminal is, if it is one. Unit: columns.
        width: Option<usize>,
    },
    /// The one for people, on standard error: standard output is for something else.
    TextAside,
}

/// How the result leaves.
pub(crate) struct Output {
    shown: Shown,
    colour: ColorChoice,
    /// Whether what is shown may appear before the run is over.
    is_early: bool,
    printer: Option<Printer>,
    /// The report for programs, from which the others are made.
    report: Option<Spool>,
    failure: Option<Failure>,
}

impl Output {
    /// `is_early`: no bar of progress is in the way of what is shown.
    pub(crate) fn new(
        shown: Shown,
        colour: ColorChoice,
        has_reports: bool,
        is_early: bool,
    ) -> Self {
        Self {
            shown,
            colour,
            is_early,
            printer: None,
            report: has_reports.then(Spool::default),
            failure: None,
        }
    }

    /// Whether anybody asked for text.
    pub(crate) fn takes_text(&self) -> bool {
        matches!(self.shown, Shown::Text { .. } | Shown::TextAside)
    }

    /// Whether anybody asked for the form for programs.
    pub(crate) fn takes_json(&self) -> bool {
        self.shown == Shown::Json || self.report.is_some()
    }

    /// Whether the next part may leave now, and without waiting for a reader.
    pub(crate) fn has_room(&self) -> bool {
        self.is_early && self.printer.as_ref().is_none_or(Printer::has_room)
    }

    /// Lets a part out.
    pub(crate) fn write(&mut self, part: Part) {
        let Part { text, json } = part;
        if let Some(report) = &mut self.report
            && let Err(error) = report.put(json.as_bytes())
        {
            self.fail(no_room(&error));
        }
        match self.shown {
            Shown::Nothing => {}
            Shown::Json => self.print(json),
            Shown::Text { width } => {
                let text = visible_with_styles(&text);
                self.print(match width {
                    Some(width) => wrap(&text, width),
                    None => text.into_owned(),
                });
            }
            Shown::TextAside => self.print(visible_with_styles(&text).into_owned()),
        }
    }

    fn print(&mut self, piece: String) {
        if piece.is_empty() {
            return;
        }
        if self.printer.is_none() {
            let colour = self.colour;
            let started = match self.shown {
                Shown::TextAside => Printer::start(move || AutoStream::new(io::stderr(), colour)),
                _ => Printer::start(move || AutoStream::new(io::stdout(), colour)),
            };
            match started {
                Ok(printer) => self.printer = Some(printer),
                Err(error) => return self.fail_to_print(error),
            }
        }
        if let Some(printer) = &self.printer {
            printer.print(piece);
        }
    }

    /// Notes what went wrong; the first counts.
    pub(crate) fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn fail_to_print(&mut self, error: io::Error) {
        if let Err(failure) = printed(Err(error)) {
            self.fail(failure);
        }
    }

    /// Waits until all is shown. Gives the report for programs, if others are to be made from it, and how it went.
    pub(crate) fn end(mut self) -> (Option<Spool>, Result<(), Failure>) {
        if self.shown == Shown::TextAside {
            // A line of its own keeps it apart from what follows there.
            self.print("\n".to_owned());
        }
        let is_aside = self.shown == Shown::TextAside;
        if let Some(Err(error)) = self.printer.take().map(Printer::end)
            && !is_aside
        {
            self.fail_to_print(error);
        }
        (self.report, self.failure.map_or(Ok(()), Err))
    }
}
