//! Who a trust policy admits, by kind.

use super::super::evaluate::Caller;
use super::super::trust::ServicePrincipal;
use serde::Serialize;
use std::fmt;

/// A principal or caller, taken apart as far as its form is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NamedPrincipal<'a> {
    /// What kind of principal it is.
    pub kind: PrincipalKind,
    /// As in a trust policy.
    pub id: &'a str,
    /// The account it belongs to, or for a service the account that uses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<&'a str>,
    /// Its name in the account, or the service's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// The kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A cloud service.
    Service,
    /// Every RAM user and role of an account.
    Account,
    /// A RAM user.
    User,
    /// A RAM role.
    Role,
    /// Users that a SAML provider vouches for.
    SamlProvider,
    /// Users that an OIDC provider vouches for.
    OidcProvider,
    /// Another form under `RAM`.
    Ram,
    /// Another form under `Federated`.
    Federated,
    /// Another member than RAM has.
    Other,
}

impl<'a> NamedPrincipal<'a> {
    /// Reads `<member>:<identifier>`, as `Service:ecs.aliyuncs.com`.
    pub(crate) fn read(text: &'a str) -> Self {
        let (member, id) = text.split_once(':').unwrap_or(("", text));
        Self::of(member, id)
    }

    pub(crate) fn of_caller(caller: &'a Caller) -> Self {
        Self::of(&caller.member, &caller.id)
    }

    fn of(member: &str, id: &'a str) -> Self {
        let whole = |kind| Self {
            kind,
            id,
            account: None,
            name: None,
        };
        match member {
            "Service" => {
                let ServicePrincipal { account, service } = ServicePrincipal::read(id);
                Self {
                    account,
                    name: Some(service),
                    ..whole(PrincipalKind::Service)
                }
            }
            "RAM" => Self::in_account(id).unwrap_or(whole(PrincipalKind::Ram)),
            "Federated" => Self::in_account(id).unwrap_or(whole(PrincipalKind::Federated)),
            _ => whole(PrincipalKind::Other),
        }
    }

    /// Reads `acs:ram::<account>:root` or `acs:ram::<account>:<kind>/<name>`.
    fn in_account(id: &'a str) -> Option<Self> {
        let (account, rest) = id.strip_prefix("acs:ram::")?.split_once(':')?;
        let (kind, name) = match rest.split_once('/') {
            Some(("user", name)) => (PrincipalKind::User, Some(name)),
            Some(("role", name)) => (PrincipalKind::Role, Some(name)),
            Some(("saml-provider", name)) => (PrincipalKind::SamlProvider, Some(name)),
            Some(("oidc-provider", name)) => (PrincipalKind::OidcProvider, Some(name)),
            None if rest == "root" => (PrincipalKind::Account, None),
            _ => return None,
        };
        Some(Self {
            kind,
            id,
            account: Some(account),
            name,
        })
    }
}

impl fmt::Display for NamedPrincipal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.unwrap_or_default();
        match (self.kind, self.account) {
            (PrincipalKind::Service, None) => write!(f, "service {name}"),
            (PrincipalKind::Service, Some(account)) => {
                write!(f, "account {account} through service {name}")
            }
            (PrincipalKind::Account, Some(account)) => {
                write!(f, "every RAM user and role of account {account}")
            }
            (PrincipalKind::User, Some(account)) => {
                write!(f, "RAM user {name} of account {account}")
            }
            (PrincipalKind::Role, Some(account)) => {
                write!(f, "RAM role {name} of account {account}")
            }
            (PrincipalKind::SamlProvider, Some(account)) => {
                write!(f, "users of SAML provider {name} of account {account}")
            }
            (PrincipalKind::OidcProvider, Some(account)) => {
                write!(f, "users of OIDC provider {name} of account {account}")
            }
            _ => write!(f, "`{}`", self.id),
        }
    }
}
