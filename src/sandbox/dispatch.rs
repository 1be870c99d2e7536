//! Answers one request, pure: the request and the time go in, an answer comes out, and the world may have changed.

use jiff::Timestamp;

use super::authorization::authorize;
use super::metadata;
use super::outcome::Outcome;
use super::rpc::answer::Answer;
use super::rpc::api_error::{ApiError, Denial};
use super::rpc::authentication::authenticate;
use super::rpc::operation::{Operation, Run, Service};
use super::rpc::request::Request;
use super::rpc::response;
use super::state::World;
use super::{ecs, oss, ram, resource_manager, sts};
use crate::cloud::rpc::transport::HttpResponse;
use crate::model::AccountId;

/// Every operation, by service.
static TABLES: [&[Operation]; 4] = [
    ram::OPERATIONS,
    sts::OPERATIONS,
    resource_manager::OPERATIONS,
    ecs::OPERATIONS,
];

/// What a request is for, before anything of it is believed; for the call log and for planned faults.
pub(crate) struct Purpose {
    /// `?` when the operation is not one of ours.
    pub(crate) operation: &'static str,
    pub(crate) is_write: bool,
}

/// Reads of a request only what it is for.
pub(crate) fn purpose(request: &Request<'_>) -> Purpose {
    if metadata::is_for(request) {
        return Purpose {
            operation: "metadata",
            is_write: true,
        };
    }
    if oss::is_for(request.http) {
        return Purpose {
            operation: oss::operation(request.http),
            is_write: false,
        };
    }
    match find(request) {
        Ok(operation) => Purpose {
            operation: operation.name,
            is_write: operation.is_write(),
        },
        Err(_) => Purpose {
            operation: "?",
            is_write: false,
        },
    }
}

/// Answers as the service does at the time `now`.
pub(crate) fn handle(world: &mut World, request: &Request<'_>, now: Timestamp) -> Outcome {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    if let Some((response, has_changed)) = metadata::answer(world, request, now) {
        return Outcome {
            response,
            account: None,
            has_changed,
            code: None,
        };
    }
    let mut has_changed = ecs::tasks::end_due(world, now);
    if let Some(outcome) = oss::answer(world, request.http, now) {
        return Outcome {
            has_changed,
            ..outcome
        };
    }
    let mut account = None;
    let answer = answer(world, request, now, &mut account, &mut has_changed);
    let request_id = world.next_request_id();
    let code = answer.as_ref().err().map(|error| error.code.clone());
    Outcome {
        response: render(request, &request_id, answer),
        account,
        has_changed,
        code,
    }
}

/// Answers with an error, whatever is asked.
pub(crate) fn fail(world: &mut World, request: &Request<'_>, error: ApiError) -> HttpResponse {
    if let Some(response) = oss::fail(world, request.http, &error) {
        return response;
    }
    let request_id = world.next_request_id();
    render(request, &request_id, Err(error))
}

fn answer(
    world: &mut World,
    request: &Request<'_>,
    now: Timestamp,
    account: &mut Option<AccountId>,
    has_changed: &mut bool,
) -> Answer {
    if !matches!(request.http.method.as_str(), "GET" | "POST") {
        let message = "This http method is not supported.";
        return Err(ApiError::new(400, "UnsupportedHTTPMethod", message));
    }
    let operation = find(request)?;
    let caller = if operation.is_unsigned() {
        None
    } else {
        Some(authenticate(world, request, now)?)
    };
    *account = caller.as_ref().map(|caller| caller.account.clone());
    if let Some(caller) = &caller {
        authorize(world, caller, operation, &request.parameters)?;
    }
    let parameters = &request.parameters;
    let unsigned = || ApiError::missing_common("AccessKeyId");
    let answer = match operation.run {
        Run::Session(run) => run(world, caller.as_ref(), parameters, now),
        Run::Call(run) => run(world, &caller.ok_or_else(unsigned)?, parameters),
        Run::CallAt(run) => run(world, &caller.ok_or_else(unsigned)?, parameters, now),
        Run::Change(run) => run(world, &caller.ok_or_else(unsigned)?, parameters, now),
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
    *has_changed |= operation.is_write();
    Ok(answer)
}

fn inactive() -> ApiError {
    let message = "Your ram service is inactive, please activate it.";
    ApiError::new(403, "Inactive", message)
}

fn find(request: &Request<'_>) -> Result<&'static Operation, ApiError> {
    let name = request.operation_name()?;
    let service = request.service()?;
    TABLES
        .into_iter()
        .flatten()
        .find(|operation| operation.service == service && operation.name == name)
        .filter(|_| request.path == "/")
        .ok_or_else(|| {
            let message = "Specified api is not found, please check your url and method.";
            ApiError::new(404, "InvalidAction.NotFound", message)
        })
}

fn render(request: &Request<'_>, request_id: &str, answer: Answer) -> HttpResponse {
    let name = request.operation_name().unwrap_or_default();
    match answer {
        Ok(body) => response::success(request.format, name, request_id, body),
        Err(error) => {
            let host = request.service().unwrap_or(Service::Ram).host();
            response::failure(request.format, host, request_id, &error)
        }
    }
}

/// The error that a planned fault answers, with RAM's account of it.
pub(crate) fn denied_by_fault(operation: &str) -> ApiError {
    let is_ecs = ecs::OPERATIONS.iter().any(|own| own.name == operation);
    let service = match operation {
        "AssumeRole" | "GetCallerIdentity" => "sts",
        _ if is_ecs => "ecs",
        _ => "ram",
    };
    let error = ApiError::denied(&Denial {
        action: &format!("{service}:{operation}"),
        principal_type: "SubUser",
        principal: "sandbox",
        owner: "",
        kind: "ImplicitDeny",
        layer: "AccountLevelIdentityBasedPolicy",
    });
    if is_ecs { error.of_ecs() } else { error }
}
