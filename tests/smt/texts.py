"""Unknown texts: which patterns one text can match together.

Whether a text matches a pattern is a Boolean of its own, and each answer of the solver is tried with real texts: one
membership in one regular expression. If there is no such text, the solver is told which matches exclude each other,
and looks on. One large formula with all the memberships in it means the same and takes seconds instead of
milliseconds.
"""

import collections
import functools
import re
from typing import NamedTuple

import z3

MILLISECONDS = 10_000


class GaveUp(Exception):
    """The solver did not decide in its time."""


SORT = z3.ReSort(z3.StringSort())
ANY = z3.AllChar(SORT)


def other_than(*symbols):
    """One symbol that is none of these."""
    ranges, start = [], 0
    for symbol in sorted(symbols):
        ranges.append(z3.Range(z3.StringVal(chr(start)), z3.StringVal(chr(ord(symbol) - 1))))
        start = ord(symbol) + 1
    ranges.append(z3.Range(z3.StringVal(chr(start)), z3.StringVal("\\u{2ffff}")))
    return z3.Union(*ranges)


NOT_COLON = other_than(":")
FIELD_SYMBOL = other_than(":", "/")


def literal(text):
    return z3.Re(z3.StringVal(text))


def sequence(parts):
    return parts[0] if len(parts) == 1 else z3.Concat(*parts) if parts else literal("")


def glob(pattern, symbol=ANY):
    """`symbol` is what one wildcard may stand for."""
    parts = []
    for piece in re.findall(r"[*?]|[^*?]+", pattern):
        parts.append({"*": z3.Star(symbol), "?": symbol}.get(piece, None))
        if parts[-1] is None:
            parts[-1] = literal(piece)
    return sequence(parts)


def glob_in_fields(pattern):
    """Wildcards of the first four fields do not match `:`."""
    fields = pattern.split(":", 4)
    if len(fields) < 5:
        return glob(pattern)
    parts = []
    for field in fields[:4]:
        parts += [glob(field, NOT_COLON), literal(":")]
    return sequence(parts + [glob(fields[4])])


def any_case(text):
    return sequence([z3.Union(literal(char.lower()), literal(char.upper())) for char in text])


KINDS = {"glob": glob, "glob in fields": glob_in_fields, "literal": literal, "any case": any_case}

FIELD = z3.Star(FIELD_SYMBOL)
COLON = literal(":")

UNIVERSES = {
    # Two parts, neither empty.
    "action": z3.Concat(z3.Plus(NOT_COLON), COLON, z3.Plus(NOT_COLON)),
    # Five fields; the service and the last are never empty.
    "resource": z3.Concat(
        literal("acs:"), z3.Plus(FIELD_SYMBOL), COLON, FIELD, COLON, FIELD, COLON, z3.Plus(ANY)
    ),
    "value": z3.Star(ANY),
}


class Pattern(NamedTuple):
    kind: str
    text: str


@functools.cache
def expression(pattern):
    return KINDS[pattern.kind](pattern.text)


def unescaped(text):
    """The solver writes symbols beyond printable ASCII as `\\u{…}`."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)


@functools.cache
def text_among(universe, matched, unmatched):
    """A text of the universe that matches each of `matched` and none of `unmatched`, or None."""
    text = z3.String("text")
    parts = [UNIVERSES[universe]]
    parts += [expression(pattern) for pattern in sorted(matched)]
    parts += [z3.Complement(expression(pattern)) for pattern in sorted(unmatched)]
    solver = z3.SimpleSolver()
    solver.set("timeout", MILLISECONDS)
    solver.add(z3.InRe(text, parts[0] if len(parts) == 1 else z3.Intersect(*parts)))
    answer = solver.check()
    if answer == z3.unknown:
        raise GaveUp(solver.reason_unknown())
    return unescaped(solver.model().eval(text, True).as_string()) if answer == z3.sat else None


# What has been found to exclude each other, by each pattern in it: true in every document.
CONTRADICTIONS = collections.defaultdict(set)


def contradiction(universe, matched, unmatched):
    """As few of these as suffice to exclude each other."""
    # Most are two, and two patterns meet again in other documents.
    for one in sorted(matched):
        for other in sorted(unmatched):
            if text_among(universe, frozenset([one]), frozenset([other])) is None:
                return frozenset([one]), frozenset([other])
        for other in sorted(matched - {one}):
            if text_among(universe, frozenset([one, other]), frozenset()) is None:
                return frozenset([one, other]), frozenset()
    for one in sorted(unmatched) + sorted(matched):
        fewer = matched - {one}, unmatched - {one}
        if text_among(universe, *fewer) is None:
            matched, unmatched = fewer
    return matched, unmatched


class Text:
    """An unknown text: for each pattern, whether it matches."""

    def __init__(self, universe):
        self.universe = universe
        self.matches = {}

    def matches_one_of(self, patterns):
        for pattern in patterns:
            self.matches.setdefault(pattern, z3.FreshBool())
        return z3.Or([self.matches[pattern] for pattern in patterns])

    def facts(self):
        known = set().union(*(CONTRADICTIONS[self.universe, pattern] for pattern in self.matches))
        return [self.excluded(*one) for one in known if one[0] | one[1] <= self.matches.keys()]

    def excluded(self, matched, unmatched):
        return z3.Or(
            [z3.Not(self.matches[p]) for p in sorted(matched)] + [self.matches[p] for p in sorted(unmatched)]
        )

    def find(self, model):
        """`(text, None)` with what the model says of it, or `(None, why not)`."""
        matched = frozenset(p for p, atom in self.matches.items() if z3.is_true(model.eval(atom, True)))
        unmatched = frozenset(self.matches) - matched
        found = text_among(self.universe, matched, unmatched)
        if found is not None:
            return found, None
        excluded = contradiction(self.universe, matched, unmatched)
        for pattern in excluded[0] | excluded[1]:
            CONTRADICTIONS[self.universe, pattern].add(excluded)
        return None, self.excluded(*excluded)
