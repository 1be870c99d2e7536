//! What the user should know about the credentials that were found.

/// Something to tell the user that stops nothing. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How serious it is.
    pub kind: NoteKind,
    /// What there is to know, on one line.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How serious a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// Good to know.
    Notice,
    /// A danger.
    Warning,
}

impl Note {
    pub(super) fn notice(message: String, hint: String) -> Self {
        let kind = NoteKind::Notice;
        Self {
            kind,
            message,
            hint,
        }
    }

    pub(super) fn warning(message: String, hint: String) -> Self {
        let kind = NoteKind::Warning;
        Self {
            kind,
            message,
            hint,
        }
    }
}
