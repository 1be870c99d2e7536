//! The one way in, pure: a request and the time go in, an answer comes out, and the world may have changed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::authentication::authenticate;
use super::authorization::authorize;
use super::incoming::Incoming;
use super::metadata;
use super::operations::{self, Answer, Operation, Run, Service};
use super::refusal::Refusal;
use super::reply;
use super::state::World;
use crate::model::AccountId;
use crate::ram::transport::HttpResponse;

/// What came of one request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) response: HttpResponse,
    /// Whose request it was, once that is proven.
    pub(crate) account: Option<AccountId>,
    /// Whether the world changed, so that it must be kept before the answer goes out.
    pub(crate) has_changed: bool,
    /// The code of a refusal.
    pub(crate) code: Option<String>,
}

/// What a request is for, before anything of it is believed; for the call log and for planned faults.
pub(crate) struct Subject {
    /// `?` when the operation is not one of ours.
    pub(crate) operation: &'static str,
    pub(crate) is_write: bool,
}

/// Reads of a request only what it is for.
pub(crate) fn subject(incoming: &Incoming<'_>) -> Subject {
    if metadata::is_for(incoming) {
        return Subject {
            operation: "metadata",
            is_write: true,
        };
    }
    match find(incoming) {
        Ok((_, operation)) => Subject {
            operation: operation.name,
            is_write: operation.is_write(),
        },
        Err(_) => Subject {
            operation: "?",
            is_write: false,
        },
    }
}

/// Answers as the service does at the time `now`.
pub(crate) fn handle(world: &mut World, incoming: &Incoming<'_>, now: Timestamp) -> Outcome {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    if let Some((response, has_changed)) = metadata::answer(world, incoming, now) {
        return Outcome {
            response,
            account: None,
            has_changed,
            code: None,
        };
    }
    let mut account = None;
    let mut has_changed = false;
    let answer = answer(world, incoming, now, &mut account, &mut has_changed);
    let request_id = world.next_request_id();
    let code = answer.as_ref().err().map(|refusal| refusal.code.clone());
    Outcome {
        response: render(incoming, &request_id, answer),
        account,
        has_changed,
        code,
    }
}

/// Refuses, whatever is asked.
pub(crate) fn refuse(world: &mut World, incoming: &Incoming<'_>, refusal: Refusal) -> HttpResponse {
    let request_id = world.next_request_id();
    render(incoming, &request_id, Err(refusal))
}

fn answer(
    world: &mut World,
    incoming: &Incoming<'_>,
    now: Timestamp,
    account: &mut Option<AccountId>,
    has_changed: &mut bool,
) -> Answer {
    if !matches!(incoming.request.method.as_str(), "GET" | "POST") {
        let message = "This http method is not supported.";
        return Err(Refusal::new(400, "UnsupportedHTTPMethod", message));
    }
    let (_, operation) = find(incoming)?;
    let caller = if operation.is_unsigned() {
        None
    } else {
        Some(authenticate(world, incoming, now)?)
    };
    *account = caller.as_ref().map(|caller| caller.account.clone());
    if let Some(caller) = &caller {
        authorize(world, caller, operation, &incoming.parameters)?;
    }
    let parameters = &incoming.parameters;
    let unsigned = || Refusal::missing_common("AccessKeyId");
    let answer = match operation.run {
        Run::Session(run) => run(world, caller.as_ref(), parameters, now),
        Run::Call(run) => run(world, &caller.ok_or_else(unsigned)?, parameters),
        Run::Read(run) => {
            let id = caller.ok_or_else(unsigned)?.account;
            run(world.account(&id).ok_or_else(inactive)?, parameters)
        }
        Run::Write(run) => {
            let id = caller.ok_or_else(unsigned)?.account;
            run(
                world.accounts.get_mut(&id).ok_or_else(inactive)?,
                parameters,
                now,
            )
        }
    }?;
    *has_changed = operation.is_write();
    Ok(answer)
}

fn inactive() -> Refusal {
    let message = "Your ram service is inactive, please activate it.";
    Refusal::new(403, "Inactive", message)
}

fn find(incoming: &Incoming<'_>) -> Result<(Service, &'static Operation), Refusal> {
    let name = incoming.operation_name()?;
    let service = incoming.service()?;
    operations::find(service, name)
        .filter(|_| incoming.path == "/")
        .map(|operation| (service, operation))
        .ok_or_else(|| {
            let message = "Specified api is not found, please check your url and method.";
            Refusal::new(404, "InvalidAction.NotFound", message)
        })
}

fn render(incoming: &Incoming<'_>, request_id: &str, answer: Answer) -> HttpResponse {
    let name = incoming.operation_name().unwrap_or_default();
    match answer {
        Ok(body) => reply::good(incoming.format, name, request_id, body),
        Err(refusal) => {
            let host = incoming.service().unwrap_or(Service::Ram).host();
            reply::bad(incoming.format, host, request_id, &refusal)
        }
    }
}

/// The refusal that a fault puts in the place of an answer, with RAM's account of it.
pub(crate) fn denied(operation: &str) -> Refusal {
    let service = match operation {
        "AssumeRole" | "GetCallerIdentity" => "sts",
        _ => "ram",
    };
    let mut refusal = Refusal::no_permission();
    refusal.denied = Some(denied_detail(
        &format!("{service}:{operation}"),
        ("SubUser", "sandbox"),
        "",
        ("ImplicitDeny", "AccountLevelIdentityBasedPolicy"),
    ));
    refusal
}

/// RAM's account of a missing permission. Source: error field `AccessDeniedDetail`.
pub(crate) fn denied_detail(
    action: &str,
    (principal_type, principal): (&str, &str),
    owner: &str,
    (kind, layer): (&str, &str),
) -> Value {
    json!({
        "AuthAction": action,
        "AuthPrincipalType": principal_type,
        "AuthPrincipalDisplayName": principal,
        "AuthPrincipalOwnerId": owner,
        "NoPermissionType": kind,
        "PolicyType": layer,
        "EncodedDiagnosticMessage": "U2FuZGJveA==",
    })
}
