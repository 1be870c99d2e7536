//! One call to OSS: checked names, and one more try where the bucket is in another region.

use super::hosts::{host, is_region, region_of_host};
use super::service::OSS;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::attempt::AttemptError;
use crate::cloud::rpc::call::{Call, OssAnswer, OssTarget, Protocol};
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::pages::unreadable;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;

/// What is asked, of which bucket or object.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) operation: &'static str,
    pub(super) bucket: &'a str,
    /// `None` for the bucket itself.
    pub(super) key: Option<&'a str>,
    pub(super) answer: OssAnswer,
}

impl Question<'_> {
    fn subject(&self) -> String {
        match self.key {
            Some(key) => format!("object {key} in bucket {}", self.bucket),
            None => format!("bucket {}", self.bucket),
        }
    }

    /// The call in `region`, and what it is about.
    ///
    /// # Errors
    /// When a name could lead the call elsewhere: both go into the URL.
    pub(super) fn call(&self, region: &str) -> Result<(Call, OssTarget), AccountError> {
        let fail = |message: String| AccountError {
            subject: self.subject(),
            message,
            ..AccountError::new(self.operation, AccountErrorKind::Rejected)
        };
        if !is_region(region) {
            return Err(fail(format!("`{region}` is not the id of a region")));
        }
        if !is_bucket_name(self.bucket) {
            let bucket = self.bucket;
            return Err(fail(format!("`{bucket}` is not the name of a bucket")));
        }
        // Every client of HTTP takes such a part for a step up or nothing, and so asks for another object.
        let is_step = |part: &str| matches!(part, "." | "..");
        if self.key.is_some_and(|key| key.split('/').any(is_step)) {
            let message = "a key with a part `.` or `..` cannot be asked for by URL".to_owned();
            return Err(fail(message));
        }
        let target = OssTarget {
            region: region.to_owned(),
            bucket: self.bucket.to_owned(),
            key: self.key.map(str::to_owned),
            answer: self.answer,
        };
        let mut call = Call::read(&OSS, self.operation, self.subject()).to(host(region));
        call.protocol = Protocol::Oss(target.clone());
        Ok((call, target))
    }
}

/// Source: OSS, bucket naming: 3 to 63 lower-case letters, digits and `-`, which is neither first nor last.
fn is_bucket_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (3..=63).contains(&name.len())
        && name.chars().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Asks in `region`, and once more where the answer says that the bucket is in another one.
///
/// # Errors
/// When no answer came, or `into` cannot read it.
pub(super) async fn ask<T: Transport, C: CredentialSource, M>(
    rpc: &RpcClient<T, C>,
    question: Question<'_>,
    region: &str,
    query: &[(&'static str, &str)],
    into: impl Fn(&Reply) -> Result<M, Unreadable>,
) -> Result<M, AccountError> {
    let call = |region: &str| {
        let (call, _) = question.call(region)?;
        Ok(query
            .iter()
            .fold(call, |call, (name, value)| call.with(name, value)))
    };
    let first = call(region)?;
    let (call, answer) = match rpc.call(&first).await {
        Err(failure) => match other_region(&failure, region) {
            Some(region) => {
                let second = call(&region)?;
                let answer = rpc.call(&second).await;
                (second, answer)
            }
            None => (first, Err(failure)),
        },
        answer => (first, answer),
    };
    let reply = answer.map_err(with_advice)?;
    into(&reply).map_err(|why| unreadable(&call, &reply, why))
}

/// Where the answer says that the bucket is, if that is another region of OSS. Source: OSS, `AccessDenied`, "must be
/// addressed using the specified endpoint".
fn other_region(failure: &AttemptError, asked: &str) -> Option<String> {
    let is_redirect = matches!(failure.error.http_status, Some(301 | 302 | 307 | 308 | 403));
    let named = failure.elsewhere.as_deref().filter(|_| is_redirect)?;
    region_of_host(named).filter(|region| region != asked)
}

fn with_advice(failure: AttemptError) -> AccountError {
    let mut error = failure.error;
    if let Some(named) = failure.elsewhere
        && region_of_host(&named).is_none()
    {
        error.advice = Some(format!(
            "the answer points to `{named}`, which is no host of OSS, so nothing was sent there; check the endpoint \
             and the proxy"
        ));
    }
    error
}
