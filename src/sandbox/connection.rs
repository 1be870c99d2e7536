//! Connections that can be broken on purpose, before an answer or in the middle of its body.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Between two tries to accept, when the machine is out of something. Unit: milliseconds.
const PAUSE: Duration = Duration::from_millis(200);

/// A listener whose connections can be broken.
pub(super) struct BreakableListener {
    listener: TcpListener,
}

impl BreakableListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener }
    }
}

impl axum::serve::Listener for BreakableListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    // Small answers must not wait for the previous packet's acknowledgement.
                    let _ = stream.set_nodelay(true);
                    return (Connection::new(stream), from);
                }
                Err(error) => {
                    tracing::warn!("the sandbox cannot accept a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Breaks one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Breaker(Arc<Mutex<Option<Cut>>>);

/// What may still be written.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// The head of the answer, and so many bytes of its body.
    InBody(usize),
    /// So many bytes.
    After(usize),
}

impl Breaker {
    pub(super) fn drop_now(&self) {
        *self.lock() = Some(Cut::After(0));
    }

    pub(super) fn cut_body_after(&self, bytes: usize) {
        *self.lock() = Some(Cut::InBody(bytes));
    }

    /// How many bytes of `buffer` may be written now.
    fn allowance(&self, buffer: &[u8]) -> usize {
        let mut cut = self.lock();
        if let Some(Cut::InBody(bytes)) = *cut {
            let head = buffer.windows(4).position(|window| window == b"\r\n\r\n");
            // The server writes the head in one piece.
            if let Some(place) = head {
                *cut = Some(Cut::After(place + 4 + bytes));
            }
        }
        match *cut {
            Some(Cut::After(left)) => left.min(buffer.len()),
            _ => buffer.len(),
        }
    }

    fn written(&self, bytes: usize) {
        if let Some(Cut::After(left)) = self.lock().as_mut() {
            *left = left.saturating_sub(bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Cut>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection.
pub(super) struct Connection {
    stream: TcpStream,
    breaker: Breaker,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            breaker: Breaker::default(),
        }
    }

    pub(super) fn breaker(&self) -> Breaker {
        self.breaker.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = buffer
            .get(..self.breaker.allowance(buffer))
            .unwrap_or_default();
        if allowed.is_empty() && !buffer.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let poll = Pin::new(&mut self.stream).poll_write(context, allowed);
        if let Poll::Ready(Ok(bytes)) = poll {
            self.breaker.written(bytes);
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
