//! `whoami`: whose access key is in use.

use super::args::Global;
use super::connect::connect;
use super::console::{Console, Rendered};
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::unread;
use crate::account::ReadAccount;
use crate::observe::ObserveError;
use crate::render::{human, json};

pub(super) async fn run(
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let connection = connect(global, environment, console).await?;
    let caller = match connection.pinned_caller().await? {
        Some(caller) => caller,
        None => connection
            .account
            .caller()
            .await
            .map_err(|error| unread(&ObserveError(vec![error])))?,
    };
    let mut text = String::new();
    human::whoami(
        &caller,
        &connection.source,
        &connection.access_key_id,
        &mut text,
    );
    console.result(&Rendered {
        text,
        json: json::whoami(&caller, &connection.source, &connection.access_key_id),
    })?;
    Ok(ExitStatus::Success)
}
