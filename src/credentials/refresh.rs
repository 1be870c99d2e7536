//! Keeps a session's credentials and gets new ones before they end.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as PlainMutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::cloud::rpc::credentials::{CredentialError, Credentials};

/// How long before its end a session is renewed: as in the SDKs for Python, Java and Node. A session shorter than
/// twice this is renewed at its half, or each call would renew it.
const MARGIN: SignedDuration = SignedDuration::from_mins(15);

/// How long after a failed renewal the next is tried, while the old session still holds.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// How much must be left of a session for a call to be signed with it after a failed renewal.
const LEAST: SignedDuration = SignedDuration::from_mins(1);

/// The credentials of one source, renewed by one caller at a time.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    state: Mutex<State>,
    /// Renewals that ended, well or badly. Read before waiting, it tells a caller whether somebody else's
    /// renewal ended meanwhile.
    renewals: AtomicU64,
    /// The key that the service refused as ended.
    refused: PlainMutex<Option<String>>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    failure: Option<CredentialError>,
}

#[derive(Debug)]
struct Held {
    credentials: Credentials,
    renew_at: Option<Timestamp>,
}

impl Held {
    fn new(credentials: Credentials, now: Timestamp) -> Self {
        let renew_at = credentials.expires_at.map(|end| {
            let margin = MARGIN.min(end.duration_since(now) / 2);
            end.checked_sub(margin).unwrap_or(end)
        });
        Self {
            credentials,
            renew_at,
        }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.renew_at.is_none_or(|at| now < at)
    }

    fn still_holds(&self, now: Timestamp) -> bool {
        let end = self.credentials.expires_at;
        end.is_none_or(|end| end.duration_since(now) > LEAST)
    }
}

impl Refresh {
    /// Starts with credentials that are already there.
    pub(super) fn starting_with(credentials: Credentials, now: Timestamp) -> Self {
        Self {
            state: Mutex::new(State {
                held: Some(Held::new(credentials, now)),
                failure: None,
            }),
            ..Self::default()
        }
    }

    /// The credentials held, or those that `fetch` gives when it is time. Callers that come during a renewal
    /// wait for it and share its result, also a failure.
    ///
    /// A failed renewal is no error while the old session holds: it is tried again a little later.
    pub(super) async fn get<F>(
        &self,
        origin: &str,
        now: impl Fn() -> Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Result<Credentials, CredentialError>
    where
        F: Future<Output = Result<Credentials, CredentialError>>,
    {
        let seen = self.renewals.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        self.drop_refused(&mut state);
        if let Some(held) = state.held.as_ref().filter(|held| held.is_fresh(now())) {
            return Ok(held.credentials.clone());
        }
        if let Some(failure) = &state.failure
            && self.renewals.load(Ordering::Acquire) != seen
        {
            return Err(failure.clone());
        }
        let fetched = fetch().await.and_then(|new| not_ended(origin, new, now()));
        self.renewals.fetch_add(1, Ordering::Release);
        let at = now();
        let failure = match fetched {
            Ok(new) => {
                tracing::debug!(origin, expires_at = ?new.expires_at, "new credentials");
                state.failure = None;
                state.held = Some(Held::new(new.clone(), at));
                return Ok(new);
            }
            Err(failure) => failure,
        };
        if let Some(held) = state.held.as_mut().filter(|held| held.still_holds(at)) {
            tracing::warn!(%failure, "the session could not be renewed yet");
            held.renew_at = at.checked_add(PAUSE).ok();
            return Ok(held.credentials.clone());
        }
        state.failure = Some(failure.clone());
        Err(failure)
    }

    /// Makes the next call get new credentials if those of this key are still held.
    pub(super) fn forget(&self, access_key_id: &str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused = Some(access_key_id.to_owned());
    }

    fn drop_refused(&self, state: &mut State) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = refused.take() {
            let is_it = |held: &Held| held.credentials.access_key_id == refused;
            if state.held.as_ref().is_some_and(is_it) {
                state.held = None;
            }
        }
    }
}

fn not_ended(
    origin: &str,
    new: Credentials,
    now: Timestamp,
) -> Result<Credentials, CredentialError> {
    match new.expires_at {
        Some(end) if end <= now => Err(CredentialError::new(
            origin,
            format!("the session it gave ended at {end}, it is {now:.0} here"),
            "check this machine's clock; if it is right, the place gives old sessions",
        )),
        _ => Ok(new),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// Counts renewals on tokio's paused clock; each takes a second.
    struct World {
        start: Instant,
        fetched: AtomicU64,
        lifetime: SignedDuration,
    }

    impl World {
        fn new(lifetime: SignedDuration) -> Self {
            Self {
                start: Instant::now(),
                fetched: AtomicU64::new(0),
                lifetime,
            }
        }

        fn now(&self) -> Timestamp {
            let start: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
            start + self.start.elapsed()
        }

        async fn get(&self, refresh: &Refresh, ok: bool) -> Result<String, CredentialError> {
            let fetch = || async {
                sleep(Duration::from_secs(1)).await;
                let number = self.fetched.fetch_add(1, Ordering::Relaxed) + 1;
                if !ok {
                    return Err(CredentialError::new("test", "no", "none"));
                }
                Ok(Credentials {
                    access_key_id: format!("key{number}"),
                    secret: SecretString::from("s"),
                    security_token: Some(SecretString::from("t")),
                    expires_at: Some(self.now() + self.lifetime),
                })
            };
            let credentials = refresh.get("test", || self.now(), fetch).await?;
            Ok(credentials.access_key_id)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_renewed_when_fifteen_minutes_are_left() {
        let (world, refresh) = (
            World::new(SignedDuration::from_hours(1)),
            Refresh::default(),
        );
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        sleep(Duration::from_secs(45 * 60 - 1)).await;
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_session_is_renewed_at_its_half() {
        let (world, refresh) = (
            World::new(SignedDuration::from_mins(15)),
            Refresh::default(),
        );
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        sleep(Duration::from_secs(7 * 60)).await;
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        sleep(Duration::from_secs(60)).await;
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key2");
    }

    #[tokio::test(start_paused = true)]
    async fn callers_at_the_same_time_share_one_renewal_and_one_failure() {
        let (world, refresh) = (
            World::new(SignedDuration::from_hours(1)),
            Refresh::default(),
        );
        let all = tokio::join!(
            world.get(&refresh, true),
            world.get(&refresh, true),
            world.get(&refresh, true)
        );
        assert_eq!(
            all,
            (Ok("key1".into()), Ok("key1".into()), Ok("key1".into()))
        );

        let refresh = Refresh::default();
        world.fetched.store(0, Ordering::Relaxed);
        let all = tokio::join!(
            world.get(&refresh, false),
            world.get(&refresh, false),
            world.get(&refresh, false)
        );
        assert!(all.0.is_err() && all.1.is_err() && all.2.is_err());
        assert_eq!(world.fetched.load(Ordering::Relaxed), 1);
        // Who comes later tries anew.
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_renewal_leaves_the_next_one_free() {
        let (world, refresh) = (
            World::new(SignedDuration::from_hours(1)),
            Refresh::default(),
        );
        let limit = Duration::from_millis(10);
        assert!(
            tokio::time::timeout(limit, world.get(&refresh, true))
                .await
                .is_err()
        );
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_renewal_keeps_the_old_session_to_its_end() {
        let (world, refresh) = (
            World::new(SignedDuration::from_hours(1)),
            Refresh::default(),
        );
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        sleep(Duration::from_secs(50 * 60)).await;
        assert_eq!(world.get(&refresh, false).await.unwrap(), "key1");
        assert_eq!(world.fetched.load(Ordering::Relaxed), 2);
        // Not again at once.
        assert_eq!(world.get(&refresh, false).await.unwrap(), "key1");
        assert_eq!(world.fetched.load(Ordering::Relaxed), 2);
        sleep(Duration::from_secs(9 * 60)).await;
        assert!(world.get(&refresh, false).await.is_err());
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key4");
    }

    #[tokio::test(start_paused = true)]
    async fn an_ended_session_is_not_taken() {
        let (world, refresh) = (World::new(SignedDuration::ZERO), Refresh::default());
        let error = world.get(&refresh, true).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "test: the session it gave ended at 2026-01-02T03:00:01Z, it is 2026-01-02T03:00:01Z here"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_key_is_forgotten_only_while_it_is_held() {
        let (world, refresh) = (
            World::new(SignedDuration::from_hours(1)),
            Refresh::default(),
        );
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        refresh.forget("another");
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key1");
        refresh.forget("key1");
        assert_eq!(world.get(&refresh, true).await.unwrap(), "key2");
    }
}
