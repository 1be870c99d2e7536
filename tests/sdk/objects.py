"""Reads buckets and objects with `alibabacloud-oss-v2`, and writes down what it made of each answer, as JSON lines. The
sandbox is seeded with `life/state.json`.

usage: SANDBOX_RECORD=FILE objects.py
"""

import datetime
import json
import os
import sys
import urllib.error
import urllib.request

import alibabacloud_oss_v2 as oss
from clients import ENDPOINT, KEY_ID, SECRET, newest

HZ, BJ = {"bucket": "exports-hz"}, {"bucket": "exports-bj"}
KEYS = ["Nightly_m-app_data_xvdb.raw.tar.gz", "Nightly_m-app_system.raw.tar.gz"]


# Names that this client gives to elements, beside another way of writing.
NAMES = {"acl": "Grant", "object_type": "Type"}


def client(key_id=KEY_ID, secret=SECRET, region="cn-hangzhou"):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(key_id, secret)
    config.region = region
    config.endpoint = f"http://{ENDPOINT}"
    config.retry_max_attempts = 1
    return oss.Client(config)


def held(model):
    """The names and values of a model, whatever its depth."""
    if isinstance(model, list):
        return [pair for item in model for pair in held(item)]
    pairs = []
    for name, value in vars(model).items():
        if isinstance(value, datetime.datetime):
            value = value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if isinstance(value, (str, int, float)):
            pairs.append((NAMES.get(name, name), str(value)))
        elif isinstance(value, list) or hasattr(value, "_attribute_map"):
            pairs += held(value)
    return pairs


class Reader:
    def __init__(self, record):
        self.record = record

    def note(self, operation, request_id, **what):
        print(json.dumps({"operation": f"oss.{operation}", "id": request_id, **what}), file=self.record)

    def ask(self, operation, call, request):
        answer = call(request)
        self.note(operation, answer.request_id, status=answer.status_code, held=held(answer))
        return answer

    def refuses(self, error, operation, call, request):
        try:
            answer = call(request)
        except oss.exceptions.OperationError as failure:
            raised = failure.unwrap()
        else:
            raise AssertionError(f"{operation} was answered, not {error}: {answer}")
        assert f"{raised.status_code} {raised.code}" == error, f"{operation}: {raised}"
        self.note(operation, raised.request_id, status=raised.status_code, code=raised.code)


def export():
    """Has ECS write the two objects that are read."""
    ecs = newest()
    wanted = {"RegionId": "cn-hangzhou", "ImageId": "m-app", "OSSBucket": "exports-hz", "OSSPrefix": "Nightly"}
    task = {"RegionId": "cn-hangzhou", "TaskId": ecs("ExportImage", service="ecs", **wanted)["TaskId"]}
    # The sandbox's time runs on with each look.
    while ecs("DescribeTaskAttribute", service="ecs", **task)["TaskStatus"] != "Finished":
        pass


def buckets(reader):
    own = client()
    ask, refuses = reader.ask, reader.refuses
    info = ask("GetBucketInfo", own.get_bucket_info, oss.GetBucketInfoRequest(**HZ)).bucket_info
    assert (info.name, info.location, info.owner.id) == ("exports-hz", "oss-cn-hangzhou", "1234567890123456"), info
    # A bucket's description may be asked for from anywhere.
    ask("GetBucketInfo", own.get_bucket_info, oss.GetBucketInfoRequest(**BJ))
    ask("GetBucketInfo", own.get_bucket_info, oss.GetBucketInfoRequest(bucket="encrypted-hz"))
    place = own.get_bucket_location(oss.GetBucketLocationRequest(**HZ))
    element = [("LocationConstraint", place.location)]
    reader.note("GetBucketLocation", place.request_id, status=place.status_code, held=element)
    refuses("403 AccessDenied", "GetBucketLocation", own.get_bucket_location, oss.GetBucketLocationRequest(**BJ))
    policy = own.get_bucket_policy(oss.GetBucketPolicyRequest(bucket="denied-hz"))
    reader.note("GetBucketPolicy", policy.request_id, status=policy.status_code, model=json.loads(policy.body))
    refuses("404 NoSuchBucketPolicy", "GetBucketPolicy", own.get_bucket_policy, oss.GetBucketPolicyRequest(**HZ))
    ask("GetBucketWorm", own.get_bucket_worm, oss.GetBucketWormRequest(bucket="locked-hz"))
    refuses("404 NoSuchWORMConfiguration", "GetBucketWorm", own.get_bucket_worm, oss.GetBucketWormRequest(**HZ))
    nowhere = oss.GetBucketInfoRequest(bucket="nowhere")
    refuses("404 NoSuchBucket", "GetBucketInfo", own.get_bucket_info, nowhere)
    for error, other in [
        ("403 SignatureDoesNotMatch", client(secret=SECRET + "x")),
        ("403 InvalidAccessKeyId", client(key_id="nobody")),
        ("403 AccessDenied", client("key-narrow", "secret")),
        ("400 InvalidArgument", client(region="oss-cn-hangzhou")),
    ]:
        refuses(error, "GetBucketInfo", other.get_bucket_info, oss.GetBucketInfoRequest(**HZ))


def objects(reader):
    own = client()
    ask, refuses = reader.ask, reader.refuses
    seen, token = [], None
    while True:
        wanted = oss.ListObjectsV2Request(**HZ, prefix="Nightly_m-app_", max_keys=1, continuation_token=token)
        page = ask("ListObjectsV2", own.list_objects_v2, wanted)
        seen += [entry.key for entry in page.contents]
        if not page.is_truncated:
            break
        token = page.next_continuation_token
    assert seen == KEYS, seen
    bad = oss.ListObjectsV2Request(**HZ, max_keys=1001)
    refuses("400 InvalidArgument", "ListObjectsV2", own.list_objects_v2, bad)
    place = {**HZ, "key": KEYS[0]}
    head = ask("HeadObject", own.head_object, oss.HeadObjectRequest(**place))
    got = ask("GetObject", own.get_object, oss.GetObjectRequest(**place)).body.read()
    assert len(got) == head.content_length, got
    refuses("404 NoSuchKey", "HeadObject", own.head_object, oss.HeadObjectRequest(**HZ, key="x"))
    refuses("404 NoSuchKey", "GetObject", own.get_object, oss.GetObjectRequest(**HZ, key="x"))
    archived = oss.GetObjectRequest(bucket="archive-hz", key="m-archived_system.raw.tar.gz")
    refuses("403 InvalidObjectState", "GetObject", own.get_object, archived)
    link = own.presign(oss.GetObjectRequest(**place)).url
    assert urllib.request.urlopen(link).read() == got
    try:
        urllib.request.urlopen(link.replace("Nightly_m", "Nightly_x"))
    except urllib.error.HTTPError as error:
        assert error.code == 403, error
    else:
        raise AssertionError("a forged link was taken")


def main():
    with open(os.environ["SANDBOX_RECORD"], "w") as record:
        reader = Reader(record)
        export()
        buckets(reader)
        objects(reader)


if __name__ == "__main__":
    sys.exit(main())
