//! Waits after an apply until ECS takes note of the role.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::account::{AccountError, AccountErrorKind};
use crate::model::{DryRun, ExportRequest};
use crate::services::ReadServices;

/// Longest wait.
const LONGEST: Duration = Duration::from_secs(90);

/// How long ECS may take to notice a new role. Source: Packer's builder for Alibaba Cloud waits this long.
const FRESH_ROLE: Duration = Duration::from_secs(60);

/// The pauses between two questions grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(10));

/// How often a caller is told that the wait goes on, where nothing can be asked.
const TICK: Duration = Duration::from_secs(1);

/// Asks ExportImage with its flag `DryRun` until ECS takes the request or refuses it for good, for 90 seconds at
/// most, and gives the last answer. `on_pause` is called before each pause, with the time since the start.
///
/// # Errors
/// With the last refusal.
pub async fn wait_until_accepted<S: ReadServices>(
    services: &S,
    request: &ExportRequest,
    mut on_pause: impl FnMut(Duration),
) -> Result<DryRun, AccountError> {
    let started = Instant::now();
    let (mut pause, longest) = PAUSES;
    loop {
        match services.dry_run(request).await {
            Err(error) if may_pass(&error) && started.elapsed() + pause <= LONGEST => {
                on_pause(started.elapsed());
            }
            answer => return answer,
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// Waits out the minute that ECS may need to notice a role that was made at `made`.
pub async fn wait_out_minute(made: Instant, mut on_pause: impl FnMut(Duration)) {
    while let Some(left) = FRESH_ROLE
        .checked_sub(made.elapsed())
        .filter(|left| !left.is_zero())
    {
        on_pause(made.elapsed());
        sleep(left.min(TICK)).await;
    }
}

/// Whether an error may go away by itself. ECS spells the first code in two ways.
fn may_pass(error: &AccountError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    code.starts_with("NoSetRoletoECSServiceA")
        || code == "InvalidOSS.NotAuthorized"
        || matches!(
            error.kind,
            AccountErrorKind::Throttled | AccountErrorKind::Unavailable
        )
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::model::{
        AccountId, Bucket, BucketObject, ControlPolicy, Image, ImportRequest, RoleName,
    };

    /// Answers dry runs with these, the last one for ever.
    struct Ecs(Mutex<Vec<Result<DryRun, AccountError>>>);

    impl Ecs {
        fn answering(mut answers: Vec<Result<DryRun, AccountError>>) -> Self {
            answers.reverse();
            Self(Mutex::new(answers))
        }
    }

    fn unasked<T>() -> Result<T, AccountError> {
        Err(AccountError::new("Unasked", AccountErrorKind::Rejected))
    }

    impl ReadServices for Ecs {
        async fn image(&self, _: &str, _: &str) -> Result<Option<Image>, AccountError> {
            unasked()
        }
        async fn bucket(&self, _: &str, _: &str) -> Result<Option<Bucket>, AccountError> {
            unasked()
        }
        async fn is_locked(&self, _: &str, _: &str) -> Result<bool, AccountError> {
            unasked()
        }
        async fn bucket_policy(&self, _: &str, _: &str) -> Result<Option<String>, AccountError> {
            unasked()
        }
        async fn instances_with_role(
            &self,
            _: &str,
            _: &RoleName,
        ) -> Result<Vec<String>, AccountError> {
            unasked()
        }
        async fn control_policies(
            &self,
            _: &AccountId,
        ) -> Result<Vec<ControlPolicy>, AccountError> {
            unasked()
        }
        async fn object(
            &self,
            _: &str,
            _: &str,
            _: &str,
        ) -> Result<Option<BucketObject>, AccountError> {
            unasked()
        }
        async fn dry_run_import(&self, _: &ImportRequest) -> Result<DryRun, AccountError> {
            unasked()
        }
        async fn dry_run(&self, _: &ExportRequest) -> Result<DryRun, AccountError> {
            let mut answers = self.0.lock().unwrap();
            match answers.len() {
                1 => answers[0].clone(),
                _ => answers.pop().unwrap(),
            }
        }
    }

    fn refused(code: &str) -> Result<DryRun, AccountError> {
        let mut error = AccountError::new("ExportImage", AccountErrorKind::Rejected);
        error.code = Some(code.to_owned());
        Err(error)
    }

    fn passed() -> Result<DryRun, AccountError> {
        Ok(DryRun::Passed {
            code: "DryRunOperation".to_owned(),
        })
    }

    async fn wait(
        answers: Vec<Result<DryRun, AccountError>>,
    ) -> (Result<DryRun, AccountError>, usize, Duration) {
        let request = ExportRequest {
            region: "cn-hangzhou".to_owned(),
            image: "m-1".to_owned(),
            bucket: "exports-hz".to_owned(),
            prefix: None,
            format: None,
            role: None,
        };
        let (mut pauses, began) = (0, Instant::now());
        let waited = wait_until_accepted(&Ecs::answering(answers), &request, |_| pauses += 1).await;
        (waited, pauses, began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_as_soon_as_ecs_takes_the_request() {
        let role = || refused("NoSetRoletoECSServiceAcount");
        assert_eq!(wait(vec![passed()]).await, (passed(), 0, Duration::ZERO));
        let (waited, pauses, took) = wait(vec![
            role(),
            refused("InvalidOSS.NotAuthorized"),
            role(),
            passed(),
        ])
        .await;
        assert_eq!((waited, pauses), (passed(), 3));
        assert_eq!(took, Duration::from_secs(2 + 4 + 8));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_at_once_where_waiting_does_not_help() {
        let (waited, pauses, _) = wait(vec![refused("InvalidOSSBucket.NotFound")]).await;
        assert_eq!(waited, refused("InvalidOSSBucket.NotFound"));
        assert_eq!(pauses, 0);
        let task = "t-1".to_owned();
        let (waited, ..) = wait(vec![Ok(DryRun::Started { task: task.clone() })]).await;
        assert_eq!(waited, Ok(DryRun::Started { task }));
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_takes_more_than_90_seconds() {
        let (waited, pauses, took) = wait(vec![refused("NoSetRoletoECSServiceAccount")]).await;
        assert_eq!(waited, refused("NoSetRoletoECSServiceAccount"));
        assert!(pauses > 5 && took <= LONGEST, "{pauses} pauses, {took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn where_nobody_can_be_asked_the_minute_counts_from_the_role() {
        let made = Instant::now();
        sleep(Duration::from_secs(20)).await;
        let began = Instant::now();
        let mut ticks = 0;
        wait_out_minute(made, |_| ticks += 1).await;
        assert_eq!((ticks, began.elapsed()), (40, Duration::from_secs(40)));
        wait_out_minute(made, |_| ticks += 1).await;
        assert_eq!(ticks, 40);
    }
}
