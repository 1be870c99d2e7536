"""Decides one request under one document: slow, obvious, and without the solver."""

import datetime
import ipaddress
import re
from fractions import Fraction


class NotInterpreted(Exception):
    """The reference does not say what this means."""


def strings(value):
    return [value] if isinstance(value, str) else value


def glob_matches(pattern, text, stop=None):
    """Whether `*` and `?` make `pattern` out of `text`; neither stands for the symbol `stop`."""
    any_symbol = "." if stop is None else f"[^{re.escape(stop)}]"
    parts = {"*": f"{any_symbol}*", "?": any_symbol}
    expression = "".join(parts.get(symbol) or re.escape(symbol) for symbol in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def action_matches(pattern, action):
    return glob_matches(pattern.lower(), action.lower())


def resource_matches(pattern, resource, reading):
    if not reading.per_field or pattern.count(":") < 4:
        return glob_matches(pattern, resource)
    patterns, fields = pattern.split(":", 4), resource.split(":", 4)
    return (
        len(fields) == 5
        and all(glob_matches(p, f, stop=":") for p, f in zip(patterns[:4], fields[:4]))
        and glob_matches(patterns[4], fields[4])
    )


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def in_block(block, text):
    block = ipaddress.ip_network(block, strict=False)
    address = ipaddress.ip_address(text)
    return address.version == block.version and address in block


ORDERS = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}

POSITIVE = {
    "StringEquals": lambda value, given: given == value,
    "StringEqualsIgnoreCase": lambda value, given: given.lower() == value.lower(),
    "StringLike": lambda value, given: glob_matches(value, given),
    "Bool": lambda value, given: given.lower() == value.lower(),
    "IpAddress": in_block,
}
for name, order in ORDERS.items():
    POSITIVE[f"Numeric{name}"] = lambda value, given, order=order: order(Fraction(given), Fraction(value))
    POSITIVE[f"Date{name}"] = lambda value, given, order=order: order(instant(given), instant(value))

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}


def test_holds(operator, key, values, context, reading):
    positive = NEGATED.get(operator)
    if (positive or operator) not in POSITIVE or any("${" in value for value in strings(values)):
        raise NotInterpreted(f"{operator} {values}")
    if key not in context:
        return positive is not None and reading.negated_when_absent
    try:
        any_value = any(POSITIVE[positive or operator](value, context[key]) for value in strings(values))
    except ValueError as unread:
        raise NotInterpreted(f"{operator} of {context[key]!r}") from unread
    return any_value != (positive is not None)


def condition_holds(condition, context, reading):
    return all(
        test_holds(operator, key, values, context, reading)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def statement_matches(statement, request, reading):
    if "Action" in statement:
        action = any(action_matches(p, request["action"]) for p in strings(statement["Action"]))
    else:
        action = not any(action_matches(p, request["action"]) for p in strings(statement["NotAction"]))
    if "Resource" in statement:
        patterns, wanted = statement["Resource"], True
    else:
        patterns, wanted = statement["NotResource"], False
    resource = any(resource_matches(p, request["resource"], reading) for p in strings(patterns)) == wanted
    return action and resource and condition_holds(statement.get("Condition", {}), request["context"], reading)


def decide(document, request, reading):
    """`(allowed, denied)`: what the document answers, and whether one of its Deny statements matches."""
    matching = {s["Effect"] for s in document["Statement"] if statement_matches(s, request, reading)}
    denied = "Deny" in matching
    return "Allow" in matching and not denied, denied
