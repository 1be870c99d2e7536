//! Sentences of `never` that do not hold after a plan, in the shape of the JSON report.

use serde::Serialize;

use crate::plan::Breach;
use crate::policy::Comparison;

/// A sentence of `never` that does not hold.
#[derive(Serialize)]
pub(super) struct BreachShape {
    role: String,
    sentence: String,
    /// Whether a request proves it; if not, something cannot be interpreted.
    proven: bool,
    access: Comparison,
}

impl BreachShape {
    pub(super) fn new(breach: &Breach) -> Self {
        Self {
            role: breach.never.role.to_string(),
            sentence: breach.never.forbidden.to_string(),
            proven: breach.is_proven,
            access: breach.access.clone(),
        }
    }
}
