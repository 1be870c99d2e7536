//! The answer to a comparison: a verdict for each reading, lines of access, and reasons.

use super::super::semantics::Semantics;
use super::line::AccessLine;
use super::witness::Witness;
use serde::Serialize;

/// What is asked about two sets of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// What is granted, by these documents and no others. Right for a role as a whole.
    Effective,
    /// Whether one can stand in for the other, whatever else is attached. Right for one document: its
    /// `Deny` reaches beyond it.
    DropIn,
}

/// How wanted stands to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The same access. Proven.
    Equal,
    /// More, and nothing less.
    Broader,
    /// Less, and nothing more.
    Narrower,
    /// Some more and some less.
    Incomparable,
    /// Not settled; the reasons say why. Never to be read as equal.
    Unknown,
}

impl Verdict {
    /// The word for it, as in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Equal => "equal",
            Verdict::Broader => "broader",
            Verdict::Narrower => "narrower",
            Verdict::Incomparable => "incomparable",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The verdict under one reading of what RAM does not document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The reading.
    pub semantics: Semantics,
    /// What it gives.
    pub verdict: Verdict,
    /// A request that shows what wanted has beyond live in this reading.
    pub gained: Option<Witness>,
    /// A request that shows what live has beyond wanted in this reading.
    pub lost: Option<Witness>,
}

impl Variant {
    pub(super) fn unknown(semantics: Semantics) -> Self {
        Self {
            semantics,
            verdict: Verdict::Unknown,
            gained: None,
            lost: None,
        }
    }
}

/// How wanted differs from live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// What was asked.
    #[serde(skip)]
    pub question: Question,
    /// Definite only if every reading agrees.
    pub verdict: Verdict,
    /// What wanted has beyond live, under the likeliest reading.
    pub gained: Vec<AccessLine>,
    /// What live has beyond wanted, under the likeliest reading.
    pub lost: Vec<AccessLine>,
    /// Why the verdict is unknown, and what else is to be said, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The verdict under each reading that can matter, the likeliest first.
    #[serde(skip)]
    pub variants: Vec<Variant>,
}

/// How a reason ends that names a statement which is not understood.
pub(super) const NOT_UNDERSTOOD: &str = " is not understood";

impl Comparison {
    /// Whether the two are proven to be the same.
    pub fn is_same(&self) -> bool {
        self.verdict == Verdict::Equal
    }

    /// Whether the two differ, but only on requests that the service never makes.
    pub fn is_never_requested(&self) -> bool {
        let mut lines = self.gained.iter().chain(&self.lost).peekable();
        lines.peek().is_some() && !lines.any(AccessLine::may_be_requested)
    }

    /// Two that cannot be compared, for this reason.
    #[must_use]
    pub fn unknown(question: Question, reason: String) -> Self {
        Self {
            question,
            verdict: Verdict::Unknown,
            gained: Vec::new(),
            lost: Vec::new(),
            reasons: vec![reason],
            variants: Vec::new(),
        }
    }

    pub(super) fn identical(question: Question) -> Self {
        let verdict = Verdict::Equal;
        let variant = Variant {
            verdict,
            ..Variant::unknown(Semantics::DEFAULT)
        };
        Self {
            question,
            verdict,
            gained: Vec::new(),
            lost: Vec::new(),
            reasons: Vec::new(),
            variants: vec![variant],
        }
    }

    /// Whether the readings differ in whether something is gained.
    pub(crate) fn gain_depends_on_reading(&self) -> bool {
        let mut gains = self.variants.iter().map(|variant| variant.gained.is_some());
        let first = gains.next();
        gains.any(|gain| Some(gain) != first)
    }

    /// Whether some reason names a statement that is not understood.
    pub(super) fn names_what_is_not_understood(&self) -> bool {
        let mut reasons = self.reasons.iter();
        reasons.any(|reason| reason.ends_with(NOT_UNDERSTOOD))
    }

    /// Adds a reason, once.
    pub(super) fn explain(&mut self, reason: String) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Settles the verdict, once every reading has been judged.
    pub(super) fn conclude(&mut self) {
        let mut reasons = Vec::new();
        if let [first, others @ ..] = self.variants.as_slice() {
            self.verdict = first.verdict;
            if let Some(other) = others.iter().find(|other| other.verdict != first.verdict) {
                self.verdict = Verdict::Unknown;
                if first.verdict != Verdict::Unknown && other.verdict != Verdict::Unknown {
                    reasons.push(depends(first, other));
                }
            }
        }
        for lines in [&mut self.gained, &mut self.lost] {
            // What is never requested is worth a line only where nothing else differs.
            if lines.iter().any(AccessLine::may_be_requested) {
                lines.retain(AccessLine::may_be_requested);
            }
        }
        if self.is_never_requested() {
            reasons.push("differs only on requests that OSS does not make today".to_owned());
        }
        reasons.into_iter().for_each(|reason| self.explain(reason));
    }
}

/// Which open question the answer hangs on, with the request that shows it.
fn depends(first: &Variant, other: &Variant) -> String {
    let mut questions = Vec::new();
    if first.semantics.matching != other.semantics.matching {
        questions.push("whether a wildcard runs across `:`");
    }
    if first.semantics.negated_when_absent != other.semantics.negated_when_absent {
        questions.push("whether a negated operator holds for a key that is absent");
    }
    if first.semantics.principals != other.semantics.principals {
        questions.push("whether a wildcard means anything in a principal");
    }
    let changed = |one: &Option<Witness>, other: &Option<Witness>| match (one, other) {
        (Some(witness), None) | (None, Some(witness)) => Some(witness.to_string()),
        _ => None,
    };
    let shown = changed(&first.gained, &other.gained).or_else(|| changed(&first.lost, &other.lost));
    let shown = shown
        .map(|witness| format!(", for example {witness}"))
        .unwrap_or_default();
    format!(
        "depends on {}, which RAM does not document: {} or {}{shown}",
        questions.join(" and on "),
        first.verdict.as_str(),
        other.verdict.as_str()
    )
}
