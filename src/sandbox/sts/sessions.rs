//! Temporary keys: made for whoever may assume a role, good until they expire.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cloud::rpc::signature::{sha256_hex, timestamp};
use crate::model::{AccountId, RoleName};
use crate::policy::PolicyDocument;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Role, Session, World};

/// Shortest session. Unit: seconds. Source: STS, `DurationSeconds` of `AssumeRole`.
const SHORTEST: u64 = 900;

/// Session length when the caller does not say. Unit: seconds. Same source.
const USUAL: u64 = 3600;

/// Longest session policy. Unit: characters. Source: STS, `Policy` of `AssumeRole`.
const POLICY_LENGTH: usize = 2048;

/// A session that a caller asks for, its parameters checked, the role found.
pub(crate) struct NewSession {
    pub(crate) account: AccountId,
    pub(crate) role: RoleName,
    name: String,
    seconds: u64,
    policy: Option<String>,
}

impl NewSession {
    /// Reads `RoleArn`, `RoleSessionName`, `DurationSeconds` and `Policy`.
    pub(crate) fn read(world: &World, parameters: &Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("RoleArn")?;
        let (account, role) = role_of_arn(arn).ok_or_else(|| ApiError::incorrect("RoleArn"))?;
        let name = parameters.required("RoleSessionName")?;
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_');
        if !(2..=64).contains(&name.len()) || !name.chars().all(is_allowed) {
            return Err(ApiError::incorrect("RoleSessionName"));
        }
        let policy = parameters.optional("Policy");
        if let Some(text) = policy {
            if text.chars().count() > POLICY_LENGTH {
                return Err(ApiError::incorrect("PolicySize"));
            }
            PolicyDocument::parse(text).map_err(|_| ApiError::incorrect("PolicyGrammar"))?;
        }
        let found = world
            .account(&account)
            .and_then(|account| account.roles.get_key_value(&role));
        let Some((role, held)) = found else {
            let message = format!("The role not exists: {arn}");
            return Err(ApiError::new(404, "EntityNotExist.Role", message));
        };
        let seconds = parameters.number("DurationSeconds")?.unwrap_or(USUAL);
        if !(SHORTEST..=u64::from(held.max_session_duration)).contains(&seconds) {
            return Err(ApiError::incorrect("DurationSeconds"));
        }
        Ok(Self {
            account,
            role: role.clone(),
            name: name.to_owned(),
            seconds,
            policy: policy.map(str::to_owned),
        })
    }

    /// A session for a service that acts by itself, such as the metadata server.
    pub(crate) fn of_service(account: AccountId, role: RoleName, name: &str, seconds: u64) -> Self {
        Self {
            account,
            role,
            name: name.to_owned(),
            seconds,
            policy: None,
        }
    }

    pub(crate) fn find<'a>(&self, world: &'a World) -> Result<(&'a Account, &'a Role), ApiError> {
        let account = world.account(&self.account).ok_or_else(ApiError::no_role)?;
        let role = account
            .roles
            .get(&self.role)
            .ok_or_else(ApiError::no_role)?;
        Ok((account, role))
    }

    /// Makes the keys and answers with the members that all ways in have in common.
    pub(crate) fn open(self, world: &mut World, now: Timestamp) -> Result<Value, ApiError> {
        let (account, role) = self.find(world)?;
        let (arn, role_id) = (account.role_arn(&self.role), role.id.clone());
        let user_arn = format!(
            "{}/{}",
            arn.replacen(":role/", ":assumed-role/", 1),
            self.name
        );
        // Unlike any other session's, also after a restart; they need not be hard to guess.
        let count = world.sessions.len();
        let seed = format!("{arn}\n{}\n{}\n{count}\n{now}", self.name, world.requests);
        let part = |name: &str| sha256_hex(format!("{name}\n{seed}").as_bytes());
        let id = part("id").chars().take(20).collect::<String>();
        let id = format!("STS.Sandbox{id}");
        let seconds = i64::try_from(self.seconds).unwrap_or(i64::MAX);
        let session = Session {
            id,
            secret: part("secret"),
            token: format!("CAIS{}{}", part("token"), part("more")),
            account: self.account,
            role: self.role,
            role_id: role_id.clone(),
            name: self.name,
            expires: now
                .checked_add(SignedDuration::from_secs(seconds))
                .unwrap_or(now),
            policy: self.policy,
        };
        let answer = json!({
            "AssumedRoleUser": {
                "Arn": user_arn,
                "AssumedRoleId": format!("{role_id}:{}", session.name),
            },
            "Credentials": {
                "AccessKeyId": session.id,
                "AccessKeySecret": session.secret,
                "SecurityToken": session.token,
                "Expiration": timestamp(session.expires),
            },
        });
        world.sessions.insert(session.id.clone(), session);
        Ok(answer)
    }
}

/// Reads `acs:ram::<account>:role/<name>`.
fn role_of_arn(arn: &str) -> Option<(AccountId, RoleName)> {
    let (account, role) = arn.strip_prefix("acs:ram::")?.split_once(":role/")?;
    Some((AccountId::new(account).ok()?, RoleName::new(role).ok()?))
}
