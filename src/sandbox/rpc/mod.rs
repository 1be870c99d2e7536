//! What the RPC services have in common: requests, who signed them, parameters, pages, answers and errors.

pub(super) mod answer;
pub(super) mod api_error;
pub(super) mod authentication;
pub(super) mod operation;
pub(super) mod paging;
pub(super) mod parameters;
pub(super) mod request;
pub(super) mod response;
