//! stub
use super::*;
use super::compare::*;
fn c(same: bool) -> Comparison { Comparison { verdict: if same { Verdict::Equal } else { Verdict::Unknown } } }
pub fn permission(live: &str, wanted: &PolicyDocument) -> Comparison { c(PolicyDocument::parse_live(live).is_ok_and(|l| l.pretty() == wanted.pretty())) }
pub fn trust(live: &str, wanted: &TrustPolicy) -> Comparison { c(TrustPolicy::parse_live(live).is_ok_and(|l| l.pretty() == wanted.pretty())) }
pub fn permission_from_nothing(_: &PolicyDocument) -> Comparison { c(false) }
pub fn trust_from_nothing(_: &TrustPolicy) -> Comparison { c(false) }
