//! Everything that a user, a network or a proxy may get wrong, one entry each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use export_iam::sandbox::{FaultPlan, Options, Rule, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::account::TRUST;
use super::{Program, Server};

/// The secret half of the access key, and the token that goes with it. Their middles need no encoding, so that
/// they show in every form but base64; their ends need it in each.
pub(crate) const SECRET: &str = "+/CanarySecretZ9x7Q2/= &é";
pub(crate) const TOKEN: &str = "/+CanaryTokenK3v8W5+= &ü/end";
pub(crate) const KEY_ID: &str = "STS.CanaryKeyId";

/// One thing that goes wrong.
pub(crate) struct Mishap {
    pub(crate) name: &'static str,
    /// The place where the calls go.
    place: fn() -> Place,
    /// What the user adds to the command line.
    pub(crate) arguments: &'static [&'static str],
    /// Variables that the user has set otherwise.
    variables: &'static [(&'static str, &'static str)],
    pub(crate) status: i32,
    /// What is said, on standard error.
    pub(crate) says: &'static [&'static str],
}

/// Where calls go, and what came of them.
pub(crate) enum Place {
    Sandbox(Server),
    Raw(Raw),
    /// A port that nobody listens on, or whose connections nobody makes.
    Dead(SocketAddr, Vec<TcpStream>, Option<TcpListener>),
}

/// An account that the canary opens.
pub(crate) fn options() -> Options {
    let world = json!({
        "accounts": [{ "roles": [{
            "name": "Operator", "id": "300000000000000900", "trust": TRUST,
            "attachments": [{ "policy": "system:AdministratorAccess" }],
        }] }],
        "sessions": [{
            "id": KEY_ID, "secret": SECRET, "token": TOKEN, "account": "1234567890123456",
            "role": "Operator", "role_id": "300000000000000900", "name": "ann",
            "expires": "2100-01-01T00:00:00Z",
        }],
    });
    Options {
        seed: Some(World::from_json(&world.to_string()).unwrap()),
        ..Options::default()
    }
}

fn sandbox() -> Place {
    Place::Sandbox(Server::start(options()))
}

fn with_faults(rules: &[&str]) -> Place {
    let rules = rules.iter().map(|rule| rule.parse::<Rule>().unwrap());
    Place::Sandbox(Server::start(Options {
        faults: FaultPlan::new(rules.collect()),
        ..options()
    }))
}

fn with_clock_two_days_ahead() -> Place {
    let ahead = || Timestamp::now() + SignedDuration::from_hours(48);
    Place::Sandbox(Server::start(Options {
        clock: Arc::new(ahead),
        ..options()
    }))
}

fn refusing() -> Place {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Place::Dead(listener.local_addr().unwrap(), Vec::new(), None)
}

/// Connections are begun and never made: the queue of the listener is full, and nobody takes from it.
fn black_hole() -> Place {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let inside = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap().into_std().unwrap();
    drop(inside);
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the queue does not fill up");
    }
    Place::Dead(address, waiting, Some(listener))
}

/// Connections are made, and nothing is ever said on them.
fn silent() -> Place {
    Place::Raw(Raw::start(|stream, is_over| {
        let mut rest = [0; 1024];
        while !is_over() && matches!(stream.read(&mut rest), Ok(1..) | Err(_)) {}
    }))
}

fn saying(answer: &'static str) -> Place {
    Place::Raw(Raw::start(move |stream, _| {
        read_request(stream);
        let _ = stream.write_all(answer.as_bytes());
    }))
}

fn html() -> Place {
    saying(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 40\r\n\r\n\
         <html><body>Please log in.</body></html>",
    )
}

fn html_error() -> Place {
    saying(
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 37\r\nconnection: close\r\n\r\n\
         <html><body>Bad Gateway</body></html>",
    )
}

fn redirect() -> Place {
    saying("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/login\r\ncontent-length: 0\r\n\r\n")
}

fn not_http() -> Place {
    saying("220 mail.example.com ESMTP\r\n")
}

fn truncated() -> Place {
    saying(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"Role\": {",
    )
}

fn announced_gigabyte() -> Place {
    saying(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{",
    )
}

/// A gigabyte that does not say so beforehand.
fn streamed_gigabyte() -> Place {
    Place::Raw(Raw::start(|stream, _| {
        read_request(stream);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        let piece = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
        let _ = stream.write_all(head.as_bytes());
        for _ in 0..(1 << 30) / 0x10000 {
            if stream.write_all(&piece).is_err() {
                return;
            }
        }
        // Whoever reads this far gets to the end of it.
        stream.write_all(b"0\r\n\r\n").unwrap();
        panic!("the whole gigabyte was read");
    }))
}

fn read_request(stream: &mut TcpStream) {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let Ok(length @ 1..) = stream.read(&mut piece) else {
            return;
        };
        text.extend_from_slice(&piece[..length]);
        let shown = String::from_utf8_lossy(&text).to_ascii_lowercase();
        let Some((head, body)) = shown.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
            return;
        }
    }
}

/// A server without manners: it does with each connection what the test says.
pub(crate) struct Raw {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    connections: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Raw {
    fn start(answer: impl Fn(&mut TcpStream, &dyn Fn() -> bool) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (is_over, connections) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (over, count, answer) = (
            Arc::clone(&is_over),
            Arc::clone(&connections),
            Arc::new(answer),
        );
        let thread = std::thread::spawn(move || {
            let mut answering = Vec::new();
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let (over, answer) = (Arc::clone(&over), Arc::clone(&answer));
                count.fetch_add(1, Ordering::SeqCst);
                answering.push(std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    stream
                        .set_read_timeout(Some(Duration::from_millis(50)))
                        .unwrap();
                    answer(&mut stream, &|| over.load(Ordering::SeqCst));
                }));
            }
            let ended: Vec<_> = answering.into_iter().map(JoinHandle::join).collect();
            assert!(ended.iter().all(Result::is_ok));
        });
        Self {
            address,
            is_over,
            connections,
            thread: Some(thread),
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Sandbox(server) => server.url(),
            Self::Raw(raw) => format!("http://{}", raw.address),
            Self::Dead(address, ..) => format!("http://{address}"),
        }
    }

    /// How many calls came that could have changed something, where that is known.
    pub(crate) fn writes(&self) -> usize {
        match self {
            Self::Sandbox(server) => server.writes(),
            Self::Raw(_) | Self::Dead(..) => 0,
        }
    }
}

impl Mishap {
    /// A user to whom it happens; the place must be kept for as long.
    pub(crate) fn happens(&self) -> (Place, Program) {
        let place = (self.place)();
        let url = place.url();
        let mut program = Program::new()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
            .with("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN)
            .with("EXPORT_IAM_ENDPOINT_RAM", &url)
            .with("EXPORT_IAM_ENDPOINT_STS", &url);
        for (name, value) in self.variables {
            program = program.with(name, value);
        }
        (place, program)
    }
}

/// What may go wrong between here and the service.
pub(crate) const MISHAPS: &[Mishap] = &[
    Mishap {
        name: "wrong key",
        place: sandbox,
        arguments: &[],
        variables: &[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tNobody"),
            ("ALIBABA_CLOUD_SECURITY_TOKEN", ""),
        ],
        status: 1,
        says: &["InvalidAccessKeyId", "hint: the access key id is unknown"],
    },
    Mishap {
        name: "wrong secret",
        place: sandbox,
        arguments: &[],
        variables: &[(
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "CanarySecretZ9x7Q2 but wrong",
        )],
        status: 1,
        says: &[
            "wrong secret for this access key id",
            "hint: the secret does not belong to this access key id",
        ],
    },
    Mishap {
        name: "wrong secret, other signature",
        place: sandbox,
        arguments: &["--signature", "v3"],
        variables: &[(
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "CanarySecretZ9x7Q2 but wrong",
        )],
        status: 1,
        says: &["wrong secret for this access key id"],
    },
    Mishap {
        name: "wrong token",
        place: sandbox,
        arguments: &[],
        variables: &[(
            "ALIBABA_CLOUD_SECURITY_TOKEN",
            "CanaryTokenK3v8W5 but wrong",
        )],
        status: 1,
        says: &["SecurityToken", "must come from the same session"],
    },
    Mishap {
        name: "token that has ended",
        place: || with_faults(&["*=expired-token"]),
        arguments: &[],
        variables: &[],
        status: 1,
        says: &[
            "InvalidSecurityToken.Expired",
            "hint: the session has ended",
        ],
    },
    Mishap {
        name: "no permission",
        place: || with_faults(&["*=no-permission"]),
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["NoPermission", "ram:GetRole", "sts:GetCallerIdentity"],
    },
    Mishap {
        name: "clock off by two days",
        place: with_clock_two_days_ahead,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["the clock here shows", "hint: set this machine's clock"],
    },
    Mishap {
        name: "refused port",
        place: refusing,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["refuses connections", "hint: check the network"],
    },
    Mishap {
        name: "black hole",
        place: black_hole,
        arguments: &["--deadline", "1"],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "connection on which nothing is said",
        place: silent,
        arguments: &["--deadline", "1"],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "HTML instead of JSON",
        place: html,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &[
            "the answer is not the service's: status 200, text/html",
            "hint: ",
        ],
    },
    Mishap {
        name: "HTML instead of JSON, from the sandbox",
        place: || with_faults(&["*=html"]),
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["the answer is not the service's", "hint: "],
    },
    Mishap {
        name: "HTML with an error status",
        place: html_error,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["status 502, text/html", "hint: "],
    },
    Mishap {
        name: "redirect to a login page",
        place: redirect,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["status 302", "hint: "],
    },
    Mishap {
        name: "something that is not HTTP",
        place: not_http,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "truncated body",
        place: truncated,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "truncated body, from the sandbox",
        place: || with_faults(&["*=cut:12"]),
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "dropped connection",
        place: || with_faults(&["*=drop-before"]),
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["hint: "],
    },
    Mishap {
        name: "a gigabyte, announced",
        place: announced_gigabyte,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["longer than 8388608 bytes"],
    },
    Mishap {
        name: "a gigabyte, streamed",
        place: streamed_gigabyte,
        arguments: &[],
        variables: &[],
        status: 5,
        says: &["longer than 8388608 bytes"],
    },
];
