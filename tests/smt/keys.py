"""Condition keys: unknown values, and when an operator holds for them."""

import datetime
import ipaddress
from fractions import Fraction

import z3

from texts import Pattern, Text

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
