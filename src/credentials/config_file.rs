//! The aliyun CLI's configuration file, as written.
//!
//! Source: aliyun CLI, `config.json`. Members we do not know are passed over, and one of a wrong type is a mistake only
//! where it is needed: other tools write this file too.

use std::fmt;
use std::marker::PhantomData;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ConfigFile {
    /// The profile that counts where none is named.
    pub(super) current: Field<String>,
    profiles: Option<Vec<Profile>>,
}

/// One profile. It does not print.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) name: Field<String>,
    pub(super) mode: Field<String>,
    pub(super) region_id: Field<String>,
    pub(super) access_key_id: Field<String>,
    pub(super) access_key_secret: Field<SecretString>,
    pub(super) sts_token: Field<SecretString>,
    /// Unix seconds; of a session that a login left here.
    pub(super) sts_expiration: Field<i64>,
    pub(super) ram_role_arn: Field<String>,
    pub(super) ram_session_name: Field<String>,
    /// Seconds.
    pub(super) expired_seconds: Field<i64>,
    pub(super) external_id: Field<String>,
    /// Written by the SDKs only.
    pub(super) policy: Field<String>,
    pub(super) source_profile: Field<String>,
    pub(super) ram_role_name: Field<String>,
    pub(super) sts_region: Field<String>,
    pub(super) sts_endpoint: Field<String>,
    /// Written by the SDKs only.
    pub(super) enable_vpc: Field<bool>,
    pub(super) oidc_provider_arn: Field<String>,
    pub(super) oidc_token_file: Field<String>,
    pub(super) cloud_sso_sign_in_url: Field<String>,
    pub(super) cloud_sso_account_id: Field<String>,
    pub(super) cloud_sso_access_config: Field<String>,
    pub(super) access_token: Field<SecretString>,
    /// Unix seconds.
    pub(super) cloud_sso_access_token_expire: Field<i64>,
    pub(super) oauth_site_type: Field<String>,
    pub(super) oauth_access_token: Field<SecretString>,
    /// Unix seconds.
    pub(super) oauth_access_token_expire: Field<i64>,
    /// May hold a password.
    pub(super) process_command: Field<SecretString>,
    /// May hold a password.
    pub(super) credentials_uri: Field<SecretString>,
    pub(super) private_key: Field<SecretString>,
    pub(super) bearer_token: Field<SecretString>,
}

/// One member of a profile.
#[derive(Default)]
pub(super) enum Field<T> {
    /// Left out, null or empty.
    #[default]
    Absent,
    Given(T),
    /// There, but of another type.
    Wrong,
}

impl<T> Field<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// What a field may hold.
pub(super) trait Value: Sized {
    /// From a text that is not empty.
    fn from_text(text: &str) -> Option<Self>;

    fn from_whole(_: i64) -> Option<Self> {
        None
    }

    fn from_flag(_: bool) -> Option<Self> {
        None
    }
}

impl Value for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for SecretString {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl Value for i64 {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_whole(number: i64) -> Option<Self> {
        Some(number)
    }
}

impl Value for bool {
    fn from_text(text: &str) -> Option<Self> {
        text.to_ascii_lowercase().parse().ok()
    }

    fn from_flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

impl<'de, T: Value> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyType(PhantomData))
    }
}

/// Takes every JSON value, so that a wrong one never becomes the parser's message, which would quote it.
struct AnyType<T>(PhantomData<T>);

impl<T: Value> AnyType<T> {
    fn given<E>(value: Option<T>) -> Result<Field<T>, E> {
        Ok(value.map_or(Field::Wrong, Field::Given))
    }
}

impl<'de, T: Value> Visitor<'de> for AnyType<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
        match text.trim() {
            "" => Ok(Field::Absent),
            text => Self::given(T::from_text(text)),
        }
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Absent)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field<T>, E> {
        Self::given(T::from_whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field<T>, E> {
        Self::given(i64::try_from(number).ok().and_then(T::from_whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Field<T>, E> {
        Self::given(T::from_flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Field<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Field<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Wrong)
    }
}

impl ConfigFile {
    /// Reads the file's text.
    ///
    /// # Errors
    /// With what is wrong, to be put behind the file's name. The parser's own words are left out but for the
    /// place: they may quote the file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // The parser would take a list for the members in their order.
        if text.trim_start().starts_with('[') {
            return Err("is a list, not of the aliyun CLI's form".to_owned());
        }
        serde_json::from_str(text).map_err(|error| {
            let what = if error.is_data() {
                "is not of the aliyun CLI's form"
            } else {
                "is not valid JSON"
            };
            format!("{what}, line {} column {}", error.line(), error.column())
        })
    }

    /// The profile of this name; where a file has two, the first counts, as in the CLI.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles()
            .iter()
            .find(|profile| matches!(&profile.name, Field::Given(own) if own == name))
    }

    /// The profiles' names, for a message.
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self
            .profiles()
            .iter()
            .filter_map(|profile| match &profile.name {
                Field::Given(name) => Some(name.as_str()),
                Field::Absent | Field::Wrong => None,
            });
        names.collect()
    }

    fn profiles(&self) -> &[Profile] {
        self.profiles.as_deref().unwrap_or_default()
    }
}

impl Profile {
    /// The mode, told from the fields where it is not written, as the CLI does; `None` when nothing tells it.
    pub(super) fn mode(&self) -> Option<&str> {
        if let Field::Given(mode) = &self.mode {
            return Some(mode);
        }
        // One half is enough, so that the other is missed by its name.
        let has_keys = !self.access_key_id.is_absent() || !self.access_key_secret.is_absent();
        let told = [
            (has_keys && !self.ram_role_arn.is_absent(), "RamRoleArn"),
            (has_keys && !self.sts_token.is_absent(), "StsToken"),
            (has_keys, "AK"),
            (!self.private_key.is_absent(), "RsaKeyPair"),
            (!self.source_profile.is_absent(), "ChainableRamRoleArn"),
            (!self.ram_role_name.is_absent(), "EcsRamRole"),
            (!self.process_command.is_absent(), "External"),
            (!self.oidc_provider_arn.is_absent(), "OIDC"),
            (!self.cloud_sso_sign_in_url.is_absent(), "CloudSSO"),
            (!self.oauth_site_type.is_absent(), "OAuth"),
            (!self.credentials_uri.is_absent(), "CredentialsURI"),
            (!self.bearer_token.is_absent(), "BearerToken"),
        ];
        told.iter().find(|(is_it, _)| *is_it).map(|(_, mode)| *mode)
    }

    /// Whether the profile was never filled in: the CLI writes such a one when it first sets an option.
    pub(super) fn is_blank(&self) -> bool {
        let has_no_key = self.access_key_id.is_absent()
            && self.access_key_secret.is_absent()
            && self.sts_token.is_absent();
        match &self.mode {
            Field::Absent => has_no_key && self.mode().is_none(),
            Field::Given(mode) => has_no_key && mode == "AK",
            Field::Wrong => false,
        }
    }

    /// Whether the file holds something that nobody else may read.
    pub(super) fn holds_secret(&self) -> bool {
        let secrets = [
            &self.access_key_secret,
            &self.sts_token,
            &self.access_token,
            &self.oauth_access_token,
            &self.process_command,
            &self.credentials_uri,
            &self.private_key,
            &self.bearer_token,
        ];
        secrets.iter().any(|secret| !secret.is_absent())
    }
}
