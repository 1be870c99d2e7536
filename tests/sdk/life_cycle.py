"""The whole life of a role and its policies, through one client. Exit status 0 when everything is as documented."""

import sys
import time

from clients import SECRET, Refused, classic, newest

TRUST = '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}'
POLICY = '{\n  "Version": "1",\n  "Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Resource": "*"}]\n}'
SYSTEM = {"PolicyType": "System", "PolicyName": "AliyunECSImageExportRolePolicy"}
AWKWARD = "a +*~/'()!&=%\t\n镜é🚀\"<>"


def refuses(status, code, call, action, **parameters):
    try:
        answer = call(action, **parameters)
    except Refused as refused:
        got = (refused.status, refused.code)
        assert got == (status, code), f"{action}: {refused}"
        return refused
    raise AssertionError(f"{action} was answered: {answer}")


def roles(call, name):
    created = call(
        "CreateRole",
        RoleName=name,
        AssumeRolePolicyDocument=TRUST,
        Description=AWKWARD,
        MaxSessionDuration=7200,
        Tag=[{"Key": "team", "Value": "images"}],
    )["Role"]
    assert created["RoleName"] == name and created["Arn"].endswith(":role/" + name.lower()), created
    got = call("GetRole", RoleName=name.upper())["Role"]
    assert got["RoleName"] == name, got
    assert got["Description"] == AWKWARD, got
    assert got["AssumeRolePolicyDocument"] == TRUST, got
    assert got["MaxSessionDuration"] == 7200, got
    refuses(409, "EntityAlreadyExists.Role", call, "CreateRole", RoleName=name.lower(), AssumeRolePolicyDocument=TRUST)
    refuses(400, "MalformedPolicyDocument", call, "CreateRole", RoleName="other", AssumeRolePolicyDocument="{")
    refuses(400, "InvalidParameter.RoleName.InvalidChars", call, "GetRole", RoleName="a b")
    refuses(404, "EntityNotExist.Role", call, "GetRole", RoleName="nobody")
    updated = call("UpdateRole", RoleName=name, NewDescription="new")["Role"]
    assert updated["Description"] == "new" and updated["MaxSessionDuration"] == 7200, updated


def paging(call, name):
    others = [f"{name}-{number}" for number in range(4)]
    for other in others:
        call("CreateRole", RoleName=other, AssumeRolePolicyDocument=TRUST)
    seen, marker, pages = [], None, 0
    while True:
        asked = {"MaxItems": 2, **({"Marker": marker} if marker else {})}
        page = call("ListRoles", **asked)
        seen += [role["RoleName"] for role in page["Roles"]["Role"]]
        pages += 1
        if not page["IsTruncated"]:
            break
        marker = page["Marker"]
    assert len(seen) == len(set(seen)) and set(others) | {name} <= set(seen), seen
    assert pages == (len(seen) + 1) // 2, pages
    for other in others:
        call("DeleteRole", RoleName=other)


def policies(call, name, role):
    created = call("CreatePolicy", PolicyName=name, PolicyDocument=POLICY, Description="d")["Policy"]
    assert created["DefaultVersion"] == "v1" and created["PolicyType"] == "Custom", created
    own = {"PolicyType": "Custom", "PolicyName": name}
    got = call("GetPolicy", **own)
    assert got["DefaultPolicyVersion"]["PolicyDocument"] == POLICY, got
    assert got["Policy"]["AttachmentCount"] == 0, got
    described = call("UpdatePolicyDescription", PolicyName=name, NewDescription="e")["Policy"]
    assert described["Description"] == "e", described
    listed = call("ListPolicies", PolicyType="Custom")["Policies"]["Policy"]
    assert name in [policy["PolicyName"] for policy in listed], listed

    for number in range(2, 6):
        version = call("CreatePolicyVersion", PolicyName=name, PolicyDocument=POLICY)["PolicyVersion"]
        assert (version["VersionId"], version["IsDefaultVersion"]) == (f"v{number}", False), version
    refuses(409, "LimitExceeded.Policy.Version", call, "CreatePolicyVersion", PolicyName=name, PolicyDocument=POLICY)
    rotate = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
    version = call(
        "CreatePolicyVersion", PolicyName=name, PolicyDocument=POLICY, SetAsDefault=True, RotateStrategy=rotate
    )["PolicyVersion"]
    assert (version["VersionId"], version["IsDefaultVersion"]) == ("v6", True), version
    versions = call("ListPolicyVersions", **own)["PolicyVersions"]["PolicyVersion"]
    assert {v["VersionId"] for v in versions} == {"v1", "v3", "v4", "v5", "v6"}, versions
    refuses(404, "EntityNotExist.Policy.Version", call, "GetPolicyVersion", VersionId="v2", **own)
    call("SetDefaultPolicyVersion", PolicyName=name, VersionId="v3")
    third = call("GetPolicyVersion", VersionId="v3", **own)["PolicyVersion"]
    assert third["IsDefaultVersion"] and third["PolicyDocument"] == POLICY, third
    refuses(409, "DeleteConflict.Policy.Version.Default", call, "DeletePolicyVersion", PolicyName=name, VersionId="v3")
    refuses(409, "DeleteConflict.Policy.Version", call, "DeletePolicy", PolicyName=name)

    call("AttachPolicyToRole", RoleName=role, **own)
    call("AttachPolicyToRole", RoleName=role, **SYSTEM)
    refuses(409, "EntityAlreadyExists.Role.Policy", call, "AttachPolicyToRole", RoleName=role, **SYSTEM)
    held = call("ListPoliciesForRole", RoleName=role)["Policies"]["Policy"]
    assert [policy["PolicyName"] for policy in held] == [name, SYSTEM["PolicyName"]], held
    entities = call("ListEntitiesForPolicy", **own)
    assert [entity["RoleName"] for entity in entities["Roles"]["Role"]] == [role], entities
    refuses(409, "DeleteConflict.Role.Policy", call, "DeleteRole", RoleName=role)
    conflict = refuses(409, "DeleteConflict.Policy.Role", call, "DeletePolicy", PolicyName=name)
    assert conflict.request_id, conflict
    call("CreateUser", UserName="alice")
    call("AttachPolicyToUser", UserName="alice", **own)
    refuses(409, "DeleteConflict.Policy.User", call, "DeletePolicy", PolicyName=name)
    call("DetachPolicyFromUser", UserName="alice", **own)
    call("DeleteUser", UserName="alice")
    call("DetachPolicyFromRole", RoleName=role, **own)
    refuses(404, "EntityNotExist.Role.Policy", call, "DetachPolicyFromRole", RoleName=role, **own)
    for version in ["v1", "v4", "v5", "v6"]:
        call("DeletePolicyVersion", PolicyName=name, VersionId=version)
    call("DeletePolicy", PolicyName=name)
    refuses(404, "EntityNotExist.Policy", call, "GetPolicy", **own)


def tags(call, role):
    on = {"ResourceType": "role", "ResourceNames": [role]}
    call("TagResources", Tag=[{"Key": "env", "Value": "ci"}], **on)
    read = call("ListTagResources", **on)["TagResources"]
    assert [(t["TagKey"], t["TagValue"]) for t in read] == [("env", "ci"), ("team", "images")], read
    call("UntagResources", TagKeys=["env"], **on)
    read = call("ListTagResources", **on)["TagResources"]
    assert [t["TagKey"] for t in read] == ["team"], read


def life_cycle(call, name):
    identity = call("GetCallerIdentity", service="sts")
    assert identity["AccountId"] == "1234567890123456", identity
    assert identity["IdentityType"] == "RAMUser", identity
    roles(call, name)
    paging(call, name)
    policies(call, f"{name}-Grant", name)
    tags(call, name)
    call("DetachPolicyFromRole", RoleName=name, **SYSTEM)
    call("DeleteRole", RoleName=name)
    refuses(404, "EntityNotExist.Role", call, "DeleteRole", RoleName=name)


def wrong_keys(client):
    refuses(404, "InvalidAccessKeyId.NotFound", client(key_id="nobody"), "GetRole", RoleName="a")
    refuses(400, "SignatureDoesNotMatch", client(secret=SECRET + "x"), "GetRole", RoleName="a")


def main():
    clients = {
        "newest SDK, signature 3": newest,
        "newest SDK, signature 1.0": lambda **key: newest(algorithm="v2", **key),
        "classic SDK, signature 1.0": classic,
    }
    for number, (title, client) in enumerate(clients.items()):
        start = time.monotonic()
        life_cycle(client(), f"Export{number}")
        if client is not classic:
            wrong_keys(client)
        else:
            # Equal strings to sign on both ends mean a wrong secret: the classic SDK says so in its own code.
            refuses(400, "InvalidAccessKeySecret", client(secret=SECRET + "x"), "GetRole", RoleName="a")
        print(f"ok: {title} ({time.monotonic() - start:.2f} s)")


if __name__ == "__main__":
    sys.exit(main())
