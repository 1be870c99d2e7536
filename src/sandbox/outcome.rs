//! What came of one request.

use crate::cloud::rpc::transport::HttpResponse;
use crate::model::AccountId;

/// What came of one request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) response: HttpResponse,
    /// Whose request it was, once that is proven.
    pub(crate) account: Option<AccountId>,
    /// Whether the world changed, so that it must be kept before the answer goes out.
    pub(crate) has_changed: bool,
    /// The code of an error.
    pub(crate) code: Option<String>,
}
