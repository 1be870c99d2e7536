//! Makes the calls of an export, and waits for its end.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::decide::{
    TaskState, came_since, failed_parts, is_of_another, is_passing, key_start, running_for, state,
};
use super::pauses::Pauses;
use super::report::{Ending, Event, ExportReport};
use crate::account::{AccountError, AccountErrorKind};
use crate::apply::Shutdown;
use crate::model::{ExportRequest, ExportTask};
use crate::services::ExportImages;

/// How long a task may take to appear among the tasks after ExportImage. Until then its absence says nothing.
const APPEARS_WITHIN: Duration = Duration::from_secs(60);

/// How long credentials may fail before an export is given up: those of a session come over the same network.
const WITHOUT_CREDENTIALS: Duration = Duration::from_secs(15 * 60);

/// How often the tasks are asked for again before anything is started.
const TRIES_BEFORE: usize = 2;

/// How far an export is followed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Not at all: it is enough that its task is known.
    pub detach: bool,
    /// No longer than this.
    pub until: Option<Instant>,
}

/// Where a task works, and what is known of its objects beforehand.
#[derive(Debug, Clone)]
pub struct Place {
    /// The region of image and bucket.
    pub region: String,
    /// The bucket, where it is known.
    pub bucket: Option<String>,
    /// How the keys begin, where that is known.
    pub key_start: Option<String>,
}

impl From<&ExportRequest> for Place {
    fn from(request: &ExportRequest) -> Self {
        Self {
            region: request.region.clone(),
            bucket: Some(request.bucket.clone()),
            key_start: Some(key_start(request)),
        }
    }
}

/// Starts an export, once, and follows it to its objects.
///
/// A first signal waits for the answer to ExportImage and then leaves the task to run, by name; a second one does not
/// wait.
pub async fn export<S: ExportImages>(
    services: &S,
    request: &ExportRequest,
    limits: Limits,
    shutdown: watch::Receiver<Shutdown>,
    on_event: impl FnMut(Event<'_>),
) -> ExportReport {
    let mut run = Run::new(services, limits, shutdown, on_event);
    let task = match run.start(request).await {
        Ok(task) => task,
        Err(ending) => return run.report(None, ending),
    };
    (run.on_event)(Event::Task(&task));
    let ending = match limits.detach {
        true => Ending::Detached,
        false => run.follow(&Place::from(request), &task).await,
    };
    run.report(Some(task), ending)
}

/// Follows a task that was started before to its objects.
pub async fn follow<S: ExportImages>(
    services: &S,
    place: &Place,
    task: &str,
    limits: Limits,
    shutdown: watch::Receiver<Shutdown>,
    on_event: impl FnMut(Event<'_>),
) -> ExportReport {
    let mut run = Run::new(services, limits, shutdown, on_event);
    let ending = match run.task(&place.region, task).await {
        Ok(None) => Ending::NoTask,
        Ok(Some(_)) => run.follow(place, task).await,
        Err(ending) => ending,
    };
    run.report(Some(task.to_owned()), ending)
}

pub(super) struct Run<'a, S, F> {
    pub(super) services: &'a S,
    limits: Limits,
    shutdown: watch::Receiver<Shutdown>,
    on_event: F,
    began: Instant,
    /// When an answer came last.
    answered: Instant,
    is_out_of_reach: bool,
    /// Where the objects are.
    pub(super) bucket: Option<String>,
}

impl<'a, S: ExportImages, F: FnMut(Event<'_>)> Run<'a, S, F> {
    fn new(
        services: &'a S,
        limits: Limits,
        shutdown: watch::Receiver<Shutdown>,
        on_event: F,
    ) -> Self {
        let began = Instant::now();
        Self {
            services,
            limits,
            shutdown,
            on_event,
            began,
            answered: began,
            is_out_of_reach: false,
            bucket: None,
        }
    }

    fn report(&self, task: Option<String>, ending: Ending) -> ExportReport {
        ExportReport {
            task,
            bucket: self.bucket.clone(),
            ending,
            took: self.began.elapsed(),
        }
    }

    /// The task of an export that this call starts.
    async fn start(&mut self, request: &ExportRequest) -> Result<String, Ending> {
        let refused =
            |error: AccountError, running: Vec<String>| Ending::Refused { error, running };
        // Without them a lost answer could not be settled, so nothing is started where they cannot be read.
        let before = self.tasks_before(&request.region).await;
        if *self.shutdown.borrow() > Shutdown::None {
            return Err(Ending::Stopped);
        }
        let before = before.map_err(|error| refused(error, Vec::new()))?;
        let before: BTreeSet<String> = before.into_iter().map(|task| task.id).collect();
        let services = self.services;
        let started = tokio::select! {
            biased;
            started = services.start(request) => started,
            () = Shutdown::immediate(self.shutdown.clone()) => {
                let mut error = AccountError::new("ExportImage", AccountErrorKind::OutcomeUnknown);
                error.message = "stopped before the answer came".to_owned();
                return Err(Ending::Unknown { error, candidates: Vec::new(), is_interrupted: true });
            }
        };
        match started {
            Ok(task) => Ok(task),
            Err(error) if error.kind == AccountErrorKind::OutcomeUnknown => {
                (self.on_event)(Event::LookingForTask(&error));
                self.find(request, &before, error).await
            }
            Err(error) if error.code.as_deref() == Some("ImageIsExporting") => {
                let tasks = self.services.tasks(&request.region).await;
                let running = running_for(&tasks.unwrap_or_default(), &request.image);
                Err(refused(error, running))
            }
            Err(error) => Err(refused(error, Vec::new())),
        }
    }

    /// The tasks that are there before anything is started. What is out of reach is asked again, and not for long:
    /// nothing hangs on it yet.
    async fn tasks_before(&mut self, region: &str) -> Result<Vec<ExportTask>, AccountError> {
        let mut pauses = Pauses::new();
        for _ in 0..TRIES_BEFORE {
            match self.services.tasks(region).await {
                Err(error) if is_passing(&error) => self.unanswered(&error),
                answer => {
                    self.reached();
                    return answer;
                }
            }
            if !self.pause(&mut pauses).await {
                break;
            }
        }
        self.services.tasks(region).await
    }

    /// The task of an export whose answer was lost. That there is none is believed only of a list that was read when
    /// it would have been in it.
    async fn find(
        &mut self,
        request: &ExportRequest,
        before: &BTreeSet<String>,
        lost: AccountError,
    ) -> Result<String, Ending> {
        let sent = Instant::now();
        let mut pauses = Pauses::new();
        let unknown = |error, candidates| Ending::Unknown {
            error,
            candidates,
            is_interrupted: false,
        };
        loop {
            let asked = Instant::now();
            let tasks = self.services.tasks(&request.region).await;
            match tasks {
                Err(error) if !is_passing(&error) => return Err(unknown(lost, Vec::new())),
                Err(error) => self.unanswered(&error),
                Ok(tasks) => {
                    self.reached();
                    let fresh = came_since(before, &tasks, request);
                    let mut candidates = Vec::new();
                    for task in fresh {
                        if !self.is_of_another(task, request).await {
                            candidates.push(task.id.clone());
                        }
                    }
                    match candidates.as_slice() {
                        [only] => return Ok(only.clone()),
                        [] if asked.duration_since(sent) < APPEARS_WITHIN => {}
                        _ => return Err(unknown(lost, candidates)),
                    }
                }
            }
            if !self.pause(&mut pauses).await {
                return Err(Ending::Unknown {
                    error: lost,
                    candidates: Vec::new(),
                    is_interrupted: !self.is_over(),
                });
            }
        }
    }

    async fn is_of_another(&self, task: &ExportTask, request: &ExportRequest) -> bool {
        let told = self.services.task(&request.region, &task.id).await;
        matches!(told, Ok(Some(task)) if is_of_another(&task, request))
    }

    /// Watches the task to its end, then looks for its objects.
    async fn follow(&mut self, place: &Place, id: &str) -> Ending {
        let mut pauses = Pauses::new();
        loop {
            let task = match self.task(&place.region, id).await {
                Ok(Some(task)) => task,
                Ok(None) if self.began.elapsed() < APPEARS_WITHIN => ExportTask::default(),
                Ok(None) => return Ending::NoTask,
                Err(ending) => return ending,
            };
            match state(&task) {
                TaskState::Finished => return self.look(place, &task).await,
                TaskState::Failed => {
                    let parts = failed_parts(&task);
                    return Ending::Failed { parts };
                }
                TaskState::Cancelled => return Ending::Cancelled,
                TaskState::Running => (self.on_event)(Event::Seen {
                    status: &task.status,
                    percent: task.percent.unwrap_or(0),
                    took: self.began.elapsed(),
                }),
            }
            if !self.pause(&mut pauses).await {
                return self.stopped();
            }
        }
    }

    /// The task as it is now, asked for until there is an answer.
    async fn task(&mut self, region: &str, id: &str) -> Result<Option<ExportTask>, Ending> {
        let services = self.services;
        self.until_answered(|| services.task(region, id))
            .await
            .map_err(|left| left.unwrap_or_else(|| self.stopped()))
            .and_then(|answer| answer.map_err(|error| Ending::OutOfSight { error }))
    }

    /// Asks until there is an answer or a refusal: what is only out of reach comes back. Ends with `None` when the run
    /// is to stop.
    pub(super) async fn until_answered<T, A: Future<Output = Result<T, AccountError>>>(
        &mut self,
        ask: impl Fn() -> A,
    ) -> Result<Result<T, AccountError>, Option<Ending>> {
        let mut pauses = Pauses::new();
        let mut shutdown = self.shutdown.clone();
        loop {
            let answer = tokio::select! {
                biased;
                () = at_least_graceful(&mut shutdown) => return Err(None),
                answer = ask() => answer,
            };
            match answer {
                Err(error) if is_passing(&error) => {
                    let is_out_of_keys = error.kind == AccountErrorKind::Credential;
                    if is_out_of_keys && self.answered.elapsed() >= WITHOUT_CREDENTIALS {
                        return Err(Some(Ending::OutOfSight { error }));
                    }
                    self.unanswered(&error);
                    if !self.pause(&mut pauses).await {
                        return Err(Some(match self.is_over() {
                            true => Ending::OutOfSight { error },
                            false => Ending::Stopped,
                        }));
                    }
                }
                answer => {
                    self.reached();
                    return Ok(answer);
                }
            }
        }
    }

    fn unanswered(&mut self, error: &AccountError) {
        if !self.is_out_of_reach {
            (self.on_event)(Event::OutOfReach(error));
        }
        self.is_out_of_reach = true;
    }

    fn reached(&mut self) {
        if self.is_out_of_reach {
            (self.on_event)(Event::BackInReach);
        }
        self.is_out_of_reach = false;
        self.answered = Instant::now();
    }

    /// Waits; `false` when the run is to stop, or its time is over.
    async fn pause(&mut self, pauses: &mut Pauses) -> bool {
        let mut shutdown = self.shutdown.clone();
        let pause = sleep(pauses.next());
        let limited = async {
            match self.limits.until {
                Some(until) => timeout_at(until, pause).await.is_ok(),
                None => {
                    pause.await;
                    true
                }
            }
        };
        tokio::select! {
            biased;
            () = at_least_graceful(&mut shutdown) => false,
            is_in_time = limited => is_in_time,
        }
    }

    fn is_over(&self) -> bool {
        self.limits
            .until
            .is_some_and(|until| Instant::now() >= until)
    }

    /// How a run ends that is not to go on.
    pub(super) fn stopped(&self) -> Ending {
        if !self.is_over() {
            return Ending::Stopped;
        }
        let mut error = AccountError::new("DescribeTaskAttribute", AccountErrorKind::Unavailable);
        error.message = "the time for following the export is over".to_owned();
        Ending::OutOfSight { error }
    }
}

async fn at_least_graceful(shutdown: &mut watch::Receiver<Shutdown>) {
    // A sender that is gone can no longer ask for anything.
    if shutdown
        .wait_for(|shutdown| *shutdown > Shutdown::None)
        .await
        .is_err()
    {
        std::future::pending::<()>().await;
    }
}
