//! An access key from environment variables.

use secrecy::SecretString;

use crate::cloud::rpc::credentials::{CredentialError, Credentials};

/// How errors call this place.
pub(super) const ORIGIN: &str = "environment";

/// Why nothing comes from here.
pub(super) const ABSENT: &str = "no access key is set";

/// The names of one family. Values are never mixed across families: a key of one and a token of another
/// would belong to different identities.
#[derive(Debug)]
struct Family {
    id: &'static str,
    secret: &'static str,
    token: &'static str,
}

/// Families in the order they are asked: the SDKs' names, then those of Terraform and of older tools.
/// Source: aliyun-cli, the SDKs' default credential chain, terraform-provider-alicloud.
const FAMILIES: [Family; 3] = [
    Family {
        id: "ALIBABA_CLOUD_ACCESS_KEY_ID",
        secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        token: "ALIBABA_CLOUD_SECURITY_TOKEN",
    },
    Family {
        id: "ALICLOUD_ACCESS_KEY",
        secret: "ALICLOUD_SECRET_KEY",
        token: "ALICLOUD_SECURITY_TOKEN",
    },
    Family {
        id: "ALICLOUD_ACCESS_KEY_ID",
        secret: "ALICLOUD_ACCESS_KEY_SECRET",
        token: "ALICLOUD_SECURITY_TOKEN",
    },
];

/// Reads an access key from the environment that `variable` looks into.
///
/// An empty value counts as unset. `Ok(None)` means that no variable of any family is set.
///
/// # Errors
/// When a family has an id without a secret, a secret without an id, or a token without either: someone meant
/// to set a key, and going on to another source would act as another identity.
pub fn credentials(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Credentials>, CredentialError> {
    // Clean-up steps in CI set variables to nothing rather than unset them.
    let read = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let broken = |present: &str, missing: &str| {
        Err(CredentialError::new(
            ORIGIN,
            format!("`{present}` is set but `{missing}` is not"),
            format!("set both, or unset `{present}`"),
        ))
    };
    // A lone token is reported only when no family has a key: the last two families share its name.
    let mut lone_token = None;
    for Family { id, secret, token } in &FAMILIES {
        match (read(id), read(secret)) {
            (Some(access_key_id), Some(key)) => {
                let found = Credentials {
                    access_key_id: access_key_id.trim().to_owned(),
                    secret: SecretString::from(key.trim()),
                    security_token: read(token).map(|t| SecretString::from(t.trim())),
                    expires_at: None,
                };
                if found.lacks_token() {
                    return Err(CredentialError::new(
                        ORIGIN,
                        format!("`{id}` is the key of a session but `{token}` is not set"),
                        format!("set `{token}` from the same session, or use a permanent key"),
                    ));
                }
                return Ok(Some(found));
            }
            (Some(_), None) => return broken(id, secret),
            (None, Some(_)) => return broken(secret, id),
            (None, None) if read(token).is_some() => {
                lone_token = lone_token.or(Some((token, id)));
            }
            (None, None) => {}
        }
    }
    match lone_token {
        Some((token, id)) => broken(token, id),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Option<Credentials>, CredentialError> {
        credentials(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_set_is_absent() {
        assert!(from(&[]).unwrap().is_none());
        assert!(
            from(&[("ALIBABA_CLOUD_ACCESS_KEY_ID", "")])
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn the_first_complete_family_wins_and_families_do_not_mix() {
        let found = from(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id1"),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s1"),
            ("ALICLOUD_ACCESS_KEY", "id2"),
            ("ALICLOUD_SECRET_KEY", "s2"),
            ("ALICLOUD_SECURITY_TOKEN", "t2"),
        ])
        .unwrap()
        .unwrap();
        assert_eq!(found.access_key_id, "id1");
        assert_eq!(found.secret.expose_secret(), "s1");
        assert!(found.security_token.is_none());
    }

    #[test]
    fn older_names_work() {
        for (id, secret) in [
            ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"),
            ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET"),
        ] {
            let found = from(&[(id, "id"), (secret, "s"), ("ALICLOUD_SECURITY_TOKEN", "t")])
                .unwrap()
                .unwrap();
            assert_eq!(found.access_key_id, "id");
            assert_eq!(found.security_token.unwrap().expose_secret(), "t");
        }
    }

    #[test]
    fn half_a_key_is_broken_not_absent() {
        let error = from(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"),
            ("ALICLOUD_ACCESS_KEY", "id2"),
            ("ALICLOUD_SECRET_KEY", "s2"),
        ])
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment: `ALIBABA_CLOUD_ACCESS_KEY_ID` is set but `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not"
        );
        for lone in [
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
            "ALICLOUD_SECURITY_TOKEN",
            "ALICLOUD_SECRET_KEY",
        ] {
            assert!(from(&[(lone, "canary")]).is_err(), "{lone}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let found = from(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary-secret"),
            ("ALIBABA_CLOUD_SECURITY_TOKEN", "canary-token"),
        ]);
        let shown = format!("{found:?} {found:#?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
