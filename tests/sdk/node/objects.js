// Reads buckets and objects with `ali-oss`, and writes down what it made of each answer, as JSON lines. The sandbox is
// seeded with `../life/state.json`.
//
// usage: SANDBOX_RECORD=FILE objects.js

const fs = require('fs');
const assert = require('assert');
const OSS = require('ali-oss');
const ecs = require('@alicloud/ecs20140526');
const { $OpenApiUtil } = require('@alicloud/openapi-core');

const ENDPOINT = new URL(process.env.EXPORT_IAM_ENDPOINT_OSS).host;
const KEY_ID = process.env.ALIBABA_CLOUD_ACCESS_KEY_ID;
const SECRET = process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET;
const KEYS = ['Nightly_m-app_data_xvdb.raw.tar.gz', 'Nightly_m-app_system.raw.tar.gz'];

/** Names that this client gives to elements, beside another letter case. */
const NAMES = { name: 'Key', days: 'RetentionPeriodInDays', location: 'LocationConstraint' };

const record = fs.openSync(process.env.SANDBOX_RECORD, 'w');

function client(bucket, options = {}) {
  return new OSS({
    accessKeyId: KEY_ID,
    accessKeySecret: SECRET,
    authorizationV4: true,
    region: 'oss-cn-hangzhou',
    endpoint: `http://${ENDPOINT}`,
    bucket,
    ...options,
  });
}

/** The names and values of an answer, whatever its depth. */
function held(value, name = '') {
  if (Array.isArray(value)) return value.flatMap((item) => held(item, name));
  if (value && typeof value === 'object') {
    return Object.entries(value).flatMap(([own, member]) => (own === 'res' ? [] : held(member, own)));
  }
  return value === null || value === undefined ? [] : [[NAMES[name] ?? name, String(value)]];
}

function note(operation, id, what) {
  fs.writeSync(record, `${JSON.stringify({ operation: `oss.${operation}`, id, ...what })}\n`);
}

async function ask(operation, answering) {
  const answer = await answering;
  note(operation, answer.res.headers['x-oss-request-id'], { status: answer.res.status, held: held(answer) });
  return answer;
}

async function refuses(error, operation, answering) {
  const refused = await answering.then(() => undefined, (raised) => raised);
  assert(refused, `${operation} was answered, not ${error}`);
  assert.strictEqual(`${refused.status} ${refused.code}`, error, `${operation}: ${refused}`);
  note(operation, refused.requestId, { status: refused.status, code: refused.code });
}

/** Has ECS write the two objects that are read. */
async function exportImage() {
  const client = new ecs.default(new $OpenApiUtil.Config({
    accessKeyId: KEY_ID,
    accessKeySecret: SECRET,
    endpoint: ENDPOINT,
    protocol: 'http',
    regionId: 'cn-hangzhou',
  }));
  const regionId = 'cn-hangzhou';
  const wanted = { regionId, imageId: 'm-app', OSSBucket: 'exports-hz', OSSPrefix: 'Nightly' };
  const { taskId } = (await client.exportImage(new ecs.ExportImageRequest(wanted))).body;
  const request = new ecs.DescribeTaskAttributeRequest({ regionId, taskId });
  // The sandbox's time runs on with each look.
  while ((await client.describeTaskAttribute(request)).body.taskStatus !== 'Finished');
}

async function buckets() {
  const own = client('exports-hz');
  const { bucket } = await ask('GetBucketInfo', own.getBucketInfo('exports-hz'));
  assert.strictEqual(bucket.Location, 'oss-cn-hangzhou');
  // A bucket's description may be asked for from anywhere.
  await ask('GetBucketInfo', own.getBucketInfo('exports-bj'));
  await ask('GetBucketInfo', own.getBucketInfo('encrypted-hz'));
  await ask('GetBucketLocation', own.getBucketLocation('exports-hz'));
  await refuses('403 AccessDenied', 'GetBucketLocation', own.getBucketLocation('exports-bj'));
  const { policy, res } = await own.getBucketPolicy('denied-hz');
  note('GetBucketPolicy', res.headers['x-oss-request-id'], { status: res.status, model: policy });
  await ask('GetBucketWorm', own.getBucketWorm('locked-hz'));
  await refuses('404 NoSuchWORMConfiguration', 'GetBucketWorm', own.getBucketWorm('exports-hz'));
  await refuses('404 NoSuchBucket', 'GetBucketInfo', own.getBucketInfo('nowhere'));
  const others = [
    ['403 SignatureDoesNotMatch', { accessKeySecret: `${SECRET}x` }],
    ['403 InvalidAccessKeyId', { accessKeyId: 'nobody' }],
    ['403 AccessDenied', { accessKeyId: 'key-narrow', accessKeySecret: 'secret' }],
  ];
  for (const [error, options] of others) {
    await refuses(error, 'GetBucketInfo', client('exports-hz', options).getBucketInfo('exports-hz'));
  }
}

async function objects() {
  const own = client('exports-hz');
  const seen = [];
  let token;
  do {
    const wanted = { prefix: 'Nightly_m-app_', 'max-keys': 1, 'continuation-token': token };
    const page = await ask('ListObjectsV2', own.listV2(wanted));
    seen.push(...page.objects.map((object) => object.name));
    token = page.nextContinuationToken;
  } while (token);
  assert.deepStrictEqual(seen, KEYS);
  await refuses('400 InvalidArgument', 'ListObjectsV2', own.listV2({ 'max-keys': 1001 }));
  const head = await ask('HeadObject', own.head(KEYS[0]));
  const got = await own.get(KEYS[0]);
  note('GetObject', got.res.headers['x-oss-request-id'], { status: got.res.status });
  assert.strictEqual(String(got.content.length), head.res.headers['content-length']);
  await refuses('404 NoSuchKey', 'HeadObject', own.head('x'));
  await refuses('404 NoSuchKey', 'GetObject', own.get('x'));
  await refuses('403 InvalidObjectState', 'GetObject', client('archive-hz').get('m-archived_system.raw.tar.gz'));
  // A link names its bucket in the path here, since an address has no names below it.
  const link = await client('exports-hz', { sldEnable: true }).signatureUrlV4('GET', 600, undefined, KEYS[0]);
  assert.deepStrictEqual(Buffer.from(await (await fetch(link)).arrayBuffer()), got.content);
  assert.strictEqual((await fetch(link.replace('Nightly_m', 'Nightly_x'))).status, 403);
}

exportImage().then(buckets).then(objects);
