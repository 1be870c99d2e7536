//! The seam between the client and the network.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

/// One HTTP request, signed and ready.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Absolute, with scheme and path.
    pub url: String,
    /// Names and values to send.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
}

/// Shows neither headers' values nor the body: both may carry a security token.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            url,
            headers: _,
            body,
        } = self;
        let path = url.split('?').next().unwrap_or_default();
        write!(f, "HttpRequest({method} {path}, {} bytes)", body.len())
    }
}

/// One complete HTTP answer of any status.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first value of the header `name`, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Status and content type, which is all that is shown of an answer nobody understands.
    #[must_use]
    pub fn described(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no content type");
        let kind: String = kind.chars().filter(|c| !c.is_control()).take(80).collect();
        format!("status {}, {kind}", self.status)
    }
}

/// Shows no body: an answer about a wrong signature quotes the request, with its token.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            headers: _,
            body,
        } = self;
        write!(f, "HttpResponse({status}, {} bytes)", body.len())
    }
}

/// Carries one request to the service and its answer back. It neither repeats nor follows redirects.
pub trait Transport: Send + Sync {
    /// Sends `request` once.
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, TransportError>> + Send;
}

impl<T: Transport> Transport for Arc<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.as_ref().send(request).await
    }
}

/// A transport whose type is hidden, so that its users need no type parameter. Clones share it.
#[derive(Clone)]
pub struct SharedTransport(Arc<dyn Erased>);

impl SharedTransport {
    /// Hides the type of `transport`.
    #[must_use]
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self(Arc::new(transport))
    }
}

impl Transport for SharedTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.send_boxed(request).await
    }
}

impl fmt::Debug for SharedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedTransport")
    }
}

trait Erased: Send + Sync {
    fn send_boxed(
        &self,
        request: HttpRequest,
    ) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}

impl<T: Transport> Erased for T {
    fn send_boxed(
        &self,
        request: HttpRequest,
    ) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.send(request))
    }
}

/// Why no complete answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What is known of the request's fate.
    pub kind: TransportErrorKind,
    /// What happened, on one line; holds nothing of the request but its host.
    pub message: String,
}

/// What is known of a request that got no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransportErrorKind {
    /// No connection was made; nothing was sent.
    NotConnected(Barrier),
    /// The connection broke after sending began: the request may have taken effect.
    Interrupted,
    /// No complete answer came in time: the request may have taken effect.
    TimedOut,
    /// The answer's body broke off before its end.
    Truncated,
    /// The answer was longer than we read.
    TooLarge,
    /// The request itself is unusable, such as an endpoint that is no URL; nothing was sent.
    BadRequest,
}

impl TransportErrorKind {
    /// Whether it is certain that the service saw nothing of the request.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        matches!(self, Self::NotConnected(_) | Self::BadRequest)
    }
}

/// What stood in the way of a connection, so what to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Barrier {
    /// The host's name has no address.
    Dns,
    /// The host refused the port.
    Refused,
    /// Nothing answered in time.
    NoAnswer,
    /// The two ends did not agree on TLS, or the certificate is not trusted.
    Tls,
    /// A proxy stood in between and would not connect.
    Proxy,
    /// Something else.
    Other,
}
