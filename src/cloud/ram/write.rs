//! Writing, so that a lost answer is neither "failed" nor "done" until reading back has shown which.
//!
//! | the service says | of | then |
//! |---|---|---|
//! | nothing, 5xx, nonce used | `CreatePolicyVersion` | read back for 5 s, then repeat: a second version of the same document does no harm, but may find no room |
//! | nothing in time | `CreatePolicyVersion`, `UpdateRole` of a trust policy | read back until it shows, and do not repeat: the first could land after a later step |
//! | nothing, 5xx, nonce used | any other | read back; if it is not as wanted, repeat at once: the name or the value keeps it from taking effect twice |
//! | already exists | create, attach | read back; the same is done, another is an error |
//! | not there | delete, detach | read back; gone is done |
//! | not there | any other | if this run created it, wait and repeat |
//! | no room | `CreatePolicyVersion` | if an earlier attempt was lost, read back until it shows; if this run deleted a version, wait and repeat |
//! | delete conflict | delete | list again; what this run did not remove stops it, else wait and repeat |
//! | anything else | | an error; if an earlier attempt was lost, read back first |

use std::time::Duration;

use tokio::time::Instant;

use super::client::RamClient;
use super::operations;
use super::read_back::{ReadBack, TAGS};
use super::replies::NewVersionReply;
use crate::account::{AccountError, AccountErrorKind, WriteAccount, Written};
use crate::cloud::rpc::attempt::{AttemptError, Effect};
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::model::{Step, VersionId};

/// How long a write may take to show in reads. RAM promises no time; half a minute covers what is known.
const PROPAGATION: Duration = Duration::from_secs(30);

/// How long a version whose making was lost is looked for before it is made again. Most writes show within a second.
const REPEAT_AFTER: Duration = Duration::from_secs(5);

/// First and longest wait for a write to show in reads, before jitter.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

impl<T: Transport, C: CredentialSource> WriteAccount for RamClient<T, C> {
    async fn write(&self, step: &Step) -> Result<Written, AccountError> {
        let mut pending = PendingWrite {
            client: self,
            step,
            call: operations::write(step),
            is_unsure: false,
            window: None,
            repeats: 0,
            attempts: 0,
        };
        let written = pending.run().await?;
        let version = match written {
            Written::ByUs(version) => version,
            Written::Already => None,
        };
        self.log.record(step, version);
        Ok(written)
    }
}

/// One step on its way to being known.
struct PendingWrite<'a, T, C> {
    client: &'a RamClient<T, C>,
    step: &'a Step,
    call: Call,
    /// Whether an earlier try may have taken effect.
    is_unsure: bool,
    /// Since when reads are given time to catch up, and how often that was done.
    window: Option<(Instant, u32)>,
    /// How often an unsure write was sent again.
    repeats: u32,
    /// How often the write was sent.
    attempts: u32,
}

/// What to do after a failure.
enum Next {
    Done(Written),
    Repeat,
}

impl<T: Transport, C: CredentialSource> PendingWrite<'_, T, C> {
    async fn run(&mut self) -> Result<Written, AccountError> {
        loop {
            let mut failure = match self.client.rpc.call(&self.call).await {
                Ok(reply) => return Ok(Written::ByUs(self.new_version(&reply))),
                Err(failure) => failure,
            };
            self.attempts += failure.error.attempts;
            failure.error.attempts = self.attempts;
            if let Next::Done(written) = self.after(failure).await? {
                return Ok(written);
            }
        }
    }

    /// The version that the step made.
    fn new_version(&self, reply: &Reply) -> Option<VersionId> {
        match self.step {
            Step::CreatePolicyVersion { .. } => reply.read::<NewVersionReply>().ok()?.into_model(),
            _ => None,
        }
    }

    async fn after(&mut self, failure: AttemptError) -> Result<Next, AccountError> {
        if let Effect::Unknown { late } = failure.effect {
            self.is_unsure = true;
            return match self.step {
                Step::CreatePolicyVersion { .. } => self.after_perhaps_slow(failure, late).await,
                Step::UpdateRole { trust: Some(_), .. } if late => {
                    self.after_perhaps_slow(failure, late).await
                }
                _ => self.after_lost(failure).await,
            };
        }
        let error = failure.error;
        match error.kind {
            AccountErrorKind::AlreadyExists => self.after_exists(error).await,
            AccountErrorKind::NotFound => self.after_not_found(error).await,
            AccountErrorKind::Conflict => self.after_conflict(error).await,
            AccountErrorKind::LimitExceeded => self.after_limit(error).await,
            _ => self.after_refusal(error).await,
        }
    }

    /// The answer was lost, and sending again cannot do harm.
    async fn after_lost(&mut self, failure: AttemptError) -> Result<Next, AccountError> {
        match self.read_back().await {
            Err(reading) => Err(unknown(failure.error, Some(&reading))),
            Ok(ReadBack::InEffect(version)) => Ok(Next::Done(Written::ByUs(version))),
            // It may be ours, changed by someone since, or someone else's from the start.
            Ok(ReadBack::Differs(what)) => Err(unknown(different(failure.error, &what), None)),
            Ok(ReadBack::NotYet) => {
                if self.may_repeat(&failure).await {
                    Ok(Next::Repeat)
                } else {
                    Err(unknown(failure.error, None))
                }
            }
        }
    }

    /// The answer was lost, and sending again at once does harm if the first attempt is merely slow.
    async fn after_perhaps_slow(
        &mut self,
        failure: AttemptError,
        late: bool,
    ) -> Result<Next, AccountError> {
        self.window = None;
        if !late {
            if let Some(written) = self.read_back_for(REPEAT_AFTER, &failure.error).await? {
                return Ok(Next::Done(written));
            }
            if self.may_repeat(&failure).await {
                return Ok(Next::Repeat);
            }
        }
        match self.read_back_for(PROPAGATION, &failure.error).await? {
            Some(written) => Ok(Next::Done(written)),
            None => Err(unknown(failure.error, None)),
        }
    }

    /// Reads back at growing intervals until what was wanted shows, at most for so long since the last loss. `error` is
    /// why nobody knows.
    async fn read_back_for(
        &mut self,
        patience: Duration,
        error: &AccountError,
    ) -> Result<Option<Written>, AccountError> {
        loop {
            match self.client.read_back(self.step).await {
                Err(reading) => return Err(unknown(error.clone(), Some(&reading))),
                Ok(ReadBack::InEffect(version)) => return Ok(Some(Written::ByUs(version))),
                Ok(_) if self.wait_for(patience).await => {}
                Ok(_) => return Ok(None),
            }
        }
    }

    /// Reads back, and again while only tags differ: they are read apart, and may lag behind the rest.
    async fn read_back(&mut self) -> Result<ReadBack, AccountError> {
        loop {
            match self.client.read_back(self.step).await? {
                ReadBack::Differs(what) if what == [TAGS] && self.wait().await => {}
                seen => return Ok(seen),
            }
        }
    }

    async fn may_repeat(&mut self, failure: &AttemptError) -> bool {
        self.repeats += 1;
        let client = self.client;
        client
            .rpc
            .wait_to_repeat(&self.call, failure, self.repeats)
            .await
    }

    async fn after_exists(&mut self, error: AccountError) -> Result<Next, AccountError> {
        loop {
            match self.read_back().await {
                Err(reading) => return Err(self.unread(error, &reading)),
                Ok(ReadBack::InEffect(version)) => {
                    return Ok(Next::Done(self.done_as_found(version)));
                }
                Ok(ReadBack::Differs(what)) => return Err(self.refusal(different(error, &what))),
                // It exists, so it must show.
                Ok(ReadBack::NotYet) if self.wait().await => {}
                Ok(ReadBack::NotYet) => return Err(self.refusal(error)),
            }
        }
    }

    async fn after_not_found(&mut self, error: AccountError) -> Result<Next, AccountError> {
        if self.takes_away() {
            match self.client.read_back(self.step).await {
                Err(reading) => return Err(self.unread(error, &reading)),
                Ok(ReadBack::InEffect(_)) => return Ok(Next::Done(self.done_as_found(None))),
                // Reads still show it: they lag, or the write went to a place that lags.
                Ok(_) if self.wait().await => return Ok(Next::Repeat),
                Ok(_) => return Err(self.refusal(error)),
            }
        }
        if self.client.log.created_what_it_needs(self.step) && self.wait().await {
            return Ok(Next::Repeat);
        }
        self.after_refusal(error).await
    }

    async fn after_conflict(&mut self, error: AccountError) -> Result<Next, AccountError> {
        match self.client.dependents(self.step).await {
            Err(reading) => Err(self.unread(error, &reading)),
            Ok(dependents) if !dependents.is_empty() => {
                let message = format!("{} (still there: {})", error.message, dependents.join(", "));
                Err(self.refusal(AccountError { message, ..error }))
            }
            Ok(_) if self.wait().await => Ok(Next::Repeat),
            Ok(_) => Err(self.refusal(error)),
        }
    }

    async fn after_limit(&mut self, error: AccountError) -> Result<Next, AccountError> {
        let Step::CreatePolicyVersion { policy, .. } = self.step else {
            return self.after_refusal(error).await;
        };
        if self.is_unsure {
            // The version that was lost may have taken the last room, and then it must show.
            self.window = None;
            return match self.read_back_for(PROPAGATION, &error).await? {
                Some(written) => Ok(Next::Done(written)),
                None => Err(unknown(error, None)),
            };
        }
        // Five versions: one that this run deleted may still be counted.
        if self.client.log.has_deleted_any_version(policy) && self.wait().await {
            return Ok(Next::Repeat);
        }
        Err(error)
    }

    /// The service says no. That settles it, unless an earlier try got through.
    async fn after_refusal(&mut self, error: AccountError) -> Result<Next, AccountError> {
        if !self.is_unsure {
            return Err(error);
        }
        match self.client.read_back(self.step).await {
            Ok(ReadBack::InEffect(version)) => Ok(Next::Done(Written::ByUs(version))),
            Ok(_) => Err(unknown(error, None)),
            Err(reading) => Err(unknown(error, Some(&reading))),
        }
    }

    fn takes_away(&self) -> bool {
        matches!(
            self.step,
            Step::DeleteRole { .. }
                | Step::DeletePolicy { .. }
                | Step::DeletePolicyVersion { .. }
                | Step::DetachPolicy { .. }
                | Step::DetachGroupPolicy { .. }
        )
    }

    /// All is as wanted. After a lost try that is most likely our doing.
    fn done_as_found(&self, version: Option<VersionId>) -> Written {
        if self.is_unsure {
            Written::ByUs(version)
        } else {
            Written::Already
        }
    }

    fn refusal(&self, error: AccountError) -> AccountError {
        if self.is_unsure {
            unknown(error, None)
        } else {
            error
        }
    }

    /// The service's answer could not be checked by reading.
    fn unread(&self, error: AccountError, reading: &AccountError) -> AccountError {
        if self.is_unsure {
            return unknown(error, Some(reading));
        }
        let message = format!("{} (and reading it failed: {reading})", error.message);
        AccountError { message, ..error }
    }

    /// Waits for reads to catch up; `false` when they have had their time.
    async fn wait(&mut self) -> bool {
        self.wait_for(PROPAGATION).await
    }

    /// As [`PendingWrite::wait`], with `patience` since the first wait.
    async fn wait_for(&mut self, patience: Duration) -> bool {
        let client = self.client;
        let (since, times) = self.window.get_or_insert_with(|| (Instant::now(), 0));
        let most = FIRST_WAIT
            .saturating_mul(1 << (*times).min(8))
            .min(LONGEST_WAIT);
        *times += 1;
        let wait = FIRST_WAIT.max(client.rpc.random().up_to(most));
        if since.elapsed() + wait > patience {
            return false;
        }
        let operation = self.call.operation;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            operation,
            wait_ms,
            "waiting for the service to agree with itself"
        );
        client.rpc.sleep(wait).await
    }
}

/// It exists with other contents.
fn different(error: AccountError, what: &[&str]) -> AccountError {
    AccountError {
        kind: AccountErrorKind::AlreadyExists,
        message: format!("it exists with another {}", what.join(" and another ")),
        ..error
    }
}

/// Nobody can say whether it took effect.
fn unknown(error: AccountError, reading: Option<&AccountError>) -> AccountError {
    let because = match reading {
        Some(reading) => format!("; reading it back failed: {reading}"),
        None => String::new(),
    };
    AccountError {
        kind: AccountErrorKind::OutcomeUnknown,
        message: format!(
            "it may or may not have taken effect: {}{because}",
            error.message
        ),
        ..error
    }
}
