//! The two calls that exchange an identity for a role's session.
//!
//! Source: STS API 2015-04-01, `AssumeRole` and `AssumeRoleWithOIDC`.

use secrecy::SecretString;
use serde::Deserialize;

use super::hint;
use super::role::Role;
use super::service::STS;
use super::session_keys::{Keys, Shape};
use crate::account::AccountError;
use crate::cloud::rpc::call::{Call, Proof};
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::{CredentialSource, Credentials};
use crate::cloud::rpc::pages::bad_answer;
use crate::cloud::rpc::transport::Transport;

/// `AssumeRole`, signed with the client's credentials.
///
/// # Errors
/// When STS gives no session; the error says what to do.
pub async fn assume_role<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    role: &Role,
) -> Result<Credentials, AccountError> {
    let call = operation("AssumeRole", role).with_some("ExternalId", role.external_id.as_ref());
    let session = session(client, &call).await;
    session.map_err(|error| hint::of_signed(error, role))
}

/// `AssumeRoleWithOIDC`, unsigned: the token is the proof.
///
/// # Errors
/// As [`assume_role`].
pub async fn assume_role_with_oidc<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    role: &Role,
    provider: &str,
    token: &SecretString,
) -> Result<Credentials, AccountError> {
    let mut call = operation("AssumeRoleWithOIDC", role).with("OIDCProviderArn", provider);
    call.proof = Proof::Parameter;
    call.secret_params.insert("OIDCToken", token.clone());
    session(client, &call).await.map_err(hint::of_oidc)
}

fn operation(operation: &'static str, role: &Role) -> Call {
    Call::read(&STS, operation, role.arn.clone())
        .with("RoleArn", &role.arn)
        .with("RoleSessionName", &role.session_name)
        .with("DurationSeconds", role.duration)
        .with_some("Policy", role.policy.as_ref())
}

#[derive(Deserialize)]
struct SessionReply {
    #[serde(rename = "Credentials")]
    credentials: Keys,
}

async fn session<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    call: &Call,
) -> Result<Credentials, AccountError> {
    let SessionReply { credentials } = client.one(call, |reply| reply.read()).await?;
    let session = credentials.into_credentials(Shape::Session);
    session.map_err(|problem| bad_answer(call, &format!("the answer {problem}")))
}
