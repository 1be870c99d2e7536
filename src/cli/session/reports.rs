//! The reports that go to files, or to standard output in place of the result.

use std::fs;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::printer::printed;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{Format, Global};
use crate::report::run::Run;
use crate::report::{Stamp, github, gitlab, html, junit, markdown, sarif};

/// The words before the `=`, with what each is.
const FORMATS: &[(&str, ReportFormat)] = &[
    ("json", ReportFormat::Json),
    ("sarif", ReportFormat::Sarif),
    ("junit", ReportFormat::Junit),
    ("markdown", ReportFormat::Markdown),
    ("github", ReportFormat::Github),
    ("gitlab", ReportFormat::Gitlab),
    ("html", ReportFormat::Html),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReportFormat {
    Json,
    Sarif,
    Junit,
    Markdown,
    Github,
    Gitlab,
    Html,
}

/// All reports of a run.
pub(crate) struct Reports {
    reports: Vec<Report>,
    stamp: Stamp,
    /// Where a GitHub job collects its summary.
    job_summary: Option<PathBuf>,
}

struct Report {
    format: ReportFormat,
    to: Target,
}

enum Target {
    StandardOutput,
    File(PathBuf),
}

impl Reports {
    /// # Errors
    /// When a `--report` is not of the form FORMAT=FILE, or two results would go to standard output.
    pub(crate) fn new(global: &Global, here: &Environment) -> Result<Self, Failure> {
        let reports = global.report.iter().map(|text| Report::parse(text, here));
        let reports: Vec<Report> = reports.collect::<Result<_, _>>()?;
        let to_output = reports
            .iter()
            .filter(|report| matches!(report.to, Target::StandardOutput));
        let results = to_output.count() + usize::from(global.format != Format::Text);
        if results > 1 {
            let message = "standard output can hold one result";
            return Err(Failure::new(ExitStatus::Usage, message)
                .hint("give one of `--report FORMAT=-` and `--format`, and files for the others"));
        }
        let has_github = reports
            .iter()
            .any(|report| report.format == ReportFormat::Github);
        let summary = here.variable("GITHUB_STEP_SUMMARY").filter(|_| has_github);
        let now = || jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let at = (!global.deterministic).then(|| now().to_string());
        Ok(Self {
            reports,
            stamp: Stamp { at },
            job_summary: summary.map(|path| here.folder.join(path)),
        })
    }

    /// Whether a report takes the place of the result on standard output.
    pub(crate) fn take_standard_output(&self) -> bool {
        let mut reports = self.reports.iter();
        reports.any(|report| matches!(report.to, Target::StandardOutput))
    }

    /// The first format that only runs over accounts have, if there is one.
    pub(crate) fn need_accounts(&self) -> Option<&'static str> {
        let other = |report: &&Report| report.format != ReportFormat::Json;
        let report = self.reports.iter().find(other)?;
        let mut words = FORMATS.iter();
        let (word, _) = words.find(|(_, format)| *format == report.format)?;
        Some(word)
    }

    /// Whether none was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// Writes each report from the one for programs: the files, then the one that goes to standard output, `out`. All
    /// but the JSON one need the whole run in memory.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn write(
        &self,
        json: &mut (impl Read + Seek),
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        let run = match self.need_accounts() {
            Some(_) => Some(read(json).map_err(|error| Failure::bug(&error))?),
            None => None,
        };
        let mut to_output = None;
        for report in &self.reports {
            match &report.to {
                Target::StandardOutput => to_output = Some(report.format),
                Target::File(path) => {
                    self.write_file(report.format, path, run.as_ref(), json)?;
                }
            }
        }
        if let (Some(path), Some(run)) = (&self.job_summary, &run) {
            append(path, &markdown::markdown(run, markdown::SUMMARY))?;
        }
        let Some(format) = to_output else {
            return Ok(());
        };
        let written = self.write_to(format, out, run.as_ref(), json);
        printed(written.and_then(|()| out.flush()))
    }

    fn write_file(
        &self,
        format: ReportFormat,
        path: &Path,
        run: Option<&Run>,
        json: &mut (impl Read + Seek),
    ) -> Result<(), Failure> {
        let written = replace(path, |file| self.write_to(format, file, run, json));
        written.map_err(|error| not_written(path, &error))
    }

    fn write_to(
        &self,
        format: ReportFormat,
        out: &mut dyn Write,
        run: Option<&Run>,
        json: &mut (impl Read + Seek),
    ) -> io::Result<()> {
        match run.and_then(|run| self.made(format, run)) {
            Some(text) => out.write_all(text.as_bytes()),
            None => {
                json.rewind()?;
                io::copy(json, out).map(drop)
            }
        }
    }

    /// The text of a report; nothing of the one for programs, which is there.
    fn made(&self, format: ReportFormat, run: &Run) -> Option<String> {
        Some(match format {
            ReportFormat::Json => return None,
            ReportFormat::Sarif => sarif::sarif(run, &self.stamp),
            ReportFormat::Junit => junit::junit(run, &self.stamp),
            ReportFormat::Markdown => markdown::markdown(run, markdown::COMMENT),
            ReportFormat::Github => github::github(run),
            ReportFormat::Gitlab => gitlab::gitlab(run),
            ReportFormat::Html => html::html(run, &self.stamp),
        })
    }
}

fn read(json: &mut (impl Read + Seek)) -> Result<Run, String> {
    json.rewind().map_err(|error| error.to_string())?;
    Run::read_from(BufReader::new(json))
}

impl Report {
    fn parse(text: &str, here: &Environment) -> Result<Self, Failure> {
        let words: Vec<&str> = FORMATS.iter().map(|(word, _)| *word).collect();
        let refused = |what: String| {
            let hint = format!("FORMAT is one of {}; FILE may be `-`", words.join(", "));
            Failure::new(ExitStatus::Usage, format!("`--report {text}`: {what}")).hint(hint)
        };
        let Some((word, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
            return Err(refused("not of the form FORMAT=FILE".to_owned()));
        };
        let format = FORMATS.iter().find(|(known, _)| *known == word);
        let Some((_, format)) = format else {
            return Err(refused(format!("unknown format `{word}`")));
        };
        let to = match file {
            "-" => Target::StandardOutput,
            file => Target::File(here.folder.join(file)),
        };
        Ok(Self {
            format: *format,
            to,
        })
    }
}

/// Writes a whole file, or leaves the old one. Its folder is made. What is no plain file, such as a pipe, is written
/// as it stands.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return write(&mut fs::File::create(path)?);
    }
    // A link stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(folder);
    let mut temporary = builder().tempfile_in(folder)?;
    write(&mut temporary)?;
    temporary.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Files that others may read, as far as the umask lets them: another step of a job picks them up.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Other steps of the job write to the same file.
fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        ExitStatus::Failed,
        format!("report `{}` could not be written: {error}", path.display()),
    )
    .hint("name a file in a folder that may be written to")
}
