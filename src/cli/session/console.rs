//! The two streams: results to standard output, everything else to standard error. And what comes from the person
//! at the keyboard: answers and signals.

use std::io::{self, Cursor, IsTerminal, Read, Seek, Write};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

use super::output::{Output, Shown};
use super::printer::printed;
use super::progress::{Counter, Percent};
use super::reports::Reports;
use super::signals::{Signals, interrupted};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::{Failure, underlined};
use crate::cli::options::{Color, Format, Global};
use crate::explain::find;
use crate::report::text::style::{CHANGE, DIM, Styled};
use crate::report::text::wrap;
use crate::spec::Diagnostic;
use crate::visible::{visible, visible_with_styles};

/// Where output goes and how it looks.
pub(crate) struct Console {
    format: Format,
    is_quiet: bool,
    reports: Reports,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    /// The error codes of this run that can be explained, each once.
    codes: Vec<String>,
    signals: Signals,
}

/// One result in every form it may be asked for.
pub(crate) struct Rendered {
    /// For people, with ANSI styles.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: String,
}

impl Console {
    /// # Errors
    /// As [`Reports::new`].
    pub(crate) fn new(
        global: &Global,
        here: &Environment,
        signals: Signals,
    ) -> Result<Self, Failure> {
        let choice = match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Ok(Self {
            format: global.format,
            is_quiet: global.quiet,
            reports: Reports::new(global, here)?,
            out: AutoStream::new(io::stdout(), choice),
            err: AutoStream::new(io::stderr(), choice),
            codes: Vec::new(),
            signals,
        })
    }

    /// Prints a result in the chosen format and writes the report files. Where commands or a report are asked for on
    /// standard output, the result is shown on standard error, and the commands are for the caller to print.
    ///
    /// # Errors
    /// When a report file cannot be written. A reader of standard output that has gone away is no error: it has
    /// seen what it wanted.
    pub(crate) fn result(&mut self, rendered: &Rendered) -> Result<(), Failure> {
        let printed = match self.format {
            Format::Json => self.print(&rendered.json),
            Format::Text | Format::Aliyun => self.show(&rendered.text),
        };
        self.write_reports(&mut Cursor::new(&rendered.json))?;
        printed
    }

    /// The way out for a result in parts; it goes where [`result`](Self::result) would put it.
    pub(crate) fn output(&self) -> Output {
        let shown = match self.format {
            Format::Json => Shown::Json,
            Format::Text | Format::Aliyun if self.prints_text() => Shown::Text {
                width: terminal_width(),
            },
            Format::Text | Format::Aliyun if self.is_quiet => Shown::Nothing,
            Format::Text | Format::Aliyun => Shown::TextAside,
        };
        let colour = match shown {
            Shown::TextAside => self.err.current_choice(),
            _ => self.out.current_choice(),
        };
        let is_early = shown != Shown::TextAside && !io::stdout().is_terminal();
        Output::new(shown, colour, !self.reports.is_empty(), is_early)
    }

    /// Waits until a result in parts is shown, and writes the report files.
    ///
    /// # Errors
    /// As [`result`](Self::result).
    pub(crate) fn publish(&mut self, output: Output) -> Result<(), Failure> {
        let (report, shown) = output.end();
        if let Some(mut report) = report {
            self.write_reports(&mut report)?;
        }
        shown
    }

    /// Writes the reports that were asked for, from the one for programs.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn write_reports(&mut self, json: &mut (impl Read + Seek)) -> Result<(), Failure> {
        self.reports.write(json, &mut self.out)
    }

    /// The reports that were asked for.
    pub(crate) fn reports(&self) -> &Reports {
        &self.reports
    }

    /// Whether the result for people goes to standard output.
    fn prints_text(&self) -> bool {
        self.format == Format::Text && !self.reports.take_standard_output()
    }

    /// Shows a plan before the question: part of the result for people, and on standard error where standard output
    /// is for programs, whose result is one document.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn show(&mut self, text: &str) -> Result<(), Failure> {
        match self.prints_text() {
            true => self.print_text(text),
            false => {
                self.progress(text);
                Ok(())
            }
        }
    }

    /// Prints text for people: lines fit the terminal, if there is one, and nothing in it is invisible.
    fn print_text(&mut self, text: &str) -> Result<(), Failure> {
        let text = visible_with_styles(text);
        match terminal_width() {
            Some(width) => self.print(&wrap(&text, width)),
            None => self.print(&text),
        }
    }

    /// Prints text to standard output as it is.
    ///
    /// # Errors
    /// When standard output cannot be written, other than by a reader that has gone away.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.out.write_all(text.as_bytes());
        printed(written.and_then(|()| self.out.flush()))
    }

    /// Counts accounts on standard error, where there are several.
    pub(crate) fn counter(&self, what: &'static str, total: usize) -> Counter {
        match self.is_quiet || total < 2 {
            true => Counter::Silent,
            false => Counter::new(what, total, io::stderr().is_terminal()),
        }
    }

    /// Shows how far a task is, on standard error.
    pub(crate) fn percent(&self) -> Percent {
        match self.is_quiet {
            true => Percent::Silent,
            false => Percent::new(io::stderr().is_terminal()),
        }
    }

    /// The signals of this run.
    pub(crate) fn signals(&self) -> Signals {
        self.signals.clone()
    }

    /// Prints a note to standard error, unless `--quiet`.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.is_quiet {
            let _ = writeln!(self.err, "{}", Styled(DIM, visible(text)));
        }
    }

    /// Shows a step as it ends: part of the result for people, on standard error for programs.
    pub(crate) fn step(&mut self, line: &str) {
        match self.prints_text() {
            // A reader that is gone does not stop an apply; the end of the run will say so.
            true => drop(self.print_text(&format!("  {line}\n"))),
            false => self.progress(line),
        }
    }

    /// Shows progress on standard error, unless `--quiet`.
    pub(crate) fn progress(&mut self, text: &str) {
        if !self.is_quiet {
            let _ = writeln!(self.err, "{}", visible_with_styles(text));
        }
    }

    /// Warns, also with `--quiet`.
    pub(crate) fn warn(&mut self, text: &str) {
        let _ = writeln!(self.err, "{} {}", Styled(CHANGE, "warning:"), visible(text));
    }

    /// Warns of something in a spec; what to do about it is said unless `--quiet`.
    pub(crate) fn warning(&mut self, diagnostic: &Diagnostic) {
        self.warn(&diagnostic.to_string());
        if !self.is_quiet {
            let _ = write!(self.err, "{}", underlined(diagnostic));
        }
        if let Some(hint) = &diagnostic.hint {
            self.note(&format!("hint: {hint}"));
        }
    }

    /// Shows a failure, also with `--quiet`.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let _ = write!(self.err, "{failure}");
        self.will_explain(failure.codes());
    }

    /// Takes in error codes that this run told of, so that its last lines say how each is explained.
    pub(crate) fn will_explain<'a>(&mut self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            if find(code).is_some() && !self.codes.iter().any(|known| known == code) {
                self.codes.push(code.to_owned());
            }
        }
    }

    /// Says how the error codes of this run are explained. It is the last thing said, and once for a thousand accounts.
    pub(crate) fn end(&mut self) {
        for code in std::mem::take(&mut self.codes) {
            let _ = writeln!(self.err, "explain: export-iam explain {code}");
        }
    }

    /// Asks a question and reads the answer from the terminal.
    ///
    /// # Errors
    /// With status 3 when there is no terminal to ask, or when the answer is not yes; with 130 after a signal.
    pub(crate) async fn confirm(&mut self, question: &str) -> Result<(), Failure> {
        if !io::stdin().is_terminal() {
            let message = "not confirmed: there is no terminal to ask";
            return Err(Failure::new(ExitStatus::Refused, message)
                .hint("add `--yes` to go on without being asked"));
        }
        let signals = self.signals.clone();
        match self.ask(question, signals.first()).await {
            None => Err(interrupted()),
            Some(true) => Ok(()),
            Some(false) => Err(Failure::new(
                ExitStatus::Refused,
                "not confirmed; nothing was changed",
            )),
        }
    }

    /// Asks after a first signal, where there is a terminal to ask. A second signal is a no.
    pub(crate) async fn ask_after_signal(&mut self, question: &str) -> bool {
        let signals = self.signals.clone();
        io::stdin().is_terminal() && self.ask(question, signals.second()).await == Some(true)
    }

    /// Whether the answer is yes; `None` when `stop` came first.
    async fn ask(&mut self, question: &str, stop: impl Future<Output = ()>) -> Option<bool> {
        let _ = write!(self.err, "{question} [y/N] ");
        let _ = self.err.flush();
        // On a thread of its own: a signal has to be seen while nobody answers.
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            io::stdin().read_line(&mut answer).map(|_| answer)
        });
        let answer = tokio::select! {
            biased;
            () = stop => {
                // The cursor is still behind the question.
                let _ = writeln!(self.err);
                return None;
            }
            answer = answer => answer,
        };
        Some(answer.is_ok_and(|answer| {
            answer
                .is_ok_and(|text| matches!(text.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
        }))
    }
}

/// How wide the terminal is, if standard output is one. Unit: columns.
fn terminal_width() -> Option<usize> {
    let stdout = io::stdout();
    let (Width(width), _) = terminal_size_of(&stdout).filter(|_| stdout.is_terminal())?;
    Some(width.into())
}
