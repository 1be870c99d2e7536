//! The HTTP server: axum on loopback, handing each request to the sandbox as it came.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::connection::{BreakableListener, Breaker, Connection};
use super::middleware::{Ending, Sandbox};
use super::rpc::response::plain_json;
use crate::cloud::rpc::transport::{HttpRequest, HttpResponse};

/// Most bytes of a request that are read. Source: gateway, "POST at most 10 MB".
const LONGEST_REQUEST: usize = 10 * 1024 * 1024;

/// Shows the call log as JSON; for benchmarks that run in another process. Not a path of the services.
const CALLS_PATH: &str = "/_sandbox/calls";

/// Serves until the other end of `end` is dropped, and then until the calls under way are answered.
pub(super) async fn serve(
    listener: TcpListener,
    sandbox: Arc<Sandbox>,
    end: oneshot::Receiver<()>,
) {
    let service = Router::new()
        .fallback(answer)
        .with_state(sandbox)
        .into_make_service_with_connect_info::<Breaker>();
    // Failures to accept are retried inside, so it cannot fail.
    let _ = axum::serve(BreakableListener::new(listener), service)
        .with_graceful_shutdown(async {
            let _ = end.await;
        })
        .await;
}

async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == CALLS_PATH {
        return response(plain_json(200, &sandbox.calls().to_json()));
    }
    let Ok(body) = to_bytes(body, LONGEST_REQUEST).await else {
        let mut error = Response::new(Body::from("the request is too long"));
        *error.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return error;
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = HttpRequest {
        method: parts.method.as_str().to_owned(),
        // Not the `Host` header's name: what a client says there must not change the path.
        url: match parts.uri.path_and_query() {
            Some(rest) => format!("http://sandbox{rest}"),
            None => "http://sandbox/".to_owned(),
        },
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body: body.to_vec(),
    };
    match sandbox.call(request).await {
        Ending::Answered(answer) => response(answer),
        Ending::Dropped => {
            breaker.drop_now();
            Response::new(Body::empty())
        }
        Ending::Cut(answer, bytes) => {
            breaker.cut_body_after(bytes);
            response(answer)
        }
    }
}

fn response(answer: HttpResponse) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// What axum needs to hand a connection's breaker to the handler.
impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, BreakableListener>>
    for Breaker
{
    fn connect_info(stream: axum::serve::IncomingStream<'_, BreakableListener>) -> Self {
        let connection: &Connection = stream.io();
        connection.breaker()
    }
}
