"""Pairs made from documents as people write them: guard rails, scoped grants, leftovers of old manuals."""

import copy
import itertools

EXPORT = [
    "oss:GetObject",
    "oss:PutObject",
    "oss:DeleteObject",
    "oss:GetBucketLocation",
    "oss:GetBucketInfo",
    "oss:AbortMultipartUpload",
    "oss:ListMultipartUploads",
    "oss:ListParts",
]
BUCKET_LEVEL = ["oss:GetBucketInfo", "oss:GetBucketLocation", "oss:ListMultipartUploads"]
OBJECT_LEVEL = [action for action in EXPORT if action not in BUCKET_LEVEL]
ACCOUNT = "1234567890123456"


def allow(action, resource="*", **condition):
    return statement("Allow", action, resource, condition)


def deny(action, resource="*", **condition):
    return statement("Deny", action, resource, condition)


def statement(effect, action, resource, condition):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    if condition:
        made["Condition"] = condition
    return made


def all_but(effect, actions, resource="*", **condition):
    made = statement(effect, actions, resource, condition)
    made["NotAction"] = made.pop("Action")
    return made


def elsewhere(effect, action, resources, **condition):
    made = statement(effect, action, resources, condition)
    made["NotResource"] = made.pop("Resource")
    return made


def bucket(name, account="*", region="*"):
    return f"acs:oss:{region}:{account}:{name}"


def both(name, account="*", region="*"):
    return [bucket(name, account, region), f"{bucket(name, account, region)}/*"]


NO_PLAIN_HTTP = deny("oss:*", Bool={"acs:SecureTransport": "false"})
OFFICE = ["203.0.113.0/24", "198.51.100.7"]
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]

DOCUMENTS = {
    "the grant of the manual": [allow(EXPORT)],
    "the grant of the old manual": [allow([a for a in EXPORT if a != "oss:GetBucketInfo"])],
    "all of OSS": [allow("oss:*")],
    "administrator": [allow("*")],
    "one bucket, all of OSS": [allow("oss:*", both("exports-hz"))],
    "one bucket, the eight": [allow(EXPORT, both("exports-hz"))],
    "one bucket, by level": [
        allow(BUCKET_LEVEL, bucket("exports-hz", ACCOUNT)),
        allow(OBJECT_LEVEL, bucket("exports-hz/*", ACCOUNT)),
    ],
    "one bucket, by level and prefix": [
        allow(BUCKET_LEVEL, bucket("exports-hz", ACCOUNT)),
        allow(OBJECT_LEVEL, bucket("exports-hz/nightly*", ACCOUNT)),
    ],
    "prefix taken for a folder": [
        allow(BUCKET_LEVEL, bucket("exports-hz")),
        allow(OBJECT_LEVEL, bucket("exports-hz/nightly/*")),
    ],
    "star behind the bucket": [allow("oss:*", bucket("exports-hz*"))],
    "family of buckets": [allow(EXPORT, [bucket("exports-*"), bucket("exports-*/*")])],
    "two regions by name": [
        allow(EXPORT, both("exports-hz", region="oss-cn-hangzhou") + both("exports-bj", region="oss-cn-beijing"))
    ],
    "https only": [allow("oss:*", both("exports-hz")), NO_PLAIN_HTTP],
    "https only, as a condition of the grant": [
        allow("oss:*", both("exports-hz"), Bool={"acs:SecureTransport": "true"})
    ],
    "office only, by Deny": [
        allow("oss:*", both("exports-hz")),
        deny("oss:*", NotIpAddress={"acs:SourceIp": OFFICE}),
    ],
    "office only, by grant": [allow("oss:*", both("exports-hz"), IpAddress={"acs:SourceIp": OFFICE})],
    "own network only": [
        allow(["oss:Get*", "oss:List*"], both("data"), StringEquals={"acs:SourceVpc": ["vpc-bp1abc", "vpc-bp1def"]}),
    ],
    "private addresses only": [allow("oss:*", both("data"), IpAddress={"acs:SourceIp": PRIVATE})],
    "another bucket is off limits": [
        allow("oss:*", both("exports-hz")),
        deny("oss:*", both("secret")),
    ],
    "only this bucket, by NotResource": [
        allow("oss:*"),
        elsewhere("Deny", "oss:*", both("exports-hz")),
    ],
    "all but two buckets": [elsewhere("Allow", "oss:*", both("secret") + both("payroll"))],
    "no deletion": [allow("oss:*", both("exports-hz")), deny(["oss:Delete*", "oss:*Worm"])],
    "no deletion of backups": [
        allow("oss:*", both("exports-hz")),
        deny("oss:DeleteObject*", bucket("exports-hz/backup/*")),
    ],
    "everything but identity": [all_but("Allow", ["ram:*", "sts:*", "resourcemanager:*"])],
    "everything, identity denied": [allow("*"), deny(["ram:*", "sts:*", "resourcemanager:*"])],
    "nothing but the eight": [allow("oss:*"), all_but("Deny", EXPORT)],
    "read only": [allow(["oss:Get*", "oss:List*"])],
    "read only, one bucket": [allow(["oss:GetObject", "oss:ListObjects", "oss:GetBucket*"], both("data"))],
    "list below a prefix": [
        allow("oss:ListObjects", bucket("data"), StringLike={"oss:Prefix": ["nightly/*", "nightly/", ""]}),
        allow("oss:GetObject", bucket("data/nightly/*")),
    ],
    "list below a prefix, with delimiter": [
        allow(
            "oss:ListObjects",
            bucket("data"),
            StringLike={"oss:Prefix": "nightly/*"},
            StringEquals={"oss:Delimiter": "/"},
        ),
    ],
    "few keys at a time": [allow("oss:ListObjects", bucket("data"), NumericLessThanEquals={"oss:MaxKeys": "100"})],
    "until the end of the project": [
        allow(EXPORT, both("exports-hz"), DateLessThan={"acs:CurrentTime": "2026-12-31T23:59:59+08:00"}),
    ],
    "in office hours of one day": [
        allow(
            "oss:*",
            both("exports-hz"),
            DateGreaterThan={"acs:CurrentTime": "2026-03-01T09:00:00+08:00"},
            DateLessThan={"acs:CurrentTime": "2026-03-01T18:00:00+08:00"},
        ),
    ],
    "second factor for deletions": [
        allow("oss:*", both("exports-hz")),
        deny("oss:Delete*", Bool={"acs:MFAPresent": "false"}),
    ],
    "tagged buckets only": [allow(EXPORT, "*", StringEquals={"oss:BucketTag/team": "images"})],
    "private objects only": [
        allow("oss:PutObject", bucket("exports-hz/*"), StringEquals={"oss:x-oss-object-acl": "private"}),
    ],
    "never public": [
        allow("oss:*", both("exports-hz")),
        deny(
            ["oss:PutObject", "oss:PutObjectAcl", "oss:PutBucketAcl"],
            StringLike={"oss:x-oss-object-acl": "public-*"},
        ),
    ],
    "not by scripts": [allow("oss:Get*", "*", StringNotLike={"acs:UserAgent": ["curl/*", "python-*"]})],
    "pass one role": [
        allow("ecs:ExportImage", "acs:ecs:*:*:image/*"),
        allow("ram:PassRole", f"acs:ram::{ACCOUNT}:role/aliyunecsimageexportdefaultrole"),
    ],
    "pass a role to one service": [
        allow("ram:PassRole", "*", StringEquals={"acs:Service": "ecs.aliyuncs.com"}),
        allow(["ecs:ExportImage", "ecs:Describe*", "ecs:CancelTask"]),
    ],
    "with encryption": [allow(EXPORT, both("exports-hz")), allow(["kms:GenerateDataKey", "kms:Decrypt"])],
    "one statement an action": [allow(action, both("exports-hz")) for action in EXPORT],
    "spelt in small letters": [allow([action.lower() for action in EXPORT], both("exports-hz"))],
    "another account's buckets": [allow(EXPORT, both("exports-hz", "2345678901234567"))],
    "an account field forgotten": [allow(EXPORT, ["acs:oss:*:exports-hz", "acs:oss:*:exports-hz/*"])],
    "all denied": [allow("oss:*", both("exports-hz")), deny("*")],
}


# What people do to such a document.


def add(*statements):
    return lambda made: made.extend(copy.deepcopy(list(statements)))


def each(change):
    def all_statements(made):
        for one in made:
            change(one)

    return all_statements


def first(change):
    return lambda made: change(made[0])


def entries(one, name):
    value = one.get(name, [])
    return [value] if isinstance(value, str) else value


def replace(name, new):
    """Each entry as `new` makes it."""

    def change(one):
        if name in one:
            one[name] = [new(entry) for entry in entries(one, name)]

    return change


def without_last(name):
    def change(one):
        if len(entries(one, name)) > 1:
            one[name] = entries(one, name)[:-1]

    return change


def no_condition(one):
    one.pop("Condition", None)


def negated_to_absent(one):
    """A Deny for all that is not so, in place of a condition."""
    condition = one.pop("Condition", None)
    if condition and one["Effect"] == "Allow":
        one["Condition"] = {
            {"IpAddress": "NotIpAddress", "StringEquals": "StringNotEquals"}.get(operator, operator): keys
            for operator, keys in condition.items()
        }


def one_statement_each(made):
    made[:] = [{**one, "Action": action} for one in made for action in entries(one, "Action")] + [
        one for one in made if "NotAction" in one
    ]


CHANGES = {
    "https only": add(NO_PLAIN_HTTP),
    "deletions denied": add(deny("oss:Delete*")),
    "another bucket denied": add(deny("oss:*", both("secret"))),
    "only from the office": add(deny("*", NotIpAddress={"acs:SourceIp": OFFICE})),
    "one more bucket": add(allow(EXPORT, both("exports-bj"))),
    "key management on top": add(allow(["kms:GenerateDataKey", "kms:Decrypt"])),
    "listing on top": add(allow("oss:ListBuckets")),
    "an action gone": each(without_last("Action")),
    "a resource gone": each(without_last("Resource")),
    "everywhere": each(replace("Resource", lambda _: "*")),
    "any account": each(replace("Resource", lambda entry: entry.replace(ACCOUNT, "*"))),
    "own account": each(replace("Resource", lambda entry: entry.replace(":*:*:", f":*:{ACCOUNT}:"))),
    "stars at the end": each(replace("Resource", lambda entry: entry.rstrip("/*") + "*")),
    "prefix": each(replace("Resource", lambda entry: entry.replace("/*", "/nightly*"))),
    "all actions of OSS": first(replace("Action", lambda _: "oss:*")),
    "families of actions": each(replace("Action", lambda entry: entry[:7] + "*")),
    "no conditions": each(no_condition),
    "conditions turned round": each(negated_to_absent),
    "one statement an action": one_statement_each,
    "statements reversed": lambda made: made.reverse(),
    "small letters": each(replace("Action", str.lower)),
}


def policy(statements):
    return {"Version": "1", "Statement": statements}


def pairs():
    """`(name, live, wanted)`: each document beside its successor, then beside what a change makes of it."""
    names = list(DOCUMENTS)
    for one, other in zip(names, names[1:] + names[:1]):
        yield f"{one} / {other}", policy(DOCUMENTS[one]), policy(DOCUMENTS[other])
    # Each document meets several changes, and no two documents the same ones first.
    for turn, (place, name) in itertools.product(range(len(CHANGES)), enumerate(names)):
        change = list(CHANGES)[(place * 5 + turn) % len(CHANGES)]
        made = copy.deepcopy(DOCUMENTS[name])
        CHANGES[change](made)
        if made != DOCUMENTS[name]:
            yield f"{name} / {change}", policy(DOCUMENTS[name]), policy(made)
