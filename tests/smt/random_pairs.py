"""Random pairs of documents. Most are one document and what a few changes make of it."""

import copy

ACTIONS = """
* oss:* oss:Get* oss:GetObject oss:getobject OSS:Get* oss:PutObject oss:Put* oss:DeleteObject oss:Delete* oss:List*
oss:ListObjects oss:ListParts oss:*Object oss:?etObject oss:*Bucket* oss:GetBucket* oss:GetBucketInfo oss:GetBucketAcl
oss:GetObjectAcl oss:Get*Acl oss:*Acl *:Get* ecs:* ecs:ExportImage ecs:Describe* ram:* ram:PassRole kms:Decrypt
""".split()

RESOURCES = """
* acs:* acs:oss:* acs:oss:*:*:* acs:oss:*:*:b acs:oss:*:*:b/* acs:oss:*:*:b* acs:oss:*:*:b? acs:oss:*:*:b/?*
acs:oss:*:*:b/*? acs:oss:*:*:b/logs/* acs:oss:*:*:b/logs* acs:oss:*:*:b/*.csv acs:oss:*:*:b/l*s/* acs:oss:*:*:c
acs:oss:*:*:c/* acs:oss:*:*:b-? acs:oss:*:*:*/* acs:oss:*:1234567890123456:b acs:oss:*:1234567890123456:b/*
acs:oss:oss-cn-hangzhou:*:b/* acs:oss:oss-cn-*:*:b/* acs:oss:*:b/* acs:oss:::b/key acs:ecs:*:*:image/*
acs:ecs:cn-hangzhou:*:image/* acs:ram:*:*:role/* acs:*:*:*:b
""".split()

TEXTS = ["p", "P", "p/", "p/*", "p*", "*", "p/secret", "p/s*", "p?", "q", "?", "", "*/", "p/x*y"]
NUMBERS = ["0", "9", "9.5", "10", "10.0", "-1", "100", "1000"]
DATES = [
    "2025-06-01T00:00:00Z",
    "2026-01-01T00:00:00Z",
    "2026-01-01T08:00:00+08:00",
    "2026-01-01T00:00:01Z",
    "2027-01-01T00:00:00Z",
]
BLOCKS = """
10.0.0.0/8 10.0.0.0/9 10.128.0.0/9 10.1.2.3/8 10.1.0.0/16 10.1.2.3 10.1.2.3/32 192.168.0.0/16 0.0.0.0/0 0.0.0.0/1
128.0.0.0/1 2001:db8::/32 2001:db8::/33 2001:db8:8000::/33 2001:db8::1 ::/0
""".split()

ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
FAMILIES = {
    "String": (
        ["oss:Prefix", "oss:Delimiter", "acs:SourceVpc"],
        [
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        TEXTS,
    ),
    "Numeric": (["oss:MaxKeys"], [f"Numeric{order}" for order in ORDERS], NUMBERS),
    "Date": (["acs:CurrentTime"], [f"Date{order}" for order in ORDERS], DATES),
    "Bool": (["acs:SecureTransport", "acs:MFAPresent"], ["Bool"], ["true", "false"]),
    "Ip": (["acs:SourceIp"], ["IpAddress", "NotIpAddress"], BLOCKS),
}
SET_OPERATORS = ["ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringLike"]


def chance(random, percent):
    return random.random() * 100 < percent


def pattern(random, pool):
    """One of the pool, sometimes with a wildcard more."""
    chosen = random.choice(pool)
    last = chosen.rfind(":") + 1
    if chance(random, 85) or last == len(chosen):
        return chosen
    place = random.randrange(last, len(chosen))
    return random.choice(
        [
            chosen[:place] + "?" + chosen[place + 1 :],
            chosen[:place] + "*" + chosen[place:],
            chosen[: place + 1] + "*",
        ]
    )


def one_or_more(random, make, most):
    values = [make() for _ in range(min(random.choice([1, 1, 1, 2, 2, 3, 4]), most))]
    return values[0] if len(values) == 1 and chance(random, 50) else values


def add_test(random, condition):
    family = random.choice(list(FAMILIES))
    keys, operators, values = FAMILIES[family]
    operator, key = random.choice(operators), random.choice(keys)
    odd = random.random() * 100
    if odd < 2:
        operator, key, values = random.choice(SET_OPERATORS), "oss:Prefix", TEXTS
    elif odd < 4:
        # Two families on one key.
        key = "oss:Prefix"
    elif odd < 6 and family == "String":
        values = ["${acs:username}", "p/${acs:username}", "p/*"]
    most = 1 if family == "Bool" else 3
    condition.setdefault(operator, {})[key] = one_or_more(random, lambda: random.choice(values), most)


def condition(random):
    made = {}
    for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
        add_test(random, made)
    return made


def actions(random):
    return one_or_more(random, lambda: pattern(random, ACTIONS), 4)


def resources(random):
    return one_or_more(random, lambda: pattern(random, RESOURCES), 4)


def statement(random):
    made = {"Effect": "Deny" if chance(random, 30) else "Allow"}
    made["NotAction" if chance(random, 12) else "Action"] = actions(random)
    made["NotResource" if chance(random, 12) else "Resource"] = resources(random)
    if chance(random, 35):
        made["Condition"] = condition(random)
    return made


def document(random):
    return {"Version": "1", "Statement": [statement(random) for _ in range(random.choice([1, 1, 2, 2, 3, 4]))]}


def as_list(value):
    return [value] if isinstance(value, str) else value


def part(random, chosen):
    """Name of a list of patterns in the statement."""
    return random.choice([name for name in chosen if name.endswith(("Action", "Resource"))])


def pool_of(name):
    return ACTIONS if name.endswith("Action") else RESOURCES


# Changes. The first ones keep the meaning.


def shuffle(random, statements, at):
    random.shuffle(statements)


def repeat_entry(random, statements, at):
    name = part(random, at)
    at[name] = as_list(at[name]) + [random.choice(as_list(at[name]))]


def reverse_entries(random, statements, at):
    name = part(random, at)
    at[name] = as_list(at[name])[::-1]


def change_case(random, statements, at):
    name = "Action" if "Action" in at else "NotAction"
    at[name] = [random.choice([str.lower, str.upper, str])(action) for action in as_list(at[name])]


def split(random, statements, at):
    name = random.choice([name for name in ("Action", "Resource") if name in at] or ["Effect"])
    if name == "Effect":
        return
    statements.remove(at)
    statements += [{**at, name: entry} for entry in as_list(at[name])]


def restrict_a_copy(random, statements, at):
    twin = copy.deepcopy(at)
    add_test(random, twin.setdefault("Condition", {}))
    statements.append(twin)


# The others change it more often than not.


def drop_statement(random, statements, at):
    if len(statements) > 1:
        statements.remove(at)


def add_statement(random, statements, at):
    statements.append(statement(random))


def drop_entry(random, statements, at):
    name = part(random, at)
    if len(as_list(at[name])) > 1:
        at[name] = as_list(at[name])[1:]


def add_entry(random, statements, at):
    name = part(random, at)
    at[name] = as_list(at[name]) + [pattern(random, pool_of(name))]


def replace_entry(random, statements, at):
    name = part(random, at)
    at[name] = as_list(at[name])[1:] + [pattern(random, pool_of(name))]


def vary_entry(random, statements, at):
    name = part(random, at)
    at[name] = as_list(at[name])[1:] + [pattern(random, as_list(at[name])[:1])]


def turn_effect(random, statements, at):
    at["Effect"] = "Deny" if at["Effect"] == "Allow" else "Allow"


def turn_part(random, statements, at):
    name = part(random, at)
    at[name[3:] if name.startswith("Not") else f"Not{name}"] = at.pop(name)


def restrict(random, statements, at):
    add_test(random, at.setdefault("Condition", {}))


def release(random, statements, at):
    at.pop("Condition", None)


def change_value(random, statements, at):
    for operator, keys in at.get("Condition", {}).items():
        for key in keys:
            family = next((f for f, (_, operators, _) in FAMILIES.items() if operator in operators), "String")
            most = 1 if family == "Bool" else 3
            keys[key] = one_or_more(random, lambda: random.choice(FAMILIES[family][2]), most)
            return


def swap_operator(random, statements, at):
    for operator, keys in list(at.get("Condition", {}).items()):
        family = next((f for f, (_, operators, _) in FAMILIES.items() if operator in operators), None)
        if family is not None:
            near = operator.removesuffix("Equals") if operator.endswith("ThanEquals") else f"{operator}Equals"
            operators = FAMILIES[family][1]
            other = near if near in operators and chance(random, 50) else random.choice(operators)
            at["Condition"][other] = {**at["Condition"].pop(operator), **at["Condition"].get(other, {})}
            return


CHANGES = [
    shuffle,
    repeat_entry,
    reverse_entries,
    change_case,
    split,
    restrict_a_copy,
    drop_statement,
    add_statement,
    drop_entry,
    add_entry,
    replace_entry,
    vary_entry,
    turn_effect,
    turn_part,
    restrict,
    release,
    change_value,
    swap_operator,
]


def changed(random, original):
    made = copy.deepcopy(original)
    for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
        random.choice(CHANGES)(random, made["Statement"], random.choice(made["Statement"]))
    return made


def pair(random):
    live = document(random)
    wanted = document(random) if chance(random, 20) else changed(random, live)
    return (live, wanted) if chance(random, 50) else (wanted, live)
