//! stub
use super::*;
#[derive(Debug, Clone)]
pub struct Moment;
impl Moment {
    pub fn absent() -> Self {
        Self
    }
    pub fn present(_: TrustPolicy, _: Vec<PolicyDocument>) -> Self {
        Self
    }
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness;
pub enum TransitionCheck {
    Safe,
    Unsafe {
        transient_access: Option<Witness>,
        gap: Option<Witness>,
    },
    Unknown(String),
}
pub fn check(_: &Moment, _: &Moment, _: &Moment) -> TransitionCheck {
    TransitionCheck::Safe
}
impl std::fmt::Display for Witness {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
