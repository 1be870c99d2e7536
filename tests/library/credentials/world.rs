//! A machine made of values: variables, files, a clock, and services that answer as they are told.
//!
//! Every secret in these tests holds the word `canary`. Whatever a search or a source says is searched for it here,
//! so that each test is a test for leaks too.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use export_iam::cloud::rpc::client::Settings;
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::{CredentialError, CredentialSource, Credentials};
use export_iam::cloud::rpc::encoding::parse_form;
use export_iam::cloud::rpc::transport::SharedTransport;
use export_iam::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use export_iam::credentials::{
    Context, FileText, Files, Found, NamedProfile, Options, Output, ProcessError, Processes,
    Source, find,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

pub(crate) const START: &str = "2026-01-02T03:00:00Z";
pub(crate) const HOME: &str = "/home/ci";
pub(crate) const CONFIG: &str = "/home/ci/.aliyun/config.json";
pub(crate) const INI: &str = "/home/ci/.alibabacloud/credentials";
pub(crate) const ARN: &str = "acs:ram::1234567890123456:role/operator";

type Answer = Result<HttpResponse, TransportError>;
type Service = Arc<dyn Fn(&HttpRequest) -> Answer + Send + Sync>;

/// What may change while a source lives.
#[derive(Default, Clone)]
pub(crate) struct State {
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) files: BTreeMap<PathBuf, (String, u32)>,
    pub(crate) unreadable: Vec<PathBuf>,
    /// Every request, whichever way it went.
    pub(crate) requests: Vec<(&'static str, HttpRequest)>,
    pub(crate) helper: Option<Result<String, ProcessError>>,
    pub(crate) runs: Vec<Vec<String>>,
}

pub(crate) struct World {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) options: Options,
    clock: Clock,
    api: Service,
    direct: Service,
}

/// A clone is a machine of its own that starts out alike.
impl Clone for World {
    fn clone(&self) -> Self {
        let state = self.state.lock().unwrap().clone();
        Self {
            state: Arc::new(Mutex::new(state)),
            options: self.options.clone(),
            clock: self.clock.clone(),
            api: Arc::clone(&self.api),
            direct: Arc::clone(&self.direct),
        }
    }
}

impl World {
    /// A machine with a home folder, no keys, no metadata service, and an STS that gives every role.
    pub(crate) fn new() -> Self {
        let world = Self {
            state: Arc::default(),
            options: Options::default(),
            clock: Clock::starting_at(START.parse().unwrap()),
            api: Arc::new(|_| unreachable_host()),
            direct: Arc::new(|_| unreachable_host()),
        };
        let clock = world.clock.clone();
        world
            .variable("HOME", HOME)
            .variable("USER", "ann lee")
            .api(move |request| Ok(sts(request, clock.now())))
    }

    pub(crate) fn variable(self, name: &str, value: &str) -> Self {
        let mut state = self.state.lock().unwrap();
        state.variables.insert(name.to_owned(), value.to_owned());
        drop(state);
        self
    }

    pub(crate) fn variables(self, pairs: &[(&str, &str)]) -> Self {
        let add = |world: Self, (name, value): &(&str, &str)| world.variable(name, value);
        pairs.iter().fold(self, add)
    }

    pub(crate) fn key_in_environment(self) -> Self {
        self.variables(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id-in-env"),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary+secret/in=env"),
        ])
    }

    pub(crate) fn oidc(self) -> Self {
        self.variables(&[
            ("ALIBABA_CLOUD_ROLE_ARN", ARN),
            (
                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                "acs:ram::1234567890123456:oidc-provider/ack",
            ),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/run/token"),
        ])
        .file("/run/token", "canary.oidc.token\n")
    }

    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text, 0o600);
        self
    }

    pub(crate) fn write(&self, path: &str, text: &str, mode: u32) {
        let mut state = self.state.lock().unwrap();
        state
            .files
            .insert(PathBuf::from(path), (text.to_owned(), mode));
    }

    pub(crate) fn config(self, text: &str) -> Self {
        self.file(CONFIG, text)
    }

    pub(crate) fn helper(self, result: Result<&str, ProcessError>) -> Self {
        self.state.lock().unwrap().helper = Some(result.map(str::to_owned));
        self
    }

    pub(crate) fn api(
        mut self,
        service: impl Fn(&HttpRequest) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.api = Arc::new(service);
        self
    }

    pub(crate) fn direct(
        mut self,
        service: impl Fn(&HttpRequest) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.direct = Arc::new(service);
        self
    }

    pub(crate) fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub(crate) fn profile(self, name: &str) -> Self {
        self.options(|options| {
            options.profile = Some(NamedProfile {
                name: name.to_owned(),
                named_by: "`--profile`",
            });
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn context(&self) -> Arc<Context> {
        let variables = Arc::clone(&self.state);
        let carrier = |name, service: &Service| {
            SharedTransport::new(Recorder {
                name,
                service: Arc::clone(service),
                state: Arc::clone(&self.state),
            })
        };
        Arc::new(Context {
            environment: Box::new(move |name| {
                variables.lock().unwrap().variables.get(name).cloned()
            }),
            files: Box::new(FakeDisk(Arc::clone(&self.state))),
            clock: self.clock.clone(),
            random: Arc::new(Random::seeded(1)),
            settings: Settings::default(),
            api: carrier("api", &self.api),
            direct: carrier("direct", &self.direct),
            processes: Box::new(FakeHelper(Arc::clone(&self.state))),
        })
    }

    pub(crate) async fn find(&self) -> Result<Found, CredentialError> {
        let result = find(&self.options, &self.context()).await;
        match &result {
            Ok(found) => assert_clean(&(found, found.source.path(), found.source.ended())),
            Err(error) => assert_error(error),
        }
        result
    }

    /// The source that is found and the key that it gives.
    pub(crate) async fn key(&self) -> Result<(Found, Credentials), CredentialError> {
        let found = self.find().await?;
        let key = ask(&found.source).await?;
        Ok((found, key))
    }

    /// The error, from the search or from the first use.
    pub(crate) async fn error(&self) -> CredentialError {
        self.key().await.unwrap_err()
    }

    pub(crate) async fn path(&self) -> String {
        self.find().await.unwrap().source.path().to_owned()
    }

    pub(crate) fn requests(&self) -> Vec<(&'static str, HttpRequest)> {
        self.state.lock().unwrap().requests.clone()
    }
}

/// The source's credentials, looked through for leaks.
pub(crate) async fn ask(source: &Source) -> Result<Credentials, CredentialError> {
    let result = source.credentials().await;
    match &result {
        Ok(key) => assert_clean(&(key, &result)),
        Err(error) => assert_error(error),
    }
    result
}

fn assert_clean(value: &impl Debug) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains("canary"), "leaked: {text}");
}

/// Also checks the house style of messages.
fn assert_error(error: &CredentialError) {
    let text = format!("{error} {error:?} {error:#?} {}", error.hint);
    assert!(!text.contains("canary"), "leaked: {text}");
    for part in [&error.origin, &error.problem, &error.hint] {
        assert!(!part.is_empty(), "{error:?}");
        assert!(!part.contains('\n') && !part.ends_with('.'), "{part}");
    }
}

pub(crate) fn unreachable_host() -> Answer {
    Err(TransportError {
        kind: TransportErrorKind::NotConnected(Barrier::NoAnswer),
        message: "nothing answers there".to_owned(),
    })
}

pub(crate) fn answer(status: u16, body: impl Into<String>) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: body.into().into_bytes(),
    }
}

/// The parameters of query and body together.
pub(crate) fn parameters(request: &HttpRequest) -> BTreeMap<String, String> {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let body = String::from_utf8(request.body.clone()).unwrap();
    let all = [parse_form(query).unwrap(), parse_form(&body).unwrap()];
    all.into_iter().flatten().collect()
}

/// Session keys as JSON members, ending an hour from `now`.
pub(crate) fn keys(id: &str, now: Timestamp, length: SignedDuration) -> String {
    let end = now + length;
    format!(
        r#""AccessKeyId":"{id}","AccessKeySecret":"canary+secret/of={id}","SecurityToken":"canary+token/of={id}","Expiration":"{end:.0}""#
    )
}

/// An STS that takes everything. The key it gives is named after the role.
pub(crate) fn sts(request: &HttpRequest, now: Timestamp) -> HttpResponse {
    let params = parameters(request);
    let role = params["RoleArn"].rsplit('/').next().unwrap();
    let length = SignedDuration::from_secs(params["DurationSeconds"].parse().unwrap());
    let keys = keys(&format!("STS.{role}"), now, length);
    answer(
        200,
        format!(r#"{{"RequestId":"R","Credentials":{{{keys}}}}}"#),
    )
}

/// A metadata service, version 2 only, with the role `node`.
pub(crate) fn metadata(request: &HttpRequest, now: Timestamp) -> HttpResponse {
    let header = |name: &str| {
        let mut headers = request.headers.iter();
        headers
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    };
    let has_token = header("x-aliyun-ecs-metadata-token") == Some("canary-metadata-token");
    let path = request.url.splitn(4, '/').last().unwrap();
    match (request.method.as_str(), path) {
        ("PUT", "latest/api/token") => {
            assert_eq!(
                header("x-aliyun-ecs-metadata-token-ttl-seconds"),
                Some("21600")
            );
            answer(200, "canary-metadata-token")
        }
        ("GET", _) if !has_token => answer(403, "canary"),
        ("GET", "latest/meta-data/ram/security-credentials/") => answer(200, "node\n"),
        ("GET", "latest/meta-data/ram/security-credentials/node") => {
            let keys = keys("STS.node", now, SignedDuration::from_hours(6));
            answer(
                200,
                format!(r#"{{"Code":"Success","LastUpdated":"x",{keys}}}"#),
            )
        }
        _ => answer(404, "canary"),
    }
}

struct Recorder {
    name: &'static str,
    service: Service,
    state: Arc<Mutex<State>>,
}

impl Transport for Recorder {
    async fn send(&self, request: HttpRequest) -> Answer {
        let answer = (self.service)(&request);
        self.state
            .lock()
            .unwrap()
            .requests
            .push((self.name, request));
        answer
    }
}

struct FakeDisk(Arc<Mutex<State>>);

impl Files for FakeDisk {
    fn read(&self, path: &Path) -> io::Result<FileText> {
        let state = self.0.lock().unwrap();
        if state.unreadable.iter().any(|own| own == path) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let (text, mode) = state.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(FileText {
            text: Zeroizing::new(text.clone()),
            mode: Some(*mode),
        })
    }
}

struct FakeHelper(Arc<Mutex<State>>);

impl Processes for FakeHelper {
    fn run<'a>(
        &'a self,
        words: &'a [SecretString],
        limit: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Output, ProcessError>> + Send + 'a>> {
        Box::pin(async move {
            assert_eq!(limit, Duration::from_secs(60));
            let words = words.iter().map(|word| word.expose_secret().to_owned());
            let mut state = self.0.lock().unwrap();
            state.runs.push(words.collect());
            let result = state.helper.clone().expect("no helper was expected to run");
            result.map(|text| Zeroizing::new(text.into_bytes()))
        })
    }
}
