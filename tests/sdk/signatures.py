"""Signs requests again with the official signers, and compares: each line of FILE is a request with our signature.

usage: signatures.py FILE
"""

import collections
import datetime
import json
import sys
import types
import urllib.parse

from alibabacloud_oss_v2.credentials import Credentials
from alibabacloud_oss_v2.signer.v4 import SignerV4
from alibabacloud_oss_v2.types import HttpRequest, SigningContext
from alibabacloud_tea_openapi.utils import Utils

SHOWN = 3


def v1(request):
    return Utils.get_rpcsignature(request["parameters"], request["method"], request["secret"])


def v3(request):
    payload = Utils.hash(request["body"].encode(), "ACS3-HMAC-SHA256").hex()
    whole = types.SimpleNamespace(pathname="/", **{name: request[name] for name in ("method", "query", "headers")})
    return Utils.get_authorization(whole, "ACS3-HMAC-SHA256", payload, request["id"], request["secret"])


def oss(line):
    request = line["request"]
    quote = lambda text: urllib.parse.quote(text, safe="")
    query = "&".join(f"{quote(name)}={quote(value)}" if value else quote(name) for name, value in request["query"].items())
    at = datetime.datetime.fromtimestamp(request["at"], datetime.timezone.utc)
    context = SigningContext(
        product="oss",
        region=request["region"],
        bucket=request["bucket"],
        key=request["key"],
        request=HttpRequest(request["method"], f"http://oss.test/?{query}", headers=line["headers"]),
        credentials=Credentials(request["id"], request["secret"], request["token"]),
        signing_time=at,
    )
    if line["life"]:
        context.auth_method_query = True
        context.expiration_time = at + datetime.timedelta(seconds=line["life"])
    SignerV4().sign(context)
    assert context.string_to_sign == line["text"], context.string_to_sign
    if line["life"]:
        signed = urllib.parse.parse_qs(urllib.parse.urlsplit(context.request.url).query)
        return signed["x-oss-signature"][0]
    return context.request.headers["Authorization"]


SIGNERS = {"signature 1.0": v1, "signature 3": v3, "OSS signature 4": oss, "OSS link": oss}


def main():
    alike, other = collections.Counter(), []
    with open(sys.argv[1]) as requests:
        for line in requests:
            request = json.loads(line)
            try:
                signature = SIGNERS[request["kind"]](request)
            except AssertionError as error:
                signature = str(error)
            if signature == request["signature"]:
                alike[request["kind"]] += 1
            else:
                other.append((signature, line))
    for signature, line in other[:SHOWN]:
        print(f"official: {signature}\nours: {line}", file=sys.stderr)
    if other:
        sys.exit(f"{len(other)} of {len(other) + alike.total()} requests are signed differently")
    print("ok: " + ", ".join(f"{count} {kind}" for kind, count in alike.items()))


if __name__ == "__main__":
    main()
