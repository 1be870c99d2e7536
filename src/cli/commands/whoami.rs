//! `whoami`: whose access key is in use.

use crate::account::ReadAccount;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cli::session::clients::Session;
use crate::cli::session::console::{Console, Rendered};
use crate::cloud::rpc::credentials::CredentialSource;
use crate::report::{json, text};

pub(super) async fn run(
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let session = Session::open(global, environment, console).await?;
    let connection = session.own(None)?;
    let caller = match connection.pinned_caller().await? {
        Some(caller) => caller,
        None => connection.account.caller().await?,
    };
    let source = session.source();
    let key = source
        .credentials()
        .await
        .map(|key| key.access_key_id)
        .unwrap_or_default();
    let mut text = String::new();
    text::whoami(&caller, source.path(), &key, &mut text);
    console.result(&Rendered {
        text,
        json: json::whoami(&caller, source.path(), &key),
    })?;
    Ok(ExitStatus::Success)
}
