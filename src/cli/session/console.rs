//! The two streams: results to standard output, everything else to standard error. And what comes from the person
//! at the keyboard: answers and signals.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

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
        self.write_reports(&rendered.json)?;
        printed
    }

    /// Writes the reports that were asked for, from the one for programs.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn write_reports(&mut self, json: &str) -> Result<(), Failure> {
        match self.reports.write(json)? {
            Some(text) => self.print(&text),
            None => Ok(()),
        }
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
        let stdout = io::stdout();
        match terminal_size_of(&stdout).filter(|_| stdout.is_terminal()) {
            Some((Width(width), _)) => self.print(&wrap(&text, width.into())),
            None => self.print(&text),
        }
    }

    /// Prints text to standard output as it is.
    ///
    /// # Errors
    /// When standard output cannot be written, other than by a reader that has gone away.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        match self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush())
        {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                ExitStatus::Failed,
                format!("standard output: {error}"),
            )),
            _ => Ok(()),
        }
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
