"""Several accounts with the official clients: roles, tokens, machine keys, the directory. The sandbox is seeded by
`tests/sdk/main.rs`."""

import base64
import importlib
import json
import os
import sys
import tempfile
import time

from alibabacloud_credentials.provider.ecs_ram_role import EcsRamRoleCredentialsProvider
from alibabacloud_credentials.provider.oidc import OIDCRoleArnCredentialsProvider
from alibabacloud_credentials.provider.ram_role_arn import RamRoleArnCredentialsProvider
from alibabacloud_credentials.provider.static_ak import StaticAKCredentialsProvider
from alibabacloud_credentials.provider.uri import URLCredentialsProvider
from clients import ENDPOINT, KEY_ID, SECRET, Refused, classic, newest

MAIN = "1234567890123456"
MEMBER = "2000000000000001"
ACCESS = f"acs:ram::{MEMBER}:role/ResourceDirectoryAccountAccessRole"
URL = f"http://{ENDPOINT}"


def account_of(keys):
    """The account that these keys open, as both SDKs see it."""
    token = keys.get_security_token()
    clients = [client(keys.get_access_key_id(), keys.get_access_key_secret(), token) for client in (
        lambda *key: newest(None, *key), lambda *key: newest("v2", *key), lambda *key: classic(*key))]
    who = [call("GetCallerIdentity", service="sts") for call in clients]
    assert all(identity["IdentityType"] == "AssumedRoleUser" for identity in who), who
    return {identity["AccountId"] for identity in who}


def assume_role(call):
    answer = call("AssumeRole", service="sts", RoleArn=ACCESS, RoleSessionName="judge", DurationSeconds=900)
    keys = answer["Credentials"]
    inside = newest(None, keys["AccessKeyId"], keys["AccessKeySecret"], keys["SecurityToken"])
    assert inside("GetCallerIdentity", service="sts")["AccountId"] == MEMBER
    role = inside("GetRole", RoleName="AliyunECSImageExportDefaultRole")["Role"]
    assert f"::{MEMBER}:" in role["Arn"], role
    try:
        call("AssumeRole", service="sts", RoleArn=ACCESS + "x", RoleSessionName="judge")
    except Refused as refused:
        assert (refused.status, refused.code) == (404, "EntityNotExist.Role"), refused
    else:
        raise AssertionError("a role that is not there was assumed")


def providers():
    key = StaticAKCredentialsProvider(access_key_id=KEY_ID, access_key_secret=SECRET)
    chained = RamRoleArnCredentialsProvider(
        credentials_provider=key, role_arn=ACCESS, role_session_name="judge", sts_endpoint=URL)
    assert account_of(chained.get_credentials()) == {MEMBER}

    part = lambda claims: base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    now = int(time.time())
    claims = {"iss": "https://issuer.test", "aud": "sts", "sub": "ci", "exp": now + 600, "iat": now}
    with tempfile.NamedTemporaryFile("w") as token:
        token.write(".".join([part({"alg": "RS256"}), part(claims), "c2ln"]))
        token.flush()
        oidc = OIDCRoleArnCredentialsProvider(
            role_arn=f"acs:ram::{MAIN}:role/ci",
            oidc_provider_arn=f"acs:ram::{MAIN}:oidc-provider/ci",
            oidc_token_file_path=token.name,
            role_session_name="judge",
            sts_endpoint=URL,
        )
        assert account_of(oidc.get_credentials()) == {MAIN}

    machine = EcsRamRoleCredentialsProvider(disable_imds_v1=True, async_update_enabled=False)
    # Its host is not to be set from outside.
    machine._EcsRamRoleCredentialsProvider__metadata_service_host = URL
    assert account_of(machine.get_credentials()) == {MAIN}
    uri = URLCredentialsProvider(uri=os.environ["SANDBOX_CREDENTIALS_URI"])
    assert account_of(uri.get_credentials()) == {MAIN}


def directory():
    from alibabacloud_tea_openapi import utils_models

    config = utils_models.Config(access_key_id=KEY_ID, access_key_secret=SECRET, endpoint=ENDPOINT, protocol="http")
    for package in ["alibabacloud_resourcemanager20200331", "alibabacloud_resourcedirectorymaster20220419"]:
        client = importlib.import_module(f"{package}.client").Client(config)
        models = importlib.import_module(f"{package}.models")
        seen, number = [], 0
        while True:
            number += 1
            request = models.ListAccountsRequest(page_number=number, page_size=5, include_tags=True)
            body = client.list_accounts(request).body.to_map()
            seen += [account["AccountId"] for account in body["Accounts"]["Account"]]
            if number * 5 >= body["TotalCount"]:
                break
        assert seen == [str(int(MEMBER) + member) for member in range(12)], seen
        assert body["Accounts"]["Account"][0]["Tags"]["Tag"][0]["Key"] == "env", body


def main():
    assume_role(newest())
    assume_role(newest(algorithm="v2"))
    assume_role(classic())
    providers()
    directory()
    print("ok: AssumeRole, credential providers and directory")


if __name__ == "__main__":
    sys.exit(main())
