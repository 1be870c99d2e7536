//! How two policies differ in access.
//!
//! In: parsed documents, live and wanted. Out: a [`Comparison`], always of wanted relative to live.

use super::access_line::{AccessLine, Reach, Realism, Witness};
use super::document::PolicyDocument;
use super::engine::{
    Answer, Budget, Finder, Problem, Problems, Term, TooComplex, access_terms, deny_terms,
    find_all, find_any,
};
use super::lines::Writer;
use super::readings;
use super::semantics::Semantics;
use super::sides::{Aspect, Direction, Sides};
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
    fn unknown(semantics: Semantics) -> Self {
        Self {
            semantics,
            verdict: Verdict::Unknown,
            gained: None,
            lost: None,
        }
    }
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
}

/// Compares two sets of permission policies.
///
/// Identical documents are equal whatever they hold. Everything else is decided by the engine, within a
/// budget of work; past it the verdict is [`Verdict::Unknown`].
pub fn compare<'d>(
    live: &[&'d PolicyDocument],
    wanted: &[&'d PolicyDocument],
    question: Question,
) -> Comparison {
    let canonical = |documents: &[&'d PolicyDocument]| {
        let statements = documents.iter().flat_map(|document| document.statements());
        write::canonical(write::unlabelled(statements))
    };
    let count = |documents: &[&PolicyDocument]| -> usize {
        documents
            .iter()
            .map(|document| document.statements().len())
            .sum()
    };
    if count(live) == count(wanted) && canonical(live) == canonical(wanted) {
        return Comparison::identical(question);
    }
    let sides = Sides::Policies { live, wanted };
    let problems = Problems::of_policies(&[live, wanted]);
    let readings = readings::of_policies(live, wanted);
    run(question, sides, readings, problems)
}

/// Compares two trust policies: who may assume the role.
pub fn compare_trust<'d>(live: &'d TrustPolicy, wanted: &'d TrustPolicy) -> Comparison {
    let canonical =
        |trust: &'d TrustPolicy| write::canonical(write::trust_unlabelled(trust.statements()));
    if canonical(live) == canonical(wanted) {
        return Comparison::identical(Question::Effective);
    }
    let sides = Sides::Trusts { live, wanted };
    let problems = Problems::of_trusts(&[Some(live), Some(wanted)]);
    let readings = readings::of_trusts(&[live, wanted]);
    run(Question::Effective, sides, readings, problems)
}

fn run(
    question: Question,
    sides: Sides<'_>,
    readings: Vec<Semantics>,
    mut problems: Problems<'_>,
) -> Comparison {
    let mut budget = Budgets {
        verdict: Budget::for_question(),
        words: Budget::for_words(),
    };
    let mut comparison = Comparison::identical(question);
    comparison.variants.clear();
    for semantics in readings {
        let is_first = comparison.variants.is_empty();
        let mut variant = Variant::unknown(semantics);
        match problems.read(semantics, &mut budget.verdict) {
            Err(TooComplex) => comparison.explain(too_complex()),
            Ok(problem) => {
                let extent = if is_first {
                    Extent::Lines
                } else {
                    Extent::Existence
                };
                let judge = Judge {
                    problem: &problem,
                    sides: &sides,
                    semantics,
                    extent,
                };
                judge.both_ways(&mut variant, &mut comparison, &mut budget);
            }
        }
        comparison.variants.push(variant);
    }
    comparison.conclude();
    comparison
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every line of access.
    Lines,
    /// Whether there is a difference, with one witness a direction.
    Existence,
}

/// Work left for the two parts of an answer.
struct Budgets {
    verdict: Budget,
    words: Budget,
}

/// One reading of a comparison.
struct Judge<'a> {
    problem: &'a Problem,
    sides: &'a Sides<'a>,
    semantics: Semantics,
    extent: Extent,
}

impl Judge<'_> {
    fn both_ways(&self, variant: &mut Variant, comparison: &mut Comparison, budget: &mut Budgets) {
        let mut finder = Finder::new(self.problem);
        let mut is_settled = true;
        for direction in [Direction::Gained, Direction::Lost] {
            for reach in [Reach::Access, Reach::Deny] {
                if reach == Reach::Deny && comparison.question == Question::Effective {
                    continue;
                }
                let aspect = Aspect { direction, reach };
                is_settled &= self.one_way(&mut finder, aspect, variant, comparison, budget);
            }
        }
        if is_settled {
            variant.verdict = match (variant.gained.is_some(), variant.lost.is_some()) {
                (false, false) => Verdict::Equal,
                (true, false) => Verdict::Broader,
                (false, true) => Verdict::Narrower,
                (true, true) => Verdict::Incomparable,
            };
        }
    }

    /// Looks for what one side has beyond the other, and says whether the question is settled.
    fn one_way(
        &self,
        finder: &mut Finder<'_>,
        aspect: Aspect,
        variant: &mut Variant,
        comparison: &mut Comparison,
        budget: &mut Budgets,
    ) -> bool {
        let (own, other) = (aspect.own_side().group(), aspect.other_side().group());
        let terms = match aspect.reach {
            Reach::Access => access_terms(self.problem, other, own),
            Reach::Deny => deny_terms(self.problem, own, other),
        };
        let answer = find_any(finder, &terms, &mut budget.verdict);
        let is_settled = comparison.note_unsettled(self.problem, &answer);
        let Answer::Yes(findings) = answer else {
            return is_settled;
        };
        let replay = |finding| {
            self.sides
                .replay(self.problem, finding, aspect, self.semantics)
        };
        let Some(witness) = findings.first().and_then(replay) else {
            comparison
                .explain("a witness did not reproduce: this is a bug in export-iam".to_owned());
            return false;
        };
        match aspect.direction {
            Direction::Gained => variant.gained.get_or_insert(witness),
            Direction::Lost => variant.lost.get_or_insert(witness),
        };
        if self.extent == Extent::Lines {
            self.tell(finder, aspect, &terms, comparison, &mut budget.words);
        }
        is_settled
    }

    /// Every line of a difference that there is.
    fn tell(
        &self,
        finder: &mut Finder<'_>,
        aspect: Aspect,
        terms: &[Term],
        comparison: &mut Comparison,
        budget: &mut Budget,
    ) {
        let answer = find_all(finder, terms, budget);
        let mut is_complete = matches!(answer, Answer::Yes(_));
        let (Answer::Yes(findings) | Answer::TooComplex(findings)) = answer else {
            return;
        };
        let (sides, semantics) = (self.sides, self.semantics);
        let mut writer = Writer {
            finder,
            sides,
            semantics,
            aspect,
            terms,
        };
        let (written, all) = writer.lines(&findings, budget);
        is_complete &= all;
        if !is_complete {
            comparison.explain("not every difference is listed: there are too many".to_owned());
        }
        let lines = match aspect.direction {
            Direction::Gained => &mut comparison.gained,
            Direction::Lost => &mut comparison.lost,
        };
        for line in written {
            // What is lost by a Deny is said once.
            if !lines.iter().any(|told| told.is_about_the_same(&line)) {
                lines.push(line);
            }
        }
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
    fn note_unsettled(&mut self, problem: &Problem, answer: &Answer<'_>) -> bool {
        match answer {
            Answer::No | Answer::Yes(_) => return true,
            Answer::Untold => self.explain(problem.untold()),
            Answer::TooComplex(_) => self.explain(too_complex()),
        }
        false
    }

    fn conclude(&mut self) {
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
        let mut lines = self.gained.iter().chain(&self.lost).peekable();
        if lines.peek().is_some() && lines.all(|line| line.realism == Realism::NotMadeToday) {
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
