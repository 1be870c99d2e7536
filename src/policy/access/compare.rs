//! How two policies differ in access.
//!
//! In: parsed documents, live and wanted. Out: a [`Comparison`], always of wanted relative to live.

use super::super::document::PolicyDocument;
use super::super::engine::{
    Answer, Budget, Finder, Problem, Problems, Term, TooComplex, access_terms, deny_terms,
    find_all, find_any, is_possible,
};
use super::super::evaluate::StatementPlace;
use super::super::readings;
use super::super::semantics::Semantics;
use super::super::trust::TrustPolicy;
use super::super::write;
use super::compared::{Aspect, Compared, Direction};
use super::comparison::{Comparison, NOT_UNDERSTOOD, Question, Variant, Verdict};
use super::diff::LineWriter;
use super::line::Reach;

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
    let compared = Compared::Policies { live, wanted };
    let problems = Problems::of_policies(&[live, wanted]);
    let readings = readings::of_policies(live, wanted);
    run(question, compared, readings, problems)
}

/// Compares two trust policies: who may assume the role.
pub fn compare_trust<'d>(live: &'d TrustPolicy, wanted: &'d TrustPolicy) -> Comparison {
    let canonical =
        |trust: &'d TrustPolicy| write::canonical(write::trust_unlabelled(trust.statements()));
    if canonical(live) == canonical(wanted) {
        return Comparison::identical(Question::Effective);
    }
    let compared = Compared::Trusts { live, wanted };
    let problems = Problems::of_trusts(&[Some(live), Some(wanted)]);
    let readings = readings::of_trusts(&[live, wanted]);
    run(Question::Effective, compared, readings, problems)
}

fn run(
    question: Question,
    compared: Compared<'_>,
    readings: Vec<Semantics>,
    mut problems: Problems<'_>,
) -> Comparison {
    let mut budget = Budgets {
        verdict: Budget::for_comparison(),
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
                    compared: &compared,
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
    compared: &'a Compared<'a>,
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
        if self.extent == Extent::Lines && aspect.reach == Reach::Access {
            self.add_undecided(finder, aspect, &terms, comparison, &mut budget.words);
        }
        let is_settled = self.is_settled(&answer, comparison);
        let Answer::Yes(findings) = answer else {
            return is_settled;
        };
        let replay = |finding| {
            self.compared
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
            self.add_lines(finder, aspect, &terms, comparison, &mut budget.words);
        }
        is_settled
    }

    /// Names each statement of a side that may give access beyond the other, where a part of it is not understood.
    fn add_undecided(
        &self,
        finder: &mut Finder<'_>,
        aspect: Aspect,
        terms: &[Term],
        comparison: &mut Comparison,
        budget: &mut Budget,
    ) {
        let (problem, side) = (self.problem, aspect.own_side());
        let rules = problem.frame.rules.rules.iter().enumerate();
        for (at, rule) in rules.filter(|(_, rule)| rule.group == side.group()) {
            let Some(part) = problem.not_understood(rule) else {
                continue;
            };
            let alone = terms.iter().filter_map(|term| term.only_by(at));
            let alone: Vec<Term> = alone.collect();
            if alone.is_empty() || !is_possible(finder, &alone, budget).unwrap_or(true) {
                continue;
            }
            let place = StatementPlace {
                document: rule.document,
                statement: rule.statement,
            };
            let Some(subject) = self.compared.subject(side, place) else {
                continue;
            };
            let verb = match aspect.direction {
                Direction::Gained => "may allow",
                Direction::Lost => "may no longer allow",
            };
            comparison.explain(format!("{verb} {subject}: {part}{NOT_UNDERSTOOD}"));
        }
    }

    /// Whether an answer is one; adds the reason where it is not.
    fn is_settled(&self, answer: &Answer<'_>, comparison: &mut Comparison) -> bool {
        match answer {
            Answer::No | Answer::Yes(_) => return true,
            // Said already where a statement is named that may give access.
            Answer::Untold if comparison.names_what_is_not_understood() => {}
            Answer::Untold => comparison.explain(self.problem.untold()),
            Answer::TooComplex(_) => comparison.explain(too_complex()),
        }
        false
    }

    /// Adds every line of a difference.
    fn add_lines(
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
        let (compared, semantics) = (self.compared, self.semantics);
        let mut writer = LineWriter {
            finder,
            compared,
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
