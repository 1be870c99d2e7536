//! A role to take on, and what STS takes of its description.
//!
//! Source: STS API Reference, `AssumeRole`.

/// Shortest and longest session of any role. Unit: seconds. Source: STS API Reference, `DurationSeconds`, and RAM API
/// Reference, `MaxSessionDuration`.
pub(crate) const DURATION: std::ops::RangeInclusive<i64> = 900..=43_200;

/// Length of a session where nothing is said: no role allows less. Unit: seconds.
pub(crate) const DEFAULT_DURATION: i64 = 3600;

/// A role to take on, checked.
#[derive(Debug, Clone)]
pub struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: String,
    pub(crate) external_id: Option<String>,
    /// Unit: seconds.
    pub(crate) duration: i64,
    /// Narrows the session to what this policy and the role both allow.
    pub(crate) policy: Option<String>,
}

/// Whether a session name may hold `c`. Source: STS API Reference, `RoleSessionName`.
pub(crate) fn is_allowed_in_session_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_')
}

impl Role {
    /// Checks what the service would refuse anyway.
    ///
    /// # Errors
    /// With the parameter, named as the place calls it by `name`, and what is wrong.
    pub(crate) fn check(&self, name: impl Fn(Parameter) -> String) -> Result<(), String> {
        let fail = |parameter, problem: &str| Err(format!("{} {problem}", name(parameter)));
        let length = |text: &str| text.chars().count();
        if !is_role_arn(&self.arn) {
            return fail(
                Parameter::Arn,
                "is not like `acs:ram::<account id>:role/<name>`",
            );
        }
        let session = &self.session_name;
        if !(2..=64).contains(&length(session)) || !session.chars().all(is_allowed_in_session_name)
        {
            return fail(
                Parameter::SessionName,
                "is not 2 to 64 letters, digits and `.@-_`",
            );
        }
        let is_in_external_id = |c: char| c.is_ascii_alphanumeric() || "=,.@:/-_+".contains(c);
        if let Some(id) = &self.external_id
            && !((2..=1224).contains(&length(id)) && id.chars().all(is_in_external_id))
        {
            return fail(
                Parameter::ExternalId,
                "is not 2 to 1224 letters, digits and `=,.@:/-_+`",
            );
        }
        if !DURATION.contains(&self.duration) {
            return fail(Parameter::Duration, "is not 900 to 43200 seconds");
        }
        if self
            .policy
            .as_deref()
            .is_some_and(|policy| length(policy) > 2048)
        {
            return fail(Parameter::Policy, "is longer than 2048 characters");
        }
        Ok(())
    }
}

/// What [`Role::check`] found wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    Arn,
    SessionName,
    ExternalId,
    Duration,
    Policy,
}

/// `acs:ram::<account id>:role/<name>`, also of a role of a service.
fn is_role_arn(arn: &str) -> bool {
    let Some(rest) = arn.strip_prefix("acs:ram:") else {
        return false;
    };
    let parts: Vec<_> = rest.splitn(3, ':').collect();
    let [_, account, role] = parts.as_slice() else {
        return false;
    };
    let is_number = !account.is_empty() && account.chars().all(|c| c.is_ascii_digit());
    let is_clean = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic());
    is_number && role.strip_prefix("role/").is_some_and(is_clean)
}
