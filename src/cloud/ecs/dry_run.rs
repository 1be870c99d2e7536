//! Dry runs of ExportImage and ImportImage. Source: ECS, `ExportImage`, `ImportImage`, and the official SDK's docstrings
//! (July 2026).

use serde::Deserialize;

use super::client::EcsClient;
use crate::account::AccountError;
use crate::cloud::rpc::attempt::AttemptError;
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::model::DryRun;

/// How ECS says that a dry run found nothing against the request: as an error. Both are documented for `ImportImage`, the
/// first for `ExportImage`.
const PASSED: [&str; 2] = ["DryRunOperation", "DRYRUN.SUCCESS"];

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// Sends the call with the flag `DryRun`. It is never repeated where its fate is unknown: an old endpoint may take no
    /// notice of the flag.
    ///
    /// # Errors
    /// When ECS refuses the request, or no answer came.
    pub(super) async fn try_out(&self, call: Call) -> Result<DryRun, AccountError> {
        match self.rpc.call(&call.with("DryRun", true)).await {
            Ok(reply) => Ok(match task(&reply) {
                Some(task) => DryRun::Started { task },
                None => DryRun::Passed {
                    code: String::new(),
                },
            }),
            Err(AttemptError { error, .. }) => match &error.code {
                Some(code) if PASSED.contains(&code.as_str()) => {
                    Ok(DryRun::Passed { code: code.clone() })
                }
                _ => Err(error),
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaskReply {
    task_id: Option<String>,
    /// As old pages of ExportImage name it.
    export_task_id: Option<String>,
}

/// The task that the answer names.
pub(super) fn task(reply: &Reply) -> Option<String> {
    let TaskReply {
        task_id,
        export_task_id,
    } = reply.read().ok()?;
    task_id.or(export_task_id).filter(|id| !id.is_empty())
}
