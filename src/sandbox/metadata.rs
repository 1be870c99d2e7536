//! What a machine in the cloud can ask for keys: the metadata server, and a credentials URI.
//!
//! Served beside the API, on paths of their own. Source: ECS, "Instance metadata", version 2 with a token.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::evaluation::{Context, Decision, decide_trust};
use super::rpc::request::Request;
use super::rpc::response;
use super::state::{Instance, World};
use super::sts::sessions::NewSession;
use crate::cloud::rpc::signature::sha256_hex;
use crate::cloud::rpc::transport::HttpResponse;

/// Where the metadata server's paths begin.
const METADATA: &str = "/latest/";

/// Answers with the keys of the instance's role, in the form that credentials URIs have.
pub(super) const CREDENTIALS: &str = "/_sandbox/credentials";

const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/ram/security-credentials/";
const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
const TOKEN: &str = "x-aliyun-ecs-metadata-token";

/// Longest life of a token. Unit: seconds. Source: ECS, "Instance metadata".
const LONGEST_TTL: i64 = 21_600;

/// How long keys of an instance are good. Unit: seconds.
const SESSION_SECONDS: u64 = 21_600;

/// Whether the request is for one of these paths.
pub(super) fn is_for(request: &Request<'_>) -> bool {
    request.path == CREDENTIALS || request.path.starts_with(METADATA)
}

/// The answer, if the path is one of these; the flag says whether keys were made.
pub(super) fn answer(
    world: &mut World,
    request: &Request<'_>,
    now: Timestamp,
) -> Option<(HttpResponse, bool)> {
    let path = request.path.as_str();
    if path == CREDENTIALS {
        return Some(match world.instance.clone() {
            Some(instance) => keys(world, instance, now),
            None => (text(404, "no instance"), false),
        });
    }
    if !path.starts_with(METADATA) {
        return None;
    }
    let Some(instance) = world.instance.clone() else {
        return Some((text(404, "no instance"), false));
    };
    if path == TOKEN_PATH {
        return Some((token(request, now), false));
    }
    let is_good = match request.header(TOKEN) {
        Some(token) => is_good_token(token, now),
        None => !instance.needs_token,
    };
    if !is_good {
        return Some((text(403, "Forbidden"), false));
    }
    let Some(rest) = path.strip_prefix(ROLE_PATH) else {
        return Some((text(404, "Not Found"), false));
    };
    Some(match rest {
        "" => (text(200, instance.role.as_str()), false),
        role if role == instance.role.as_str() => keys(world, instance, now),
        _ => (text(404, "Not Found"), false),
    })
}

fn token(request: &Request<'_>, now: Timestamp) -> HttpResponse {
    if request.http.method != "PUT" {
        return text(405, "Method Not Allowed");
    }
    let ttl = request.header(TTL).and_then(|ttl| ttl.parse().ok());
    match ttl {
        Some(ttl) if (1..=LONGEST_TTL).contains(&ttl) => {
            let expires = now.as_second() + ttl;
            text(200, &format!("{expires}.{}", seal(expires)))
        }
        _ => text(400, "Bad Request"),
    }
}

fn is_good_token(token: &str, now: Timestamp) -> bool {
    let Some((expires, sealed)) = token.split_once('.') else {
        return false;
    };
    expires
        .parse()
        .is_ok_and(|expires: i64| expires > now.as_second() && seal(expires) == sealed)
}

/// Makes a token recognisable; it guards nothing.
fn seal(expires: i64) -> String {
    sha256_hex(format!("sandbox metadata {expires}").as_bytes())
}

/// New keys of the instance's role, if it trusts ECS.
fn keys(world: &mut World, instance: Instance, now: Timestamp) -> (HttpResponse, bool) {
    let Instance {
        account,
        role,
        needs_token: _,
    } = instance;
    let account = account.unwrap_or_else(|| world.main.clone());
    let wanted = NewSession::of_service(account, role, "vm-sandbox", SESSION_SECONDS);
    let ecs = ("Service", "ecs.aliyuncs.com");
    let is_trusted = wanted.find(world).is_ok_and(|(_, role)| {
        decide_trust(&role.trust, ecs, &Context::new()) == Decision::Allowed
    });
    let made = if is_trusted {
        wanted.open(world, now).ok()
    } else {
        None
    };
    let Some(Value::Object(mut keys)) = made
        .as_ref()
        .and_then(|made| made.get("Credentials").cloned())
    else {
        let body = json!({ "Code": "Failed", "Message": "the role cannot be assumed by ECS" });
        return (response::plain_json(404, &body), false);
    };
    keys.insert("Code".to_owned(), json!("Success"));
    keys.insert(
        "LastUpdated".to_owned(),
        json!(crate::cloud::rpc::signature::timestamp(now)),
    );
    (response::plain_json(200, &Value::Object(keys)), true)
}

fn text(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}
