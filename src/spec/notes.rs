//! Collects what is to be said about a spec.

use super::error::{Diagnostic, SpecErrors, sorted};
use super::excerpt::Lines;
use super::node::Spot;

/// The mistakes and warnings found so far in one spec.
pub(super) struct Notes<'t> {
    file: String,
    lines: Lines<'t>,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'t> Notes<'t> {
    /// Nothing to say yet about `file`, which holds `text`.
    pub(super) fn new(file: &str, text: &'t str) -> Self {
        Self {
            file: file.to_owned(),
            lines: Lines::new(text),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// A mistake at `spot`.
    pub(super) fn error(&mut self, spot: &Spot, message: impl Into<String>) {
        let error = self.diagnostic(spot, message.into(), None);
        self.errors.push(error);
    }

    /// A mistake at `spot`, and what to do about it.
    pub(super) fn error_hint(
        &mut self,
        spot: &Spot,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.error_maybe_hint(spot, message, Some(hint.into()));
    }

    /// A mistake at `spot`, and perhaps what to do about it.
    pub(super) fn error_maybe_hint(
        &mut self,
        spot: &Spot,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let error = self.diagnostic(spot, message.into(), hint);
        self.errors.push(error);
    }

    /// A mistake in another file.
    pub(super) fn elsewhere(&mut self, error: Diagnostic) {
        self.errors.push(error);
    }

    /// Not wrong, but worth saying.
    pub(super) fn warn(&mut self, spot: &Spot, message: impl Into<String>, hint: Option<String>) {
        let warning = self.diagnostic(spot, message.into(), hint);
        self.warnings.push(warning);
    }

    /// The remark itself, for what is said later.
    pub(super) fn diagnostic(
        &self,
        spot: &Spot,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let path = spot.path.to_string();
        let excerpt = spot
            .place
            .and_then(|place| self.lines.excerpt(place, spot.width, &path));
        Diagnostic {
            file: self.file.clone(),
            place: spot.place,
            path,
            message,
            hint,
            excerpt,
        }
    }

    /// The warnings, or every mistake.
    pub(super) fn finish(self) -> Result<Vec<Diagnostic>, SpecErrors> {
        if self.errors.is_empty() {
            Ok(sorted(self.warnings))
        } else {
            Err(SpecErrors::new(self.errors, self.warnings))
        }
    }
}
