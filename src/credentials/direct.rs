//! Plain HTTP to this machine and to the metadata service, never through a proxy.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Method, Url, redirect, retry};

use super::address::{METADATA_HOST, ip};
use crate::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};

/// Longest answer that is read. Unit: bytes.
const LONGEST: usize = 64 * 1024;

/// Sends requests straight to the metadata service or to this machine, and nowhere else.
///
/// Proxy variables would otherwise send the question for the instance's keys, and these keys, through a proxy.
#[derive(Debug, Default)]
pub struct DirectTransport {
    client: OnceLock<Client>,
}

impl DirectTransport {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn client(&self) -> Result<&Client, TransportError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // Fails only when a provider is installed already. TLS is never used here, but the client wants one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .tls_certs_only([])
            .connect_timeout(Duration::from_secs(1))
            .timeout(Duration::from_secs(3))
            .build()
            .map_err(|_| error(TransportErrorKind::BadRequest, "HTTP cannot be set up"))?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn error(kind: TransportErrorKind, message: &str) -> TransportError {
    TransportError {
        kind,
        message: message.to_owned(),
    }
}

/// Whether `url` is plain HTTP to a place this transport is for.
fn is_allowed(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_near = ip(host).is_some_and(|ip| ip.is_loopback() || ip == METADATA_HOST);
    url.scheme() == "http" && (host == "localhost" || is_near)
}

impl Transport for DirectTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let unusable = |message| error(TransportErrorKind::BadRequest, message);
        let url = Url::parse(&request.url).map_err(|_| unusable("the address is no URL"))?;
        if !is_allowed(&url) {
            return Err(unusable(
                "plain http is only for this machine and its metadata",
            ));
        }
        let method = Method::from_bytes(request.method.as_bytes());
        let method = method.map_err(|_| unusable("the method is not one of HTTP"))?;
        let mut sending = self.client()?.request(method, url).body(request.body);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        let mut response = sending.send().await.map_err(|cause| failure(&cause))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|cause| failure(&cause))? {
            if body.len() + piece.len() > LONGEST {
                return Err(error(
                    TransportErrorKind::TooLarge,
                    "the answer is longer than 64 KiB",
                ));
            }
            body.extend_from_slice(&piece);
        }
        Ok(HttpResponse {
            status,
            headers: Vec::new(),
            body,
        })
    }
}

/// The client's own words are left out: they hold the URL.
fn failure(cause: &reqwest::Error) -> TransportError {
    if cause.is_connect() && cause.is_timeout() {
        let kind = TransportErrorKind::NotConnected(Barrier::NoAnswer);
        return error(kind, "nothing answers there");
    }
    if cause.is_connect() {
        let kind = TransportErrorKind::NotConnected(Barrier::Other);
        return error(kind, "no connection");
    }
    if cause.is_timeout() {
        return error(TransportErrorKind::TimedOut, "no answer in time");
    }
    error(TransportErrorKind::Interrupted, "the connection broke")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_is_reached() {
        for (url, allowed) in [
            ("http://100.100.100.200/latest", true),
            ("http://127.0.0.1:1/", true),
            ("http://[::1]:1/", true),
            ("http://localhost:1/", true),
            ("https://127.0.0.1/", false),
            ("http://100.100.100.201/", false),
            ("http://keys.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_allowed(&Url::parse(url).unwrap()), allowed, "{url}");
        }
    }
}
