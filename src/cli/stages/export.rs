//! verify → ask → export: one export, from ExportImage to its objects.

use std::cell::RefCell;
use std::convert::Infallible;

use crate::account::AccountError;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::{Failure, described};
use crate::cli::session::console::Console;
use crate::cli::session::progress::Percent;
use crate::export::{
    Cancelled, Ending, Event, ExportReport, Limits, Place, cancel, export, follow,
};
use crate::model::{ExportRequest, TaskPart};
use crate::services::ExportImages;
use crate::shell::quote;

/// What is said on the first signal while ExportImage may be under way.
const STOPPING: &str = "interrupted: waiting for the answer under way; again to stop at once";

/// What is to be done.
pub(crate) enum Work {
    /// Start an export.
    Start(ExportRequest),
    /// Follow a task that was started before.
    Follow { place: Place, task: String },
}

impl Work {
    pub(crate) fn region(&self) -> &str {
        match self {
            Self::Start(request) => &request.region,
            Self::Follow { place, .. } => &place.region,
        }
    }
}

/// Does the work, and tells how it goes. A signal ends it; the task runs on.
pub(crate) async fn carry_out<S: ExportImages>(
    services: &S,
    work: &Work,
    limits: Limits,
    console: &mut Console,
) -> ExportReport {
    let signals = console.signals();
    let shutdown = signals.shutdown();
    let is_known = matches!(work, Work::Follow { .. });
    let progress = RefCell::new(Progress::new(console, is_known));
    let on_event = |event: Event<'_>| progress.borrow_mut().tell(&event);
    let run = async {
        match work {
            Work::Start(request) => export(services, request, limits, shutdown, on_event).await,
            Work::Follow { place, task } => {
                follow(services, place, task, limits, shutdown, on_event).await
            }
        }
    };
    let noticed = async {
        signals.first().await;
        // A task that is known is left at once.
        if !progress.borrow().is_known {
            progress.borrow_mut().say(STOPPING);
        }
        signals.second().await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        biased;
        never = noticed => match never {},
        report = run => report,
    }
}

/// Shows how far a task is: a bar on a terminal, a line now and then in a log.
struct Progress<'a> {
    console: &'a mut Console,
    percent: Percent,
    /// Whether the task is.
    is_known: bool,
}

impl<'a> Progress<'a> {
    fn new(console: &'a mut Console, is_known: bool) -> Self {
        let percent = console.percent();
        Self {
            console,
            percent,
            is_known,
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        match event {
            Event::Task(task) => {
                self.is_known = true;
                self.say(&format!("task {task} runs"));
            }
            Event::LookingForTask(error) => {
                self.say(&format!("{}; asking the tasks whether it started", error))
            }
            Event::Seen {
                status,
                percent,
                took,
            } => self.percent.show(status, *percent, *took),
            Event::OutOfReach(error) => {
                self.say(&format!("{}; trying again until it answers", error));
            }
            Event::BackInReach => self.say("it answers again"),
        }
    }

    fn say(&mut self, text: &str) {
        let Self {
            console, percent, ..
        } = self;
        percent.suspend(|| console.note(text));
    }
}

/// Offers to cancel the task of an export that was interrupted, or cancels it where that was asked for. Gives what
/// became of it, if it was to be cancelled.
pub(crate) async fn offer_to_cancel<S: ExportImages>(
    services: &S,
    region: &str,
    task: &str,
    is_asked_for: bool,
    console: &mut Console,
) -> Option<Cancelled> {
    let question = format!("Cancel task {task}?");
    if !is_asked_for && !console.ask_after_signal(&question).await {
        return None;
    }
    let signals = console.signals();
    let ended = tokio::select! {
        biased;
        () = signals.second() => return None,
        ended = cancel(services, region, task) => ended,
    };
    Some(ended)
}

/// How the run ends for the shell, and what is said where the image is not exported.
///
/// # Errors
/// With everything but an export that is there, or one that was to run on by itself.
pub(crate) fn conclude(
    report: &ExportReport,
    work: &Work,
    cancelled: Option<&Cancelled>,
) -> Result<ExitStatus, Failure> {
    let region = work.region();
    let task = report.task.as_deref().unwrap_or_default();
    let take_up = |task: &str| {
        let task = quote(task);
        format!("`export-iam export --region {region} --task {task}`")
    };
    let failure = match &report.ending {
        Ending::Exported { .. } | Ending::Detached => return Ok(ExitStatus::Success),
        Ending::Refused { error, running } => {
            let failure = of_error(ExitStatus::Failed, "no export was started", error);
            running.iter().fold(failure, |failure, running| {
                failure.hint(format!(
                    "task {running} may be exporting it; follow it with {}",
                    take_up(running)
                ))
            })
        }
        Ending::Unknown {
            error,
            candidates,
            is_interrupted,
        } => {
            let status = match is_interrupted {
                true => ExitStatus::Interrupted,
                false => ExitStatus::Partial,
            };
            unknown(status, error, candidates, region, take_up)
        }
        Ending::Failed { parts } => failed(task, parts),
        Ending::Cancelled => Failure::new(
            ExitStatus::Partial,
            format!("task {task} was cancelled; the image is not exported"),
        ),
        Ending::Missing { keys, .. } => missing(task, keys),
        Ending::Unseen { error } => {
            let what = format!("task {task} finished, but its objects could not be seen");
            of_error(ExitStatus::Incomplete, &what, error)
        }
        Ending::OutOfSight { error } => {
            let what = format!("task {task} can no longer be followed");
            of_error(ExitStatus::Incomplete, &what, error).hint(format!(
                "it may run on; take it up again with {}",
                take_up(task)
            ))
        }
        Ending::NoTask => Failure::new(
            ExitStatus::Failed,
            format!("there is no task `{task}` in region {region}"),
        )
        .hint("a task is in the region of its image; name that with `--region`"),
        Ending::Stopped => stopped(task, region, cancelled, take_up),
    };
    Err(failure)
}

fn stopped(
    task: &str,
    region: &str,
    cancelled: Option<&Cancelled>,
    take_up: impl Fn(&str) -> String,
) -> Failure {
    let status = ExitStatus::Interrupted;
    let by_hand = format!(
        "cancel it with `aliyun ecs CancelTask --RegionId {region} --TaskId {}`",
        quote(task)
    );
    match cancelled {
        _ if task.is_empty() => Failure::new(status, "interrupted; no export was started"),
        Some(Cancelled::Yes) => {
            Failure::new(status, format!("interrupted; task {task} is cancelled"))
        }
        Some(Cancelled::TooLate) => {
            let message =
                format!("interrupted; task {task} had ended before it could be cancelled");
            Failure::new(status, message)
                .hint(format!("see what came of it with {}", take_up(task)))
        }
        Some(Cancelled::No(error)) => {
            let what = format!("interrupted; task {task} could not be cancelled and may run on");
            of_error(status, &what, error).hint(by_hand)
        }
        None => Failure::new(status, format!("interrupted; task {task} runs on"))
            .hint(format!("take it up again with {}", take_up(task)))
            .hint(by_hand),
    }
}

fn unknown(
    status: ExitStatus,
    error: &AccountError,
    candidates: &[String],
    region: &str,
    take_up: impl Fn(&str) -> String,
) -> Failure {
    let what = match status {
        ExitStatus::Interrupted => "interrupted; whether an export was started is not known",
        _ => "whether an export was started is not known",
    };
    let failure = Failure::new(status, format!("{what}: {error}"));
    match candidates {
        [] => failure.hint(format!(
            "look for its task before you export again: `aliyun ecs DescribeTasks --RegionId {region} --TaskAction \
             ExportImage`"
        )),
        candidates => candidates.iter().fold(failure, |failure, task| {
            failure.hint(format!("task {task} may be it; follow it with {}", take_up(task)))
        }),
    }
}

fn missing(task: &str, keys: &[String]) -> Failure {
    let keys = match keys {
        [] => "none of its objects is there".to_owned(),
        keys => format!("these objects are not there: {}", keys.join(", ")),
    };
    Failure::new(
        ExitStatus::Partial,
        format!("task {task} finished, but {keys}"),
    )
    .hint("the bucket may have been deleted or changed meanwhile; export again")
}

fn failed(task: &str, parts: &[TaskPart]) -> Failure {
    let problem = |part: &TaskPart| {
        let object = part.object.as_ref().map(|key| format!("{key}: "));
        let code = match part.error_code.as_str() {
            "" => String::new(),
            code => format!("{code}: "),
        };
        format!("{}{code}{}", object.unwrap_or_default(), part.error_message)
    };
    let told = match parts {
        [] => "nothing is said about why".to_owned(),
        parts => parts.iter().map(problem).collect::<Vec<_>>().join("; "),
    };
    Failure::new(
        ExitStatus::Partial,
        format!("task {task} failed, so the image is not exported: {told}"),
    )
    .hint("check with `export-iam verify` what stands against it, then export again")
}

fn of_error(status: ExitStatus, what: &str, error: &AccountError) -> Failure {
    let (message, hint) = described(error);
    let failure = Failure::new(status, format!("{what}: {message}"));
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountErrorKind;

    #[test]
    fn a_search_for_the_task_that_a_signal_ended_is_an_interruption() {
        let work = Work::Start(ExportRequest {
            region: "cn-hangzhou".to_owned(),
            image: "m-1".to_owned(),
            bucket: "exports".to_owned(),
            prefix: None,
            format: None,
            role: None,
        });
        for (is_interrupted, status) in [
            (true, ExitStatus::Interrupted),
            (false, ExitStatus::Partial),
        ] {
            let report = ExportReport {
                task: None,
                bucket: None,
                ending: Ending::Unknown {
                    error: AccountError::new("ExportImage", AccountErrorKind::OutcomeUnknown),
                    candidates: Vec::new(),
                    is_interrupted,
                },
                took: std::time::Duration::ZERO,
            };
            let failure = conclude(&report, &work, None).unwrap_err();
            assert_eq!(failure.status, status);
            let (message, hint) = failure.problems().remove(0);
            assert!(message.contains("whether an export was started is not known"));
            assert_eq!(message.starts_with("interrupted"), is_interrupted);
            assert!(hint.unwrap().contains("DescribeTasks"));
        }
    }
}
