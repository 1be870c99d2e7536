"""The official SDKs behind one call: `call("GetRole", RoleName="x")` gives a dict or raises `Refused`."""

import functools
import importlib
import json
import os
from urllib.parse import urlsplit

KEY_ID = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"]
SECRET = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
ENDPOINT = urlsplit(os.environ["EXPORT_IAM_ENDPOINT_RAM"]).netloc


class Refused(Exception):
    """A refusal by the service, with what the SDK made of it."""

    def __init__(self, code, status, message, request_id):
        super().__init__(f"{status} {code}: {message}")
        self.code, self.status, self.message = code, status, message
        self.request_id = request_id


def snake(action):
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in action)
    return words.removeprefix("_")


def newest(algorithm=None, key_id=KEY_ID, secret=SECRET, token=None):
    """alibabacloud_ram20150501 and the packages of the other services; typed models in, typed models out."""
    from alibabacloud_tea_openapi import utils_models
    from darabonba.exceptions import DaraException

    config = utils_models.Config(
        access_key_id=key_id,
        access_key_secret=secret,
        security_token=token,
        endpoint=ENDPOINT,
        region_id="cn-hangzhou",
        protocol="http",
        signature_algorithm=algorithm,
    )
    packages = {
        "ram": "alibabacloud_ram20150501",
        "sts": "alibabacloud_sts20150401",
        "ecs": "alibabacloud_ecs20140526",
        "resourcemanager": "alibabacloud_resourcemanager20200331",
        "resourcedirectorymaster": "alibabacloud_resourcedirectorymaster20220419",
    }

    # ECS alone takes seconds to import.
    @functools.cache
    def service_of(name):
        package = packages[name]
        client = importlib.import_module(f"{package}.client").Client(config)
        return client, importlib.import_module(f"{package}.models")

    def call(action, service="ram", **parameters):
        client, models = service_of(service)
        arguments = []
        if hasattr(models, f"{action}Request"):
            arguments.append(getattr(models, f"{action}Request")().from_map(parameters))
        try:
            response = getattr(client, snake(action))(*arguments)
        except DaraException as error:
            code = getattr(error, "code", None)
            status = getattr(error, "status_code", None)
            if status is None:
                raise
            request_id = getattr(error, "request_id", None)
            raise Refused(code, int(status), error.message, request_id) from error
        return response.body.to_map()

    return call


def numbered(name, value):
    """A list of objects as `Name.1.Member`; the generated code of a typed client does that for it."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for number, members in enumerate(value, 1):
            for member, one in members.items():
                yield f"{name}.{number}.{member}", str(one)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def classic(key_id=KEY_ID, secret=SECRET, token=None):
    """aliyun-python-sdk-core, -ram and -sts, and for other services the first alone; signature 1.0."""
    from aliyunsdkcore.acs_exception.exceptions import ServerException
    from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.request import CommonRequest

    key = StsTokenCredential(key_id, secret, token) if token else AccessKeyCredential(key_id, secret)
    client = AcsClient(region_id="cn-hangzhou", credential=key, auto_retry=False)
    modules = {"ram": "aliyunsdkram.request.v20150501", "sts": "aliyunsdksts.request.v20150401"}
    versions = {"ecs": "2014-05-26", "resourcemanager": "2020-03-31", "resourcedirectorymaster": "2022-04-19"}

    def common(service, action):
        request = CommonRequest(version=versions[service], action_name=action)
        request.set_method("POST")
        request.set_accept_format("JSON")
        return request

    def call(action, service="ram", **parameters):
        if service in modules:
            module = importlib.import_module(f"{modules[service]}.{action}Request")
            request = getattr(module, f"{action}Request")()
        else:
            request = common(service, action)
        request.set_protocol_type("http")
        request.set_endpoint(ENDPOINT)
        for name, value in parameters.items():
            setter = getattr(request, f"set_{name}", None)
            if setter:
                setter(value)
            else:
                for part, text in numbered(name, value):
                    request.add_query_param(part, text)
        try:
            return json.loads(client.do_action_with_exception(request))
        except ServerException as error:
            raise Refused(
                error.get_error_code(),
                error.get_http_status(),
                error.get_error_msg(),
                error.get_request_id(),
            ) from error

    return call
