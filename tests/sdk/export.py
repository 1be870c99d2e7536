"""An export from dry run to object with the official clients of ECS, OSS and ResourceManager. The sandbox is seeded by
`tests/sdk/main.rs`: the image `m-bp1app`, the buckets `exports-hz` and `encrypted-hz`, exports that take one second."""

import sys
import time
import urllib.error
import urllib.request

import alibabacloud_oss_v2 as oss
from clients import ENDPOINT, KEY_ID, SECRET, newest
from life_cycle import refuses

ROLE = "AliyunECSImageExportDefaultRole"
POLICY = "AliyunECSImageExportRolePolicy"
IMAGE = {"RegionId": "cn-hangzhou", "ImageId": "m-bp1app"}
EXPORT = {**IMAGE, "OSSBucket": "exports-hz", "OSSPrefix": "Nightly"}
KEYS = ["Nightly_m-bp1app_data_xvdb.raw.tar.gz", "Nightly_m-bp1app_system.raw.tar.gz"]


def oss_client(secret=SECRET):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(KEY_ID, secret)
    config.region = "cn-hangzhou"
    config.endpoint = f"http://{ENDPOINT}"
    config.retry_max_attempts = 1
    return oss.Client(config)


def oss_refuses(status, code, call, request):
    try:
        call(request)
    except oss.exceptions.OperationError as error:
        error = error.unwrap()
        assert (error.status_code, error.code) == (status, code), error
        assert error.request_id, error
        return error
    raise AssertionError(f"{code} was expected")


def ecs(call):
    def asked(action, **parameters):
        return call(action, service="ecs", **parameters)

    regions = asked("DescribeRegions")["Regions"]["Region"]
    assert "ecs-cn-hangzhou.aliyuncs.com" in [region["RegionEndpoint"] for region in regions], regions
    images = asked("DescribeImages", **IMAGE)["Images"]["Image"]
    assert [image["ImageId"] for image in images] == ["m-bp1app"], images
    assert images[0]["Status"] == "Available" and images[0]["Usable"] is True, images
    assert images[0]["ImageOwnerId"] == 1234567890123456, images
    disks = images[0]["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(disk["Type"], disk["Size"], disk["Encrypted"]) for disk in disks] == [
        ("system", "40", False), ("data", "100", False)], disks
    snapshots = asked("DescribeSnapshots", RegionId="cn-hangzhou", SnapshotIds='["s-1"]')["Snapshots"]["Snapshot"]
    assert [snapshot["Encrypted"] for snapshot in snapshots] == [False], snapshots
    worn = asked("DescribeInstanceRamRole", RegionId="cn-hangzhou", RamRoleName=ROLE)["InstanceRamRoleSets"]
    assert worn["InstanceRamRoleSet"] == [{"InstanceId": "i-1", "RamRoleName": ROLE}], worn

    refuses(400, "DryRunOperation", asked, "ExportImage", **EXPORT, DryRun=True)
    refuses(403, "InvalidOSSBucket.EncryptUnsupported", asked, "ExportImage", **{**EXPORT, "OSSBucket": "encrypted-hz"})
    refuses(400, "InvalidOSSBucket.NotFound", asked, "ExportImage", **{**EXPORT, "OSSBucket": "nowhere"})
    refuses(404, "InvalidImageId.NotFound", asked, "ExportImage", **{**EXPORT, "ImageId": "m-none"})
    refuses(400, "InvalidOSSPrefix.Malformed", asked, "ExportImage", **{**EXPORT, "OSSPrefix": "a/b"})

    task = {"RegionId": "cn-hangzhou", "TaskId": asked("ExportImage", **EXPORT)["TaskId"]}
    refuses(403, "ImageIsExporting", asked, "ExportImage", **EXPORT)
    running = asked("DescribeTasks", RegionId="cn-hangzhou", TaskAction="ExportImage", ResourceIds=["m-bp1app"])
    # The newest comes first.
    newest_task = running["TaskSet"]["Task"][0]
    assert (newest_task["TaskId"], newest_task["ResourceId"]) == (task["TaskId"], "m-bp1app"), running
    until = time.monotonic() + 20
    while (shown := asked("DescribeTaskAttribute", **task))["TaskStatus"] in ("Waiting", "Processing"):
        assert time.monotonic() < until, shown
        time.sleep(0.2)
    assert (shown["TaskStatus"], shown["TaskProcess"], shown["FailedCount"]) == ("Finished", "100%", 0), shown
    items = [part["RelatedItemSet"]["RelatedItem"] for part in shown["OperationProgressSet"]["OperationProgress"]]
    keys = [item["Value"] for part in items for item in part if item["Name"] == "OSSObject"]
    assert sorted(keys) == KEYS, keys
    refuses(403, "InvalidTaskId.IncorrectTaskStatus", asked, "CancelTask", **task)
    second = {"RegionId": "cn-hangzhou", "TaskId": asked("ExportImage", **EXPORT)["TaskId"]}
    asked("CancelTask", **second)
    assert asked("DescribeTaskAttribute", **second)["TaskStatus"] == "Deleted"


def objects():
    client = oss_client()
    info = client.get_bucket_info(oss.GetBucketInfoRequest(bucket="exports-hz")).bucket_info
    assert (info.name, info.location, info.storage_class) == ("exports-hz", "oss-cn-hangzhou", "Standard"), info
    assert (info.owner.id, info.sse_rule.sse_algorithm) == ("1234567890123456", "None"), info
    oss_refuses(404, "NoSuchBucketPolicy", client.get_bucket_policy, oss.GetBucketPolicyRequest(bucket="exports-hz"))
    policy = client.get_bucket_policy(oss.GetBucketPolicyRequest(bucket="encrypted-hz")).body
    assert '"Principal"' in str(policy), policy

    seen = []
    pages = client.list_objects_v2_paginator().iter_page(
        oss.ListObjectsV2Request(bucket="exports-hz", prefix="Nightly_m-bp1app_", max_keys=1))
    for page in pages:
        seen += [(entry.key, entry.size) for entry in page.contents]
    assert [key for key, _ in seen] == KEYS, seen
    head = client.head_object(oss.HeadObjectRequest(bucket="exports-hz", key=KEYS[0]))
    assert (head.content_length, head.storage_class) == (seen[0][1], "Standard"), head
    got = client.get_object(oss.GetObjectRequest(bucket="exports-hz", key=KEYS[0])).body.read()
    assert len(got) == head.content_length, got
    presigned = client.presign(oss.GetObjectRequest(bucket="exports-hz", key=KEYS[0]))
    assert urllib.request.urlopen(presigned.url).read() == got
    try:
        urllib.request.urlopen(presigned.url.replace("Nightly_m", "Nightly_x"))
    except urllib.error.HTTPError as error:
        assert error.code == 403, error
    else:
        raise AssertionError("a forged link was taken")

    missing = oss_refuses(404, "NoSuchKey", client.head_object, oss.HeadObjectRequest(bucket="exports-hz", key="x"))
    assert missing.ec == "0026-00000001", missing
    oss_refuses(404, "NoSuchBucket", client.get_bucket_info, oss.GetBucketInfoRequest(bucket="nowhere"))
    wrong = oss_client(SECRET + "x")
    oss_refuses(403, "SignatureDoesNotMatch", wrong.get_bucket_info, oss.GetBucketInfoRequest(bucket="exports-hz"))


def scopes(call):
    def asked(action, **parameters):
        return call(action, service="resourcemanager", **parameters)

    holder = {"PrincipalType": "ServiceRole", "PrincipalName": f"{ROLE}@role.1234567890123456.onaliyunservice.com"}
    group = {"PolicyType": "System", "PolicyName": "AdministratorAccess", "ResourceGroupId": "rg-acfm1", **holder}
    asked("AttachPolicy", **group)
    pages = [asked("ListPolicyAttachments", PageSize=1, PageNumber=number, **holder) for number in (1, 2)]
    held = [page["PolicyAttachments"]["PolicyAttachment"][0] for page in pages]
    assert [(entry["PolicyName"], entry["ResourceGroupId"]) for entry in held] == [
        (POLICY, "1234567890123456"), ("AdministratorAccess", "rg-acfm1")], held
    assert {page["TotalCount"] for page in pages} == {2}, pages
    assert all(entry["AttachDate"] and entry["PrincipalName"] == holder["PrincipalName"] for entry in held), held
    shown = call("ListPoliciesForRole", RoleName=ROLE)["Policies"]["Policy"]
    assert [policy["PolicyName"] for policy in shown] == [POLICY], shown
    call("DetachPolicyFromRole", RoleName=ROLE, PolicyType="System", PolicyName="AdministratorAccess",
         ResourceGroupId="rg-acfm1")
    refuses(404, "EntityNotExist.Role.Policy", asked, "DetachPolicy", **group)
    refuses(404, "EntityNotExists.ResourceGroup", asked, "AttachPolicy", **{**group, "ResourceGroupId": "group"})


def main():
    for title, algorithm in [("signature 3", None), ("signature 1.0", "v2")]:
        start = time.monotonic()
        call = newest(algorithm)
        ecs(call)
        scopes(call)
        print(f"ok: ECS and ResourceManager, {title} ({time.monotonic() - start:.2f} s)")
    start = time.monotonic()
    objects()
    print(f"ok: OSS, signature 4 ({time.monotonic() - start:.2f} s)")


if __name__ == "__main__":
    sys.exit(main())
