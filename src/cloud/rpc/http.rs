//! HTTP for real: reqwest with rustls and ring.
//!
//! Redirects are answers like any other, nothing is repeated here, and an answer is read only up to a limit.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use reqwest::{Certificate, Client, Method, Url, redirect, retry};
use tokio::time::{Instant, timeout};

use super::endpoint::is_loopback;
use super::lock::lock;
use super::redact::one_line;
use super::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};

/// How connections are made.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Longest time to make a connection, name and TLS included.
    pub connect_timeout: Duration,
    /// Longest time from a connection to the last byte of the answer.
    pub answer_timeout: Duration,
    /// How long to wait for an answer before saying so. The pauses between two such words double.
    pub told_after: Duration,
    /// Longest body that is read. Unit: bytes.
    pub max_answer: usize,
    /// What the user adds to the user agent, `ALIBABA_CLOUD_USER_AGENT`; anything but printable ASCII is left out.
    pub user_agent: Option<String>,
    /// Certificates in PEM to trust besides the system's.
    pub ca_bundle: Option<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(30),
            told_after: Duration::from_secs(5),
            max_answer: 8 * 1024 * 1024,
            user_agent: None,
            ca_bundle: None,
        }
    }
}

/// Sends requests over a pool of connections, which all clones share.
#[derive(Debug, Clone)]
pub struct HttpTransport(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: HttpOptions,
    roots: Vec<Certificate>,
    /// When somebody was last told what is waited for.
    told: Mutex<Option<Instant>>,
    // Each is built at its first use: reading the system's certificates takes longer than a call to the sandbox.
    internet: OnceLock<Client>,
    loopback: OnceLock<Client>,
    loopback_tls: OnceLock<Client>,
}

/// Which of the clients a URL needs. A proxy is never asked for this machine's own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Internet,
    Loopback,
    LoopbackTls,
}

impl HttpTransport {
    /// Checks `options`; connects to nothing yet.
    ///
    /// # Errors
    /// When the bundle holds no certificate in PEM.
    pub fn new(options: HttpOptions) -> Result<Self, TransportError> {
        let bundle = options.ca_bundle.as_deref();
        let roots = match bundle.map(Certificate::from_pem_bundle) {
            None => Vec::new(),
            Some(Ok(roots)) if !roots.is_empty() => roots,
            Some(_) => return Err(unusable("the CA bundle holds no certificate in PEM form")),
        };
        Ok(Self(Arc::new(Shared {
            options,
            roots,
            told: Mutex::new(None),
            internet: OnceLock::new(),
            loopback: OnceLock::new(),
            loopback_tls: OnceLock::new(),
        })))
    }
}

impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let Ok(url) = Url::parse(&request.url) else {
            return Err(unusable("the endpoint is not a URL"));
        };
        let route = match (url.scheme(), is_loopback(&url)) {
            ("http", true) => Route::Loopback,
            ("https", true) => Route::LoopbackTls,
            ("https", false) => Route::Internet,
            _ => return Err(unusable("plain http is only for this machine; use https")),
        };
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return Err(unusable("the method is not one of HTTP"));
        };
        let mut sending = self.0.client(route)?.request(method, url.clone());
        for (name, value) in &request.headers {
            // hyper writes the same value from the URL.
            if !name.eq_ignore_ascii_case("host") {
                sending = sending.header(name, value);
            }
        }
        let name = url.host_str().unwrap_or_default();
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        let answer = async {
            let response = sending.body(request.body).send().await;
            let response = response.map_err(|error| failure(&host, &error))?;
            self.0.read(&host, response).await
        };
        self.0.patiently(&host, answer).await
    }
}

impl Shared {
    fn client(&self, route: Route) -> Result<&Client, TransportError> {
        let place = match route {
            Route::Internet => &self.internet,
            Route::Loopback => &self.loopback,
            Route::LoopbackTls => &self.loopback_tls,
        };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = self.build(route).map_err(|error| {
            let cause = root_cause(&error);
            let message = format!("TLS cannot be set up, are CA certificates installed?: {cause}");
            not_connected(Barrier::Tls, message)
        })?;
        Ok(place.get_or_init(|| client))
    }

    fn build(&self, route: Route) -> reqwest::Result<Client> {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = &self.options;
        let builder = Client::builder()
            .user_agent(user_agent(options.user_agent.as_deref()))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(options.connect_timeout)
            .timeout(options.connect_timeout + options.answer_timeout)
            // Below the minute after which common load balancers drop idle connections.
            .pool_idle_timeout(Duration::from_secs(20))
            .tcp_nodelay(true);
        let roots = self.roots.clone();
        match route {
            Route::Internet => builder.tls_certs_merge(roots),
            Route::LoopbackTls => builder.tls_certs_merge(roots).no_proxy(),
            // Never used for TLS, so no certificates are read.
            Route::Loopback => builder.tls_certs_only([]).no_proxy(),
        }
        .build()
    }

    /// Waits, and says so when it takes long: half a minute without a word looks like a hang.
    async fn patiently<T>(&self, host: &str, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        let started = Instant::now();
        let mut pause = self.options.told_after;
        loop {
            match timeout(pause, answer.as_mut()).await {
                Ok(answer) => return answer,
                Err(_) => self.tell(host, started.elapsed()),
            }
            pause *= 2;
        }
    }

    /// Calls that wait side by side need one word between them.
    fn tell(&self, host: &str, waited: Duration) {
        let mut told = lock(&self.told);
        if told.is_none_or(|told| told.elapsed() >= self.options.told_after) {
            *told = Some(Instant::now());
            let seconds = waited.as_secs();
            tracing::warn!("still waiting for an answer of `{host}`, {seconds} s so far");
        }
    }

    /// Reads the body in pieces and stops at the limit.
    async fn read(
        &self,
        host: &str,
        mut response: reqwest::Response,
    ) -> Result<HttpResponse, TransportError> {
        let status = response.status().as_u16();
        let header = |value: &reqwest::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), header(value)))
            .collect();
        let mut answer = HttpResponse {
            status,
            headers,
            body: Vec::new(),
        };
        let limit = self.options.max_answer;
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).is_ok_and(|length| length <= limit) {
            loop {
                match response.chunk().await {
                    Ok(None) => return Ok(answer),
                    Ok(Some(piece)) if answer.body.len() + piece.len() <= limit => {
                        answer.body.extend_from_slice(&piece);
                    }
                    Ok(Some(_)) => break,
                    Err(error) => return Err(broken_off(host, &answer, &error)),
                }
            }
        }
        Err(TransportError {
            kind: TransportErrorKind::TooLarge,
            message: format!(
                "the answer of `{host}` ({}) is longer than {limit} bytes",
                answer.described()
            ),
        })
    }
}

/// `export-iam/<version> (<os>; <arch>)` and what the user adds.
fn user_agent(addition: Option<&str>) -> String {
    let own = format!(
        "export-iam/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    // 256 characters is what the aliyun CLI keeps.
    let addition: String = addition
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(256)
        .collect();
    match addition.trim() {
        "" => own,
        addition => format!("{own} {addition}"),
    }
}

fn unusable(problem: &str) -> TransportError {
    TransportError {
        kind: TransportErrorKind::BadRequest,
        message: problem.to_owned(),
    }
}

fn not_connected(barrier: Barrier, message: String) -> TransportError {
    TransportError {
        kind: TransportErrorKind::NotConnected(barrier),
        message,
    }
}

/// An error before the head of an answer came.
fn failure(host: &str, error: &reqwest::Error) -> TransportError {
    let cause = root_cause(error);
    if error.is_builder() {
        return unusable(&format!("the request cannot be made: {cause}"));
    }
    if error.is_connect() {
        let barrier = barrier(error);
        let message = match barrier {
            Barrier::Dns => format!("the name `{host}` has no address: {cause}"),
            Barrier::Refused => format!("`{host}` refuses connections"),
            Barrier::NoAnswer => format!("`{host}` does not answer"),
            Barrier::Tls => format!("no trusted TLS connection to `{host}`: {cause}"),
            Barrier::Proxy => format!("the proxy does not connect to `{host}`: {cause}"),
            Barrier::Other => format!("no connection to `{host}`: {cause}"),
        };
        return not_connected(barrier, message);
    }
    if error.is_timeout() {
        return TransportError {
            kind: TransportErrorKind::TimedOut,
            message: format!("no answer from `{host}` in time"),
        };
    }
    TransportError {
        kind: TransportErrorKind::Interrupted,
        message: format!("the connection to `{host}` broke before an answer came: {cause}"),
    }
}

/// An error in the middle of a body.
fn broken_off(host: &str, answer: &HttpResponse, error: &reqwest::Error) -> TransportError {
    let (kind, how) = if error.is_timeout() {
        (TransportErrorKind::TimedOut, "did not end in time")
    } else {
        (TransportErrorKind::Truncated, "broke off")
    };
    let described = answer.described();
    let length = answer.body.len();
    TransportError {
        kind,
        message: format!("the answer of `{host}` ({described}) {how} after {length} bytes"),
    }
}

fn barrier(error: &reqwest::Error) -> Barrier {
    if error.is_dns() {
        return Barrier::Dns;
    }
    if error.is_timeout() {
        return Barrier::NoAnswer;
    }
    for cause in causes(error) {
        if cause.is::<rustls::Error>() {
            return Barrier::Tls;
        }
        if cause.is::<rustls::pki_types::InvalidDnsNameError>() {
            return Barrier::Dns;
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            if wraps_tls(error) {
                return Barrier::Tls;
            }
            if error.kind() == io::ErrorKind::ConnectionRefused {
                return Barrier::Refused;
            }
        }
        // hyper-util keeps the type of its tunnel errors to itself.
        let text = cause.to_string();
        if text.contains("tunnel") || text.contains("proxy") {
            return Barrier::Proxy;
        }
    }
    Barrier::Other
}

/// An `io::Error` hides what it wraps from `source`, and TLS errors come wrapped more than once.
fn wraps_tls(error: &io::Error) -> bool {
    let Some(inner) = error.get_ref() else {
        return false;
    };
    inner.is::<rustls::Error>() || inner.downcast_ref().is_some_and(wraps_tls)
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: Option<&'a (dyn StdError + 'static)> = error.source();
    std::iter::successors(first, |&cause| cause.source())
}

/// The innermost error's text. The outer ones hold the URL, maybe that of a proxy with its password.
fn root_cause(error: &reqwest::Error) -> String {
    let text = causes(error).last().map(ToString::to_string);
    let text = one_line(&text.unwrap_or_else(|| "no further cause".to_owned()));
    // A certificate may name hundreds of hosts.
    match text.char_indices().nth(160) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_takes_only_printable_additions() {
        let plain = user_agent(None);
        assert!(plain.starts_with("export-iam/"), "{plain}");
        assert_eq!(user_agent(Some(" \n ")), plain);
        assert_eq!(
            user_agent(Some("ci/1\r\nx-evil: é y")),
            format!("{plain} ci/1x-evil:  y")
        );
        assert_eq!(
            user_agent(Some(&"a".repeat(999))).len(),
            plain.len() + 1 + 256
        );
    }

    #[test]
    fn a_client_can_be_built_for_every_route() {
        let transport = HttpTransport::new(HttpOptions::default()).unwrap();
        for route in [Route::Loopback, Route::LoopbackTls, Route::Internet] {
            transport.0.client(route).unwrap();
        }
    }

    #[test]
    fn a_ca_bundle_without_certificates_is_refused() {
        for bundle in ["", "not a certificate"] {
            let options = HttpOptions {
                ca_bundle: Some(bundle.as_bytes().to_vec()),
                ..HttpOptions::default()
            };
            assert!(HttpTransport::new(options).is_err(), "{bundle:?}");
        }
    }
}
