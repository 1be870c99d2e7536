"""Compares two documents with an SMT solver: an action, a resource and a context are its unknowns.

Only the language is encoded here; the solver looks for requests.
"""

from typing import NamedTuple

import z3

from keys import FAMILIES, NEGATED, Address, as_text, families_of, family_of, value_matches
from texts import MILLISECONDS, GaveUp, Pattern, Text

VERDICTS = {
    (False, False): "equal",
    (True, False): "broader",
    (False, True): "narrower",
    (True, True): "incomparable",
}


def strings(value):
    return [value] if isinstance(value, str) else list(value)


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
