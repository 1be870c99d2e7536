"""Compares two documents with an SMT solver: an action, a resource and a context are its unknowns.

Only the language is encoded here; the solver looks for requests. Whether a text matches a pattern is a Boolean of
its own, and each answer of the solver is tried with real texts: one membership in one regular expression. If there
is no such text, the solver is told which matches exclude each other, and looks on. One large formula with all the
memberships in it means the same and takes seconds instead of milliseconds.
"""

import collections
import datetime
import functools
import ipaddress
import re
from fractions import Fraction
from typing import NamedTuple

import z3

MILLISECONDS = 10_000

VERDICTS = {
    (False, False): "equal",
    (True, False): "broader",
    (False, True): "narrower",
    (True, True): "incomparable",
}


class GaveUp(Exception):
    """The solver did not decide in its time."""


def strings(value):
    return [value] if isinstance(value, str) else list(value)


# Texts

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


# Condition keys

STRING_KINDS = {"StringEquals": "literal", "StringEqualsIgnoreCase": "any case", "StringLike": "glob"}

ORDERS = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def seconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return Fraction((moment - EPOCH) // datetime.timedelta(microseconds=1), 1_000_000)


def moment(number):
    return (EPOCH + datetime.timedelta(microseconds=round(number * 1_000_000))).isoformat()


class Address:
    """An unknown IP address."""

    def __init__(self, name):
        self.number = z3.Int(f"value {name}")
        self.six = z3.Bool(f"six {name}")

    def is_in(self, block):
        block = ipaddress.ip_network(block, strict=False)
        first, last = int(block.network_address), int(block.broadcast_address)
        return z3.And(self.six == (block.version == 6), self.number >= first, self.number <= last)

    def is_an_address(self):
        size = z3.If(self.six, z3.IntVal(2**128), z3.IntVal(2**32))
        return z3.And(self.number >= 0, self.number < size)


FAMILIES = {
    "String": lambda name: Text("value"),
    "Numeric": lambda name: z3.Real(f"value {name}"),
    "Date": lambda name: z3.Real(f"value {name}"),
    "Bool": lambda name: z3.Bool(f"value {name}"),
    "Ip": Address,
}


def family_of(operator):
    """The family of a positive operator, or None if the operator is not documented."""
    return next((family for family in FAMILIES if operator.startswith(family)), None)


def families_of(documents):
    """For each condition key, the families of its operators."""
    families = {}
    for document in documents:
        for statement in document["Statement"]:
            for operator, keys in statement.get("Condition", {}).items():
                for name in keys:
                    families.setdefault(name, set()).add(family_of(NEGATED.get(operator, operator)))
    return families


def value_matches(operator, family, value, values):
    if family == "String":
        return value.matches_one_of([Pattern(STRING_KINDS[operator], v) for v in values])
    if family == "Bool":
        return z3.Or([value == (v.lower() == "true") for v in values])
    if family == "Ip":
        return z3.Or([value.is_in(v) for v in values])
    number = Fraction if family == "Numeric" else seconds
    order = ORDERS[operator.removeprefix(family)]
    return z3.Or([order(value, z3.RealVal(str(number(v)))) for v in values])


def as_text(model, family, value):
    if family == "Bool":
        return "true" if z3.is_true(model.eval(value, True)) else "false"
    if family == "Ip":
        number = model.eval(value.number, True).as_long()
        six = z3.is_true(model.eval(value.six, True))
        return str((ipaddress.IPv6Address if six else ipaddress.IPv4Address)(number))
    number = model.eval(value, True).as_fraction()
    return str(number) if family == "Numeric" else moment(number)


# Requests and documents


class Unknowns:
    """A request nobody knows yet."""

    def __init__(self, documents):
        self.action = Text("action")
        self.resource = Text("resource")
        self.families = families_of(documents)
        # Whether the request carries a key, and its value.
        self.present = {name: z3.Bool(f"has {name}") for name in self.families}
        self.values = {
            name: FAMILIES[next(iter(families))](name)
            for name, families in self.families.items()
            if self.is_clear(name)
        }
        # What cannot be interpreted may be true or false.
        self.opaque = {}

    def is_clear(self, name):
        """Whether the reference says what the tests of a key mean together."""
        return len(self.families[name]) == 1 and None not in self.families[name]

    def anything(self, *what):
        return self.opaque.setdefault(what, z3.FreshBool())

    def facts(self):
        addresses = [value.is_an_address() for value in self.values.values() if isinstance(value, Address)]
        return addresses + [fact for text in self.texts().values() for fact in text.facts()]

    def texts(self):
        values = {name: value for name, value in self.values.items() if isinstance(value, Text)}
        return {"action": self.action, "resource": self.resource, **values}

    def request(self, model, texts):
        """What the model says, as a request; `texts` has been found already."""
        context = {}
        for name, value in self.values.items():
            if z3.is_true(model.eval(self.present[name], True)):
                family = next(iter(self.families[name]))
                context[name] = texts[name] if family == "String" else as_text(model, family, value)
        return {"action": texts["action"], "resource": texts["resource"], "context": context}


def test_holds(operator, name, values, unknowns, reading):
    positive = NEGATED.get(operator, operator)
    family = family_of(positive)
    if family is None or any("${" in value for value in values):
        return unknowns.anything(operator, name, frozenset(values))
    present = unknowns.present[name]
    if unknowns.is_clear(name):
        matches = value_matches(positive, family, unknowns.values[name], values)
    else:
        matches = unknowns.anything(positive, name, frozenset(values))
    if positive == operator:
        return z3.And(present, matches)
    if reading.negated_when_absent:
        return z3.Or(z3.Not(present), z3.Not(matches))
    return z3.And(present, z3.Not(matches))


def one_matches(text, kind, patterns, unknowns):
    clear = [Pattern(kind, pattern) for pattern in patterns if "${" not in pattern]
    opaque = [unknowns.anything(kind, pattern) for pattern in patterns if "${" in pattern]
    return z3.Or([text.matches_one_of(clear), *opaque])


def statement_matches(statement, unknowns, reading):
    def actions(patterns):
        # Letter case does not matter: pattern and unknown are both in small letters.
        return one_matches(unknowns.action, "glob", [p.lower() for p in strings(patterns)], unknowns)

    def resources(patterns):
        kind = "glob in fields" if reading.per_field else "glob"
        return one_matches(unknowns.resource, kind, strings(patterns), unknowns)

    action = actions(statement["Action"]) if "Action" in statement else z3.Not(actions(statement["NotAction"]))
    if "Resource" in statement:
        resource = resources(statement["Resource"])
    else:
        resource = z3.Not(resources(statement["NotResource"]))
    tests = [
        test_holds(operator, name, strings(values), unknowns, reading)
        for operator, keys in statement.get("Condition", {}).items()
        for name, values in keys.items()
    ]
    return z3.And(action, resource, *tests)


def meaning(document, unknowns, reading):
    """`(allowed, denied)` of a request."""
    matches = {"Allow": [], "Deny": []}
    for statement in document["Statement"]:
        matches[statement["Effect"]].append(statement_matches(statement, unknowns, reading))
    denied = z3.Or(matches["Deny"])
    return z3.And(z3.Or(matches["Allow"]), z3.Not(denied)), denied


def find_request(solver, formula, unknowns):
    """A request of which the formula is true, or None."""
    asked = z3.FreshBool()
    solver.add(z3.Implies(asked, formula))
    while True:
        answer = solver.check(asked)
        if answer == z3.unsat:
            return None
        if answer == z3.unknown:
            raise GaveUp(solver.reason_unknown())
        model, found, impossible = solver.model(), {}, []
        for name, text in unknowns.texts().items():
            if name in unknowns.present and not z3.is_true(model.eval(unknowns.present[name], True)):
                continue
            found[name], why_not = text.find(model)
            if why_not is not None:
                impossible.append(why_not)
        if not impossible:
            return unknowns.request(model, found)
        solver.add(impossible)


def whatever_is_opaque(formula, unknowns):
    """The formula, for every value of what cannot be interpreted."""
    for atom in unknowns.opaque.values():
        formula = z3.And([z3.substitute(formula, (atom, z3.BoolVal(to))) for to in (False, True)])
    return formula


class Answer(NamedTuple):
    # For each of the four inclusions a request that breaks it, or None.
    possible: dict
    # The same, but only requests that break it whatever the value of what cannot be interpreted.
    certain: dict

    def verdicts(self, question):
        """The verdict if each possible difference is one, and the one if only the certain ones are."""
        return verdict(self.possible, question), verdict(self.certain, question)


def verdict(found, question):
    gained, lost = found["allow gained"] is not None, found["allow lost"] is not None
    if question == "drop_in":
        gained |= found["deny gone"] is not None
        lost |= found["deny added"] is not None
    return VERDICTS[gained, lost]


def compare(live, wanted, reading):
    unknowns = Unknowns([live, wanted])
    live_allows, live_denies = meaning(live, unknowns, reading)
    wanted_allows, wanted_denies = meaning(wanted, unknowns, reading)
    solver = z3.SimpleSolver()
    solver.set("timeout", MILLISECONDS)
    solver.add(unknowns.facts())
    asked = {
        "allow gained": z3.And(wanted_allows, z3.Not(live_allows)),
        "allow lost": z3.And(live_allows, z3.Not(wanted_allows)),
        "deny gone": z3.And(live_denies, z3.Not(wanted_denies)),
        "deny added": z3.And(wanted_denies, z3.Not(live_denies)),
    }
    possible = {name: find_request(solver, formula, unknowns) for name, formula in asked.items()}
    certain = possible
    if unknowns.opaque:
        certain = {
            name: possible[name] and find_request(solver, whatever_is_opaque(formula, unknowns), unknowns)
            for name, formula in asked.items()
        }
    return Answer(possible, certain)
