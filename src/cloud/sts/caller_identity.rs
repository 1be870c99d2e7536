//! Who holds the access key.

use serde::Deserialize;

use super::service::STS;
use crate::account::AccountError;
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::lenient;
use crate::cloud::rpc::reply::Unreadable;
use crate::cloud::rpc::transport::Transport;
use crate::model::{AccountId, Caller, IdentityType};

/// `GetCallerIdentity`, which needs no permission.
///
/// # Errors
/// When no answer came, or one that cannot be read.
pub async fn caller_identity<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
) -> Result<Caller, AccountError> {
    let call = Call::read(&STS, "GetCallerIdentity", String::new());
    client
        .one(&call, |reply| reply.read::<CallerReply>()?.into_model())
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CallerReply {
    #[serde(deserialize_with = "lenient::text")]
    account_id: String,
    arn: String,
    #[serde(default)]
    identity_type: String,
    #[serde(default)]
    principal_id: String,
}

impl CallerReply {
    fn into_model(self) -> Result<Caller, Unreadable> {
        Ok(Caller {
            account: AccountId::new(&self.account_id)?,
            arn: self.arn,
            identity_type: match self.identity_type.as_str() {
                "Account" => IdentityType::Account,
                "RAMUser" => IdentityType::RamUser,
                "AssumedRoleUser" => IdentityType::AssumedRole,
                _ => IdentityType::Other(self.identity_type),
            },
            principal_id: self.principal_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::rpc::reply::Reply;

    #[test]
    fn an_account_may_come_as_a_number() {
        let json =
            r#"{"RequestId":"r","AccountId":1234567890123456,"Arn":"x","IdentityType":"New"}"#;
        let reply = Reply::parse(json.into()).unwrap();
        let caller = reply.read::<CallerReply>().unwrap().into_model().unwrap();
        assert_eq!(caller.account.as_str(), "1234567890123456");
        assert_eq!(caller.identity_type, IdentityType::Other("New".to_owned()));
    }
}
