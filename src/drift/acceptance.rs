//! Findings that the spec takes as they are, until a day.

use super::finding::{DriftReport, Finding};
use super::standing::{Accepted, Standing};
use crate::model::{Acceptance, Day};

impl DriftReport {
    /// Marks the findings that `acceptances` are about, as of `today`, and calls `uses` with the place of each
    /// acceptance that is about one.
    pub fn accept(&mut self, acceptances: &[Acceptance], today: Day, mut uses: impl FnMut(usize)) {
        for finding in &mut self.findings {
            let of_finding = |acceptance: &Acceptance| acceptance.id == finding.id;
            let Some(place) = acceptances.iter().position(of_finding) else {
                continue;
            };
            uses(place);
            finding.acceptance = acceptances
                .get(place)
                .map(|acceptance| accepted(acceptance, finding, today));
        }
    }
}

fn accepted(acceptance: &Acceptance, finding: &Finding, today: Day) -> Accepted {
    let Acceptance {
        id: _,
        state,
        reason,
        owner,
        until,
    } = acceptance;
    let status = match (*state == finding.state, *until >= today) {
        _ if !finding.may_be_accepted() => Standing::Refused,
        (false, _) => Standing::Changed,
        (true, false) => Standing::Expired,
        (true, true) => Standing::Accepted,
    };
    Accepted {
        status,
        reason: reason.clone(),
        owner: owner.clone(),
        until: *until,
    }
}
