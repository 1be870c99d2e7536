//! How two policies differ in access.
//!
//! In: parsed documents, live and wanted. Out: a [`Comparison`], always of wanted relative to live.

use super::document::PolicyDocument;
use super::engine::{
    Answer, Budget, Finder, Matching, Problem, TooComplex, access_terms, deny_terms, find_all,
    find_any, principal_has_wildcard,
};
use super::lines::{self, AccessLine, Sides};
use super::operator;
use super::semantics::{NegatedWhenAbsent, PrincipalReading, Semantics};
use super::trust::TrustPolicy;
use super::write;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The reading.
    pub semantics: Semantics,
    /// What it gives.
    pub verdict: Verdict,
}

/// How wanted differs from live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What was asked.
    pub question: Question,
    /// Definite only if every reading agrees.
    pub verdict: Verdict,
    /// What wanted has beyond live, under the likeliest reading.
    pub gained: Vec<AccessLine>,
    /// What live has beyond wanted, under the likeliest reading.
    pub lost: Vec<AccessLine>,
    /// Why the verdict is unknown, and what else is to be said, one sentence each.
    pub reasons: Vec<String>,
    /// The verdict under each reading that can matter, the likeliest first.
    pub variants: Vec<Variant>,
}

impl Comparison {
    /// Whether the two are proven to be the same.
    pub fn is_same(&self) -> bool {
        self.verdict == Verdict::Equal
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

    fn identical(question: Question) -> Self {
        let semantics = Semantics::DEFAULT;
        let verdict = Verdict::Equal;
        Self {
            question,
            verdict,
            gained: Vec::new(),
            lost: Vec::new(),
            reasons: Vec::new(),
            variants: vec![Variant { semantics, verdict }],
        }
    }
}

/// Compares two sets of permission policies.
///
/// Identical documents are equal whatever they hold. Everything else is decided by the engine, within a
/// budget of work; past it the verdict is [`Verdict::Unknown`].
pub fn compare(
    live: &[&PolicyDocument],
    wanted: &[&PolicyDocument],
    question: Question,
) -> Comparison {
    let canonical = |documents: &[&PolicyDocument]| {
        let statements: Vec<_> = documents
            .iter()
            .flat_map(|document| document.statements())
            .cloned()
            .collect();
        write::canonical(write::unlabelled(&statements))
    };
    if live == wanted || canonical(live) == canonical(wanted) {
        return Comparison::identical(question);
    }
    let sides = Sides::Policies { live, wanted };
    run(
        question,
        sides,
        readings(live, wanted),
        |semantics, budget| Problem::of_policies(&[live, wanted], semantics, budget),
    )
}

/// Compares two trust policies: who may assume the role.
pub fn compare_trust(live: &TrustPolicy, wanted: &TrustPolicy) -> Comparison {
    let canonical =
        |trust: &TrustPolicy| write::canonical(write::trust_unlabelled(trust.statements()));
    if canonical(live) == canonical(wanted) {
        return Comparison::identical(Question::Effective);
    }
    let sides = Sides::Trusts { live, wanted };
    run(
        Question::Effective,
        sides,
        trust_readings(&[live, wanted]),
        |semantics, budget| Problem::of_trusts(&[Some(live), Some(wanted)], semantics, budget),
    )
}

const LIVE: usize = 0;
const WANTED: usize = 1;

fn run(
    question: Question,
    sides: Sides<'_>,
    readings: Vec<Semantics>,
    problem: impl Fn(Semantics, &mut Budget) -> Result<Problem, TooComplex>,
) -> Comparison {
    let mut budget = Budget::for_question();
    let mut comparison = Comparison::identical(question);
    comparison.variants.clear();
    for semantics in readings {
        let is_first = comparison.variants.is_empty();
        let verdict = match problem(semantics, &mut budget) {
            Err(TooComplex) => {
                comparison.explain(too_complex());
                Verdict::Unknown
            }
            Ok(problem) if is_first => {
                full(&problem, &sides, semantics, &mut comparison, &mut budget)
            }
            Ok(problem) => brief(&problem, &mut comparison, &mut budget),
        };
        comparison.variants.push(Variant { semantics, verdict });
    }
    comparison.conclude();
    comparison
}

/// Both directions with every line.
fn full(
    problem: &Problem,
    sides: &Sides<'_>,
    semantics: Semantics,
    comparison: &mut Comparison,
    budget: &mut Budget,
) -> Verdict {
    let mut finder = Finder::new(problem);
    let mut differs = [false; 2];
    let mut is_settled = true;
    for (direction, from, to) in [
        (lines::Direction::Gained, LIVE, WANTED),
        (lines::Direction::Lost, WANTED, LIVE),
    ] {
        for reach in lines::REACHES {
            let terms = match reach {
                lines::Reach::Access => access_terms(problem, from, to),
                lines::Reach::Deny if comparison.question == Question::DropIn => {
                    deny_terms(problem, from, to)
                }
                lines::Reach::Deny => continue,
            };
            let answer = find_all(&mut finder, &terms, budget);
            is_settled &= comparison.note_unsettled(problem, &answer);
            let (Answer::Yes(findings) | Answer::TooComplex(findings)) = answer else {
                continue;
            };
            let mut writer = lines::Writer {
                finder: &mut finder,
                sides,
                semantics,
                direction,
                reach,
                terms: &terms,
            };
            let (written, contradicted) = writer.lines(&findings, budget);
            if contradicted {
                is_settled = false;
                comparison
                    .explain("a witness did not reproduce: this is a bug in export-iam".to_owned());
            }
            let (own, differs) = match (direction, &mut differs) {
                (lines::Direction::Gained, [gained, _]) => (&mut comparison.gained, gained),
                (lines::Direction::Lost, [_, lost]) => (&mut comparison.lost, lost),
            };
            *differs |= !findings.is_empty();
            own.extend(written);
        }
    }
    verdict(is_settled, differs)
}

/// Both directions, existence only.
fn brief(problem: &Problem, comparison: &mut Comparison, budget: &mut Budget) -> Verdict {
    let mut finder = Finder::new(problem);
    let mut is_settled = true;
    let differs = [(LIVE, WANTED), (WANTED, LIVE)].map(|(from, to)| {
        let mut terms = access_terms(problem, from, to);
        if comparison.question == Question::DropIn {
            terms.extend(deny_terms(problem, from, to));
        }
        let answer = find_any(&mut finder, &terms, budget);
        is_settled &= comparison.note_unsettled(problem, &answer);
        matches!(answer, Answer::Yes(_))
    });
    verdict(is_settled, differs)
}

fn verdict(is_settled: bool, differs: [bool; 2]) -> Verdict {
    match (is_settled, differs) {
        (false, _) => Verdict::Unknown,
        (true, [false, false]) => Verdict::Equal,
        (true, [true, false]) => Verdict::Broader,
        (true, [false, true]) => Verdict::Narrower,
        (true, [true, true]) => Verdict::Incomparable,
    }
}

pub(crate) fn too_complex() -> String {
    "too complex: the work that one comparison may take was spent before the answer was found"
        .to_owned()
}

impl Comparison {
    fn explain(&mut self, reason: String) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Gives the reason if the answer is none, and says whether it is one.
    fn note_unsettled(&mut self, problem: &Problem, answer: &Answer) -> bool {
        match answer {
            Answer::No | Answer::Yes(_) => return true,
            Answer::Untold => self.explain(problem.untold()),
            Answer::TooComplex(_) => self.explain(too_complex()),
        }
        false
    }

    fn conclude(&mut self) {
        let Some(first) = self.variants.first().copied() else {
            return;
        };
        self.verdict = first.verdict;
        let others: Vec<Variant> = self
            .variants
            .iter()
            .copied()
            .filter(|v| v.verdict != first.verdict)
            .collect();
        if let Some(other) = others.first() {
            self.verdict = Verdict::Unknown;
            if first.verdict != Verdict::Unknown && other.verdict != Verdict::Unknown {
                let reason = depends(first, *other);
                self.explain(reason);
            }
        }
        let mut lines = self.gained.iter().chain(&self.lost).peekable();
        if lines.peek().is_some() && lines.all(|line| line.realism == lines::Realism::NotMadeToday)
        {
            self.explain("differs only on requests that OSS does not make today".to_owned());
        }
    }
}

fn depends(first: Variant, other: Variant) -> String {
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
    format!(
        "depends on {}, which RAM does not document: {} or {}",
        questions.join(" and on "),
        first.verdict.as_str(),
        other.verdict.as_str()
    )
}

/// The readings that can matter for these documents, the likeliest first.
pub(crate) fn readings(live: &[&PolicyDocument], wanted: &[&PolicyDocument]) -> Vec<Semantics> {
    let statements = || {
        live.iter()
            .chain(wanted)
            .flat_map(|document| document.statements())
    };
    let negated = statements().any(|statement| has_negated(&statement.condition));
    let fields = statements().any(|statement| {
        statement
            .resource
            .patterns()
            .iter()
            .any(|pattern| has_wildcard_in_a_field(pattern))
    });
    let mut readings = vec![Semantics::DEFAULT];
    vary(&mut readings, fields, |s| {
        s.matching = Matching::WholeString
    });
    vary(&mut readings, negated, |s| {
        s.negated_when_absent = NegatedWhenAbsent::DoesNotMatch
    });
    readings
}

/// As [`readings`], for trust policies.
pub(crate) fn trust_readings(trusts: &[&TrustPolicy]) -> Vec<Semantics> {
    let statements = || trusts.iter().flat_map(|trust| trust.statements());
    let negated = statements().any(|statement| has_negated(&statement.condition));
    let wildcards = statements().any(|statement| principal_has_wildcard(&statement.principal));
    let mut readings = vec![Semantics::DEFAULT];
    vary(&mut readings, negated, |s| {
        s.negated_when_absent = NegatedWhenAbsent::DoesNotMatch
    });
    vary(&mut readings, wildcards, |s| {
        s.principals = PrincipalReading::Literal
    });
    readings
}

fn vary(readings: &mut Vec<Semantics>, matters: bool, change: impl Fn(&mut Semantics)) {
    if matters {
        let mut varied = readings.clone();
        varied.iter_mut().for_each(change);
        readings.append(&mut varied);
    }
}

fn has_negated(condition: &super::document::Condition) -> bool {
    condition
        .tests()
        .any(|(name, ..)| operator::named(name).is_none_or(|operator| operator.negated))
}

/// Whether the two readings of wildcards differ on a resource pattern.
fn has_wildcard_in_a_field(pattern: &str) -> bool {
    let fields: Vec<&str> = pattern.splitn(5, ':').collect();
    fields.len() == 5
        && fields
            .iter()
            .take(4)
            .any(|field| field.contains(['*', '?']))
}
