"""Readings of the policy language where RAM's documentation leaves a question open."""

from typing import NamedTuple


class Reading(NamedTuple):
    # A wildcard in one of the first four fields of a resource pattern stops at `:`.
    per_field: bool
    # A negated operator holds for a key that the request does not carry.
    negated_when_absent: bool


# The likeliest reading, in which access lines and their witnesses are made.
DEFAULT = Reading(per_field=True, negated_when_absent=True)


def that_differ(*documents):
    """The readings under which these documents may mean different things."""
    operators = {
        operator
        for document in documents
        for statement in document["Statement"]
        for operator in statement.get("Condition", {})
    }
    negated = (True, False) if any("Not" in operator for operator in operators) else (True,)
    return [Reading(per_field, when_absent) for per_field in (True, False) for when_absent in negated]
