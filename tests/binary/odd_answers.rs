//! A service that answers oddly, whatever way: no panic, no hang, no write, the right status, and the place is named.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{Program, Run, is_read};
use export_iam::cloud::rpc::encoding::parse_form;
use serde_json::{Value, json};

/// Everything a good answer is made of.
#[derive(Clone)]
struct Answer {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    /// Sent in the place of all that.
    raw: Option<Vec<u8>>,
}

fn answer(body: impl Into<Vec<u8>>) -> Answer {
    Answer {
        status: 200,
        kind: "application/json",
        body: body.into(),
        raw: None,
    }
}

fn status(status: u16, answer: Answer) -> Answer {
    Answer { status, ..answer }
}

fn kind(kind: &'static str, answer: Answer) -> Answer {
    Answer { kind, ..answer }
}

fn raw(bytes: impl Into<Vec<u8>>) -> Answer {
    Answer {
        raw: Some(bytes.into()),
        ..answer("")
    }
}

fn document() -> &'static str {
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:ListBuckets","Resource":"*"}]}"#
}

fn trust() -> &'static str {
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":"sts:AssumeRole"}]}"#
}

/// A good answer to each of the reads of a plan, in which everything is missing but the system policy.
fn good(operation: &str) -> Value {
    match operation {
        "GetCallerIdentity" => json!({
            "RequestId": "r", "AccountId": "1234567890123456", "Arn": "acs:ram::1234567890123456:user/u",
            "IdentityType": "RAMUser", "PrincipalId": "1", "UserId": "1",
        }),
        "GetRole" => json!({ "RequestId": "r", "Role": {
            "RoleId": "1", "RoleName": "AliyunECSImageExportDefaultRole", "Arn": "acs:ram::1234567890123456:role/x",
            "Description": "d", "MaxSessionDuration": 3600, "AssumeRolePolicyDocument": trust(),
        }}),
        "ListPoliciesForRole" => json!({ "RequestId": "r", "Policies": { "Policy": [] } }),
        "GetPolicy" => json!({ "RequestId": "r",
            "Policy": { "PolicyName": "AliyunECSImageExportRolePolicy", "PolicyType": "System", "DefaultVersion": "v1" },
            "DefaultPolicyVersion": { "VersionId": "v1", "IsDefaultVersion": true, "PolicyDocument": document() },
        }),
        _ => json!({ "RequestId": "r" }),
    }
}

/// Answers well to all operations but one.
struct Odd {
    url: String,
    writes: Arc<AtomicUsize>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Odd {
    fn new(operation: &'static str, odd: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let writes = Arc::new(AtomicUsize::new(0));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let served = Self {
            url,
            writes: Arc::clone(&writes),
            calls: Arc::clone(&calls),
        };
        // It ends with the process: there is nobody left to answer.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (odd, writes, calls) = (odd.clone(), Arc::clone(&writes), Arc::clone(&calls));
                thread::spawn(move || {
                    let _ = serve(stream.unwrap(), operation, &odd, &writes, &calls);
                });
            }
        });
        served
    }

    fn program(&self) -> Program {
        Program::new()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIodd")
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "CANARY-secret")
            .with("EXPORT_IAM_ENDPOINT_RAM", &self.url)
            .with("EXPORT_IAM_ENDPOINT_STS", &self.url)
    }
}

fn serve(
    stream: TcpStream,
    operation: &str,
    odd: &Answer,
    writes: &AtomicUsize,
    calls: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let lower = line.to_lowercase();
            if let Some(number) = lower.strip_prefix("content-length:") {
                length = number.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let params = parse_form(std::str::from_utf8(&body).unwrap()).unwrap();
        let asked = params
            .iter()
            .find(|(name, _)| name == "Action")
            .unwrap()
            .1
            .clone();
        calls.lock().unwrap().push(asked.clone());
        if !is_read(&asked) {
            writes.fetch_add(1, Ordering::SeqCst);
        }
        let usual = answer(good(&asked).to_string());
        let given = if asked == operation { odd } else { &usual };
        match &given.raw {
            Some(bytes) => {
                stream.write_all(bytes)?;
                return Ok(());
            }
            None => {
                let Answer {
                    status,
                    kind,
                    body,
                    raw: _,
                } = given;
                let head = format!(
                    "HTTP/1.1 {status} Odd\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes())?;
                stream.write_all(body)?;
            }
        }
    }
}

/// A good answer with one member replaced.
fn with(operation: &str, place: &str, other: Value) -> Answer {
    let mut body = good(operation);
    *body.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = other;
    answer(body.to_string())
}

/// A good answer without one member.
fn without(operation: &str, place: &str) -> Answer {
    let mut body = good(operation);
    let (parent, name) = place.rsplit_once('/').unwrap();
    let members = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    members.remove(name).unwrap_or_else(|| panic!("{place}"));
    answer(body.to_string())
}

fn error(code: &str) -> Vec<u8> {
    json!({ "RequestId": "r", "HostId": "h", "Code": code, "Message": "m" })
        .to_string()
        .into_bytes()
}

fn nested(depth: usize) -> Vec<u8> {
    [
        b"{\"RequestId\":\"r\",\"Role\":".as_slice(),
        &b"[".repeat(depth),
        &b"]".repeat(depth),
        b"}",
    ]
    .concat()
}

/// What is asked, what is answered, and what it is called here.
fn oddities() -> Vec<(&'static str, &'static str, Answer)> {
    let page = "<!DOCTYPE html><html><body>Sign in: EntityNotExist.Role</body></html>";
    let role = "GetRole";
    let list = "ListPoliciesForRole";
    let policy = "GetPolicy";
    let who = "GetCallerIdentity";
    vec![
        ("empty body", role, answer("")),
        ("blank body", role, answer("  \n ")),
        ("null", role, answer("null")),
        ("true", role, answer("true")),
        ("a number", role, answer("7")),
        ("a text", role, answer("\"EntityNotExist.Role\"")),
        ("a list", role, answer("[]")),
        ("an empty object", role, answer("{}")),
        (
            "nothing but a request id",
            role,
            answer(r#"{"RequestId":"r"}"#),
        ),
        (
            "half of it",
            role,
            answer(&good(role).to_string().into_bytes()[..60]),
        ),
        (
            "something behind it",
            role,
            answer(good(role).to_string() + "x"),
        ),
        (
            "two answers",
            role,
            answer(good(role).to_string().repeat(2)),
        ),
        (
            "not UTF-8",
            role,
            answer(b"{\"RequestId\":\"\xff\xfe\",\"Role\":{}}".as_slice()),
        ),
        (
            "UTF-16",
            role,
            answer(
                good(role)
                    .to_string()
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>(),
            ),
        ),
        ("a page", role, kind("text/html", answer(page))),
        ("a page that says it is JSON", role, answer(page)),
        (
            "a page with status 404",
            role,
            status(404, kind("text/html", answer(page))),
        ),
        (
            "plain text with status 404",
            role,
            status(404, kind("text/plain", answer("EntityNotExist.Role"))),
        ),
        (
            "an error body with status 200",
            role,
            answer(error("EntityNotExist.Role")),
        ),
        (
            "an error body with status 200 for a list",
            list,
            answer(error("EntityNotExist.Role")),
        ),
        (
            "the error of another thing",
            role,
            status(404, answer(error("EntityNotExist.User"))),
        ),
        (
            "the error of a policy for a role's list",
            list,
            status(404, answer(error("EntityNotExist.Policy"))),
        ),
        (
            "an unknown error",
            role,
            status(400, answer(error("SomethingElse"))),
        ),
        (
            "an error without code",
            role,
            status(404, answer(r#"{"RequestId":"r","Message":"no"}"#)),
        ),
        (
            "an error whose code is a number",
            role,
            status(404, answer(r#"{"RequestId":"r","Code":404}"#)),
        ),
        ("an empty 404", role, status(404, answer(""))),
        ("an empty 401", role, status(401, answer(""))),
        (
            "a redirect",
            role,
            raw("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"),
        ),
        ("no content", role, raw("HTTP/1.1 204 No Content\r\n\r\n")),
        (
            "a role that is null",
            role,
            with(role, "/Role", json!(null)),
        ),
        (
            "a role that is a list",
            role,
            with(role, "/Role", json!([])),
        ),
        (
            "a role that is a text",
            role,
            with(role, "/Role", json!("x")),
        ),
        (
            "a role without a name",
            role,
            without(role, "/Role/RoleName"),
        ),
        (
            "a role without a trust policy",
            role,
            without(role, "/Role/AssumeRolePolicyDocument"),
        ),
        (
            "a trust policy that is null",
            role,
            with(role, "/Role/AssumeRolePolicyDocument", json!(null)),
        ),
        (
            "a trust policy that is an object",
            role,
            with(role, "/Role/AssumeRolePolicyDocument", json!({})),
        ),
        (
            "another role",
            role,
            with(role, "/Role/RoleName", json!("Another")),
        ),
        (
            "a role whose name is a number",
            role,
            with(role, "/Role/RoleName", json!(7)),
        ),
        (
            "a role whose name is no name",
            role,
            with(role, "/Role/RoleName", json!("../../etc")),
        ),
        (
            "a session length that is a word",
            role,
            with(role, "/Role/MaxSessionDuration", json!("long")),
        ),
        (
            "a session length that is negative",
            role,
            with(role, "/Role/MaxSessionDuration", json!(-1)),
        ),
        (
            "a session length beyond all numbers",
            role,
            with(role, "/Role/MaxSessionDuration", json!(1e300)),
        ),
        (
            "a description that is an object",
            role,
            with(role, "/Role/Description", json!({ "a": 1 })),
        ),
        ("deep nesting", role, answer(nested(100_000))),
        ("too long", role, answer(vec![b' '; 9 << 20])),
        ("no policies", list, without(list, "/Policies")),
        (
            "policies that are null",
            list,
            with(list, "/Policies", json!(null)),
        ),
        (
            "policies that are a list",
            list,
            with(list, "/Policies", json!([])),
        ),
        (
            "a policy list that is null",
            list,
            with(list, "/Policies/Policy", json!(null)),
        ),
        (
            "a policy list that is an object",
            list,
            with(list, "/Policies/Policy", json!({})),
        ),
        (
            "a policy that is null",
            list,
            with(list, "/Policies/Policy", json!([null])),
        ),
        (
            "a policy without a name",
            list,
            with(
                list,
                "/Policies/Policy",
                json!([{ "PolicyType": "Custom" }]),
            ),
        ),
        (
            "a policy without a type",
            list,
            with(list, "/Policies/Policy", json!([{ "PolicyName": "x" }])),
        ),
        (
            "a policy of an unknown type",
            list,
            with(
                list,
                "/Policies/Policy",
                json!([{ "PolicyName": "x", "PolicyType": "Inline" }]),
            ),
        ),
        (
            "a list that is cut",
            list,
            answer(r#"{"RequestId":"r","IsTruncated":true,"Policies":{"Policy":[]}}"#),
        ),
        (
            "a list that is cut, with an empty marker",
            list,
            answer(r#"{"RequestId":"r","IsTruncated":true,"Marker":"","Policies":{"Policy":[]}}"#),
        ),
        (
            "a list that never ends",
            list,
            answer(r#"{"RequestId":"r","IsTruncated":true,"Marker":"m","Policies":{"Policy":[]}}"#),
        ),
        (
            "a list whose end is a word",
            list,
            answer(r#"{"RequestId":"r","IsTruncated":"yes","Policies":{"Policy":[]}}"#),
        ),
        (
            "no default version",
            policy,
            without(policy, "/DefaultPolicyVersion"),
        ),
        (
            "a document that is missing",
            policy,
            without(policy, "/DefaultPolicyVersion/PolicyDocument"),
        ),
        (
            "a document that is null",
            policy,
            with(policy, "/DefaultPolicyVersion/PolicyDocument", json!(null)),
        ),
        (
            "a document that is an object",
            policy,
            with(
                policy,
                "/DefaultPolicyVersion/PolicyDocument",
                json!({ "Version": "1" }),
            ),
        ),
        (
            "a version that is none",
            policy,
            with(policy, "/DefaultPolicyVersion/VersionId", json!("latest")),
        ),
        (
            "a version beyond all numbers",
            policy,
            with(
                policy,
                "/DefaultPolicyVersion/VersionId",
                json!("v99999999999999999999"),
            ),
        ),
        (
            "another policy",
            policy,
            with(policy, "/Policy/PolicyName", json!("Another")),
        ),
        (
            "a policy of another type",
            policy,
            with(policy, "/Policy/PolicyType", json!("Custom")),
        ),
        ("nobody", who, answer(r#"{"RequestId":"r"}"#)),
        (
            "an account that is null",
            who,
            with(who, "/AccountId", json!(null)),
        ),
        (
            "an account that is no number",
            who,
            with(who, "/AccountId", json!("me")),
        ),
        (
            "an account that is a list",
            who,
            with(who, "/AccountId", json!([1])),
        ),
        (
            "an account with too many digits",
            who,
            with(who, "/AccountId", json!("1".repeat(400))),
        ),
        ("no HTTP at all", role, raw("SSH-2.0-OpenSSH_9.6\r\n")),
        (
            "headers without end",
            role,
            raw([
                b"HTTP/1.1 200 OK\r\n".as_slice(),
                &b"x: y\r\n".repeat(20_000),
            ]
            .concat()),
        ),
        (
            "a body shorter than announced",
            role,
            raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"),
        ),
        (
            "a length that is a word",
            role,
            raw("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}"),
        ),
        (
            "a chunk that is too long",
            role,
            raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n{}"),
        ),
        ("nothing", role, raw("")),
    ]
}

fn check(name: &str, operation: &str, run: &Run, odd: &Odd) {
    let told = || format!("{name}: {}", run.told());
    assert!(matches!(run.status, 5), "{}", told());
    assert_eq!(odd.writes.load(Ordering::SeqCst), 0, "{}", told());
    assert!(run.err.contains(operation), "{}", told());
    assert!(run.took < Duration::from_secs(20), "{}", told());
    assert!(
        run.err.lines().count() < 12 && run.err.len() < 2500,
        "{}",
        told()
    );
    let all = format!("{}{}", run.out, run.err);
    for bad in ["panicked", "CANARY", "\u{1b}", "RUST_BACKTRACE"] {
        assert!(!all.contains(bad), "{bad}: {}", told());
    }
}

#[test]
fn odd_answers_are_never_taken_for_the_state_of_an_account() {
    let oddities = oddities();
    assert!(oddities.len() >= 60, "{}", oddities.len());
    let next = AtomicUsize::new(0);
    // Most of their time is spent waiting between tries.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let Some((name, operation, answer)) =
                        oddities.get(next.fetch_add(1, Ordering::SeqCst))
                    else {
                        break;
                    };
                    let odd = Odd::new(operation, answer.clone());
                    let run = odd
                        .program()
                        .run(&["apply", "preset:image-export", "--yes"]);
                    check(name, operation, &run, &odd);
                }
            });
        }
    });
}

/// The other way about: what is odd and still says all there is to say.
#[test]
fn answers_with_more_or_less_than_needed_are_understood() {
    let role = "GetRole";
    let list = "ListPoliciesForRole";
    let mut more = good(role);
    more["Role"]["New"] = json!({ "a": [1, null, "x"] });
    more["Extra"] = json!(null);
    let attached =
        json!([{ "PolicyName": "AliyunECSImageExportRolePolicy", "PolicyType": "System" }]);
    for (name, operation, answer) in [
        ("unknown members", role, answer(more.to_string())),
        ("no description", role, without(role, "/Role/Description")),
        (
            "no session length",
            role,
            without(role, "/Role/MaxSessionDuration"),
        ),
        (
            "a session length that is a text",
            role,
            with(role, "/Role/MaxSessionDuration", json!("3600")),
        ),
        (
            "another content type",
            role,
            kind("text/plain", answer(good(role).to_string())),
        ),
        (
            "blanks around it",
            role,
            answer(format!("\r\n {} \n", good(role))),
        ),
        (
            "another letter case",
            role,
            with(
                role,
                "/Role/RoleName",
                json!("aliyunecsimageexportdefaultrole"),
            ),
        ),
        ("a policy twice", list, {
            let twice = [attached[0].clone(), attached[0].clone()];
            with(list, "/Policies/Policy", json!(twice))
        }),
        (
            "an account that is a number",
            "GetCallerIdentity",
            with(
                "GetCallerIdentity",
                "/AccountId",
                json!(1_234_567_890_123_456_u64),
            ),
        ),
    ] {
        let odd = Odd::new(operation, answer);
        let run = odd.program().run(&["plan", "preset:image-export"]);
        assert_eq!(run.status, 0, "{name}: {}", run.told());
        assert_eq!(odd.writes.load(Ordering::SeqCst), 0);
        assert!(odd.calls.lock().unwrap().len() < 6, "{name}");
    }
}
