//! `whoami`: whose access key is in use.

use super::args::Global;
use super::connect::Hub;
use super::console::{Console, Rendered};
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::unread;
use crate::account::ReadAccount;
use crate::credentials::CredentialSource;
use crate::observe::ObserveError;
use crate::report::{json, text};

pub(super) async fn run(
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let hub = Hub::open(global, environment, console).await?;
    let connection = hub.own(None)?;
    let caller = match connection.pinned_caller().await? {
        Some(caller) => caller,
        None => connection
            .account
            .caller()
            .await
            .map_err(|error| unread(&ObserveError(vec![error])))?,
    };
    let source = hub.source();
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
