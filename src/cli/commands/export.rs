//! `export`: exports an image, and follows it to its objects.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use tokio::time::Instant;

use super::verify::ExportArgs;
use crate::account::ReadAccount;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Format, Global, SpecArg};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::clients::Session;
use crate::cli::session::console::Console;
use crate::cli::stages::export::{Work, carry_out, conclude, offer_to_cancel};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::spec::{command_line, load, shown_name};
use crate::cli::stages::verify::{VerifiedAccount, codes_told, verify_account};
use crate::export::{Cancelled, Ending, ExportReport, Limits, Place};
use crate::model::{BucketName, BucketObject, Caller, ExportRequest, RegionId};
use crate::readiness::{Answer, CheckedExport};
use crate::report::json::AccountReport;
use crate::report::text::{self, Verified};
use crate::services::ExportImages;
use crate::spec::Spec;

/// `export`.
#[derive(Debug, Args)]
pub struct ExportCommandArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which export
    #[command(flatten)]
    pub export: ExportArgs,
    /// Follow this task, which was started before, in place of starting one; needs `--region`
    #[arg(long, value_name = "ID", conflicts_with_all = ["image", "detach", "force"], requires = "region")]
    pub task: Option<String>,
    /// Start also where something decides that is not known
    #[arg(long)]
    pub force: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print the id of the task, and leave it to run
    #[arg(long)]
    pub detach: bool,
    /// On a signal cancel the task; left out, it runs on
    #[arg(long)]
    pub cancel_on_interrupt: bool,
    /// Print a link to each object with which anybody can download it for this long, such as 1h
    #[arg(long, value_name = "LIFE", value_parser = parse_life)]
    pub url: Option<Duration>,
    /// Which account
    #[command(flatten)]
    pub fleet: FleetArgs,
}

/// Reads `30m`. Source of the longest life, a week: OSS, error 0002-00000232.
fn parse_life(text: &str) -> Result<Duration, String> {
    let life: Option<SignedDuration> = text.parse().ok();
    life.and_then(|life| Duration::try_from(life).ok())
        .filter(|life| (1..=604_800).contains(&life.as_secs()))
        .ok_or_else(|| "not a time from 1s to 168h".to_owned())
}

pub(super) async fn run(
    args: &ExportCommandArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let is_for_programs = global.format != Format::Text || console.reports().take_standard_output();
    if args.url.is_some() && is_for_programs {
        let message = "`--url` prints secrets, and reports for programs hold none";
        return Err(Failure::new(ExitStatus::Usage, message)
            .hint("leave reports on standard output out with `--url`"));
    }
    let limits = Limits {
        detach: args.detach,
        until: global
            .deadline
            .map(|seconds| Instant::now() + Duration::from_secs(seconds)),
    };
    let shown = shown_name(&args.spec, environment);
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let [member] = members.as_slice() else {
        let message = format!(
            "an export is of one account, and these are {}",
            members.len()
        );
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    };
    let start = prepare(args, global, &spec, &session, member, console).await?;
    let Prepared {
        caller,
        checked,
        work,
    } = start;
    let work = match work {
        Ok(work) => work,
        Err(failure) => {
            let report = AccountReport::exported(&caller, checked.as_ref(), None);
            return not_started(shown, member, report, failure, console);
        }
    };
    let connection = session.connect(member.entry.as_ref()).await?;
    let services = &connection.services;
    let mut report = carry_out(services, &work, limits, console).await;
    let cancelled = match (&report.ending, &report.task) {
        (Ending::Stopped, Some(task)) => {
            let is_asked_for = args.cancel_on_interrupt;
            offer_to_cancel(services, work.region(), task, is_asked_for, console).await
        }
        _ => None,
    };
    let ended = conclude(&report, &work, cancelled.as_ref());
    if cancelled == Some(Cancelled::Yes) {
        report.ending = Ending::Cancelled;
    }
    let asked = (&caller, checked.as_ref());
    show(shown, member, asked, &report, &ended, console)?;
    if let (Some(life), Ending::Exported { objects }) = (args.url, &report.ending) {
        let place = (work.region(), written_to(&work, &report));
        print_urls(services, place, objects, life, console).await?;
    }
    ended
}

/// An export that may begin, or why it may not.
struct Prepared {
    caller: Caller,
    /// `None` for a task that is taken up again.
    checked: Option<CheckedExport>,
    work: Result<Work, Failure>,
}

/// Checks the export and asks, or finds the task that is to be followed.
///
/// # Errors
/// When it is not one export that is asked for (64), or something could not be read.
async fn prepare(
    args: &ExportCommandArgs,
    global: &Global,
    spec: &Spec,
    session: &Session,
    member: &Member,
    console: &mut Console,
) -> Result<Prepared, Failure> {
    let asked = args.export.asked(global)?;
    let signals = console.signals();
    if let Some(task) = &args.task {
        let caller = signals.cancel(caller(session, member)).await?;
        let region = asked.region.as_ref().map(RegionId::as_str);
        let place = Place {
            region: region.unwrap_or_default().to_owned(),
            bucket: asked.bucket.map(|bucket| bucket.as_str().to_owned()),
            key_start: None,
        };
        let task = task.clone();
        return Ok(Prepared {
            caller,
            checked: None,
            work: Ok(Work::Follow { place, task }),
        });
    }
    if asked.image.is_none() {
        let message = "`export` needs the image, `--image ID`";
        return Err(Failure::new(ExitStatus::Usage, message)
            .hint("or `--task ID`, to follow an export that was started before"));
    }
    let apply = command_line("apply", &args.spec);
    let verify = verify_account(session, member, spec, &asked, false, &apply);
    let VerifiedAccount {
        caller, exports, ..
    } = signals.cancel(verify).await?;
    let mut text = String::new();
    let found = Verified {
        exports: &exports,
        imports: &[],
    };
    text::verify(&caller, member.label().as_deref(), found, &mut text);
    console.show(&text)?;
    console.will_explain(codes_told(&exports));
    let checked = only(exports)?;
    let request = checked.question.request().ok_or_else(no_bucket)?;
    let work = match may_start(&checked, args.force) {
        Err(failure) => Err(failure),
        Ok(()) if args.yes => Ok(Work::Start(request)),
        Ok(()) => confirm(&request, console)
            .await
            .map(|()| Work::Start(request)),
    };
    Ok(Prepared {
        caller,
        checked: Some(checked),
        work,
    })
}

async fn caller(session: &Session, member: &Member) -> Result<Caller, Failure> {
    let connection = session.connect(member.entry.as_ref()).await?;
    match connection.pinned_caller().await? {
        Some(caller) => Ok(caller),
        None => Ok(connection.account.caller().await?),
    }
}

fn only(exports: Vec<CheckedExport>) -> Result<CheckedExport, Failure> {
    let buckets: Vec<String> = exports
        .iter()
        .filter_map(|export| export.question.bucket.as_ref())
        .map(BucketName::to_string)
        .collect();
    let mut exports = exports.into_iter();
    match (exports.next(), exports.next()) {
        (Some(only), None) => Ok(only),
        _ => {
            let message = format!("the spec has several exports here: {}", buckets.join(", "));
            Err(Failure::new(ExitStatus::Usage, message)
                .hint("name the bucket with `--bucket`, and its region with `--region`"))
        }
    }
}

fn no_bucket() -> Failure {
    let message = "no bucket is named, and the spec has no export";
    Failure::new(ExitStatus::Usage, message)
        .hint("name it with `--bucket`, and its region with `--region`")
}

fn may_start(checked: &CheckedExport, force: bool) -> Result<(), Failure> {
    match checked.answer() {
        Answer::Ready => Ok(()),
        Answer::Depends if force => Ok(()),
        Answer::Depends => {
            let message = "not started: whether it would work is not known";
            Err(Failure::new(ExitStatus::Incomplete, message)
                .hint("settle what it depends on, or add `--force` to try"))
        }
        Answer::Blocked => {
            let message = "not started: ExportImage would refuse or fail";
            Err(Failure::new(ExitStatus::Differs, message)
                .hint("settle what is blocked; `export-iam apply` does where RAM is the cause"))
        }
    }
}

async fn confirm(request: &ExportRequest, console: &mut Console) -> Result<(), Failure> {
    let ExportRequest {
        region,
        image,
        bucket,
        ..
    } = request;
    let question = format!("Export {image} to bucket {bucket} in {region}?");
    console.confirm(&question).await
}

/// Reports on an export that was not started.
fn not_started(
    spec: String,
    member: &Member,
    report: AccountReport,
    failure: Failure,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut run = RunReport::new("export", Some(spec), console);
    let report = || report.with_errors(&failure.problems());
    run.add((0, member), failure.status, |_| (), report);
    run.end(console)?;
    Err(failure)
}

/// Reports on an export that was started or followed.
fn show(
    spec: String,
    member: &Member,
    (caller, checked): (&Caller, Option<&CheckedExport>),
    report: &ExportReport,
    ended: &Result<ExitStatus, Failure>,
    console: &mut Console,
) -> Result<(), Failure> {
    let part = AccountReport::exported(caller, checked, Some(report));
    let (status, part) = match ended {
        Ok(status) => (*status, part),
        Err(failure) => (failure.status, part.with_errors(&failure.problems())),
    };
    let mut run = RunReport::new("export", Some(spec), console);
    let say = |text: &mut String| text::exported(report, text);
    run.add((0, member), status, say, || part);
    run.end(console).map(drop)
}

/// Prints a link to each object. `place`: the region and the bucket.
async fn print_urls<S: ExportImages>(
    services: &S,
    (region, bucket): (&str, &str),
    objects: &[BucketObject],
    life: Duration,
    console: &mut Console,
) -> Result<(), Failure> {
    for object in objects {
        let url = services.presigned_url(region, bucket, &object.key, life);
        console.print(&format!("{}\n", url.await?))?;
    }
    Ok(())
}

/// The bucket that the objects are in.
fn written_to<'a>(work: &'a Work, report: &'a ExportReport) -> &'a str {
    let named = match work {
        Work::Start(request) => Some(request.bucket.as_str()),
        Work::Follow { place, .. } => place.bucket.as_deref(),
    };
    named.or(report.bucket.as_deref()).unwrap_or_default()
}
