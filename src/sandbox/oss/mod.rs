//! OSS: buckets and objects, as far as exports need them. Its requests and errors are of its own kind: the bucket is in
//! the path or the host, signatures are of version 4, answers are XML.

mod access;
mod authentication;
pub(super) mod bucket_policy;
mod buckets;
mod errors;
mod objects;
mod operation;
mod request;
mod response;

use jiff::Timestamp;

use super::outcome::Outcome;
use super::rpc::api_error::ApiError;
use super::state::World;
use crate::cloud::rpc::transport::{HttpRequest, HttpResponse};

use errors::OssError;
use operation::Operation;
use request::OssRequest;

/// Whether the request is for OSS.
pub(super) fn is_for(request: &HttpRequest) -> bool {
    OssRequest::read(request).is_some()
}

/// The operation asked for; `?` when it is not one of ours.
pub(super) fn operation(request: &HttpRequest) -> &'static str {
    OssRequest::read(request)
        .and_then(|request| Operation::of(&request))
        .map_or("?", Operation::name)
}

/// The answer, if the request is for OSS. Nothing here changes the world.
pub(super) fn answer(world: &mut World, http: &HttpRequest, now: Timestamp) -> Option<Outcome> {
    let request = OssRequest::read(http)?;
    let request_id = world.next_oss_request_id();
    let mut account = None;
    let answer = respond(world, &request, now, &mut account);
    let code = answer.as_ref().err().map(|error| error.code.to_owned());
    Some(Outcome {
        response: response::render(&request, &request_id, answer),
        account,
        has_changed: false,
        code,
    })
}

/// An error that a planned fault puts in the place of an answer.
pub(super) fn fail(
    world: &mut World,
    http: &HttpRequest,
    error: &ApiError,
) -> Option<HttpResponse> {
    let request = OssRequest::read(http)?;
    let request_id = world.next_oss_request_id();
    let error = OssError::of_fault(error);
    Some(response::render(&request, &request_id, Err(error)))
}

fn respond(
    world: &World,
    request: &OssRequest<'_>,
    now: Timestamp,
    account: &mut Option<crate::model::AccountId>,
) -> Result<HttpResponse, OssError> {
    let caller = authentication::authenticate(world, request, now)?;
    *account = caller.as_ref().map(|caller| caller.account.clone());
    let operation = Operation::of(request).ok_or_else(errors::not_implemented)?;
    let name = request.bucket.as_deref().unwrap_or_default();
    let (owner, bucket) = world.bucket(name).ok_or_else(errors::no_bucket)?;
    authentication::check_region(request, operation, bucket)?;
    let key = request.key.as_deref();
    let asked = access::Asked {
        action: operation.action(),
        place: (owner, bucket),
        key,
    };
    access::authorize(world, caller.as_ref(), &asked, now)?;
    match operation {
        Operation::GetBucketInfo => Ok(buckets::info(owner, bucket)),
        Operation::GetBucketLocation => Ok(buckets::location(bucket)),
        Operation::GetBucketPolicy => buckets::policy(bucket),
        Operation::GetBucketWorm => buckets::worm(bucket),
        Operation::ListObjects => objects::list(bucket, request),
        Operation::HeadObject => objects::head(bucket, key.unwrap_or_default()),
        Operation::GetObject => objects::get(bucket, key.unwrap_or_default()),
    }
}
