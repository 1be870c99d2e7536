// Drives `../life/steps.json` with the official Node clients, and writes down what they made of each answer, as JSON
// lines.
//
// usage: SANDBOX_RECORD=FILE life.js

const fs = require('fs');
const path = require('path');
const assert = require('assert');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const $dara = require('@darabonba/typescript');

const PACKAGES = {
  ram: '@alicloud/ram20150501',
  sts: '@alicloud/sts20150401',
  ecs: '@alicloud/ecs20140526',
  resourcemanager: '@alicloud/resourcemanager20200331',
};
const ENDPOINT = new URL(process.env.EXPORT_IAM_ENDPOINT_RAM).host;
const KEY = [process.env.ALIBABA_CLOUD_ACCESS_KEY_ID, process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET].join(':');

const lowerFirst = (word) => word[0].toLowerCase() + word.slice(1);
const at = (answer, place) => place.split('.').reduce((value, part) => value[part], answer);

/** `$name` is a value that was kept, `$65` is a text of 65 letters. */
function filled(value, kept) {
  if (Array.isArray(value)) return value.map((item) => filled(item, kept));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, kept)]));
  }
  if (typeof value !== 'string' || !value.startsWith('$')) return value;
  return /^\$\d+$/.test(value) ? 'a'.repeat(Number(value.slice(1))) : kept[value.slice(1)];
}

class Life {
  constructor(record) {
    this.record = record;
    this.kept = {};
    this.clients = {};
  }

  client(service, key) {
    const parts = key.split(':').map((part) => filled(part, this.kept));
    const name = [service, ...parts].join(' ');
    const Client = require(PACKAGES[service]).default;
    this.clients[name] ??= new Client(new $OpenApiUtil.Config({
      accessKeyId: parts[0],
      accessKeySecret: parts[1],
      securityToken: parts[2],
      endpoint: ENDPOINT,
      protocol: 'http',
      regionId: 'cn-hangzhou',
    }));
    return this.clients[name];
  }

  /** The answer, or the refusal; what became of it is written down. */
  async ask(step) {
    const [service, action] = step.call.split('.');
    const Request = require(PACKAGES[service])[`${action}Request`];
    const given = filled(step.with ?? {}, this.kept);
    const request = Request ? [$dara.cast(given, new Request({}))] : [];
    try {
      const response = await this.client(service, step.key ?? KEY)[lowerFirst(action)](...request);
      const model = $dara.toMap(response.body);
      this.note(step, model.RequestId, { status: response.statusCode, model });
      return model;
    } catch (error) {
      if (!error.statusCode) throw error;
      this.note(step, error.data.RequestId, { status: error.statusCode, code: error.code });
      return `${error.statusCode} ${error.code}`;
    }
  }

  note(step, id, what) {
    fs.writeSync(this.record, `${JSON.stringify({ operation: step.call, id, ...what })}\n`);
  }

  async live(step) {
    const place = JSON.stringify(step);
    let answer = await this.ask(step);
    if (step.error) {
      assert.deepStrictEqual(answer, step.error, place);
      return;
    }
    assert(typeof answer === 'object', `${place}: ${answer}`);
    while (Object.entries(step.until ?? {}).some(([name, value]) => at(answer, name) !== value)) {
      // The sandbox's time runs on with each look.
      answer = await this.ask(step);
    }
    for (const [name, value] of Object.entries(step.is ?? {})) {
      assert.deepStrictEqual(at(answer, name), filled(value, this.kept), `${place}: ${name}`);
    }
    for (const [name, value] of Object.entries(step.keep ?? {})) this.kept[name] = at(answer, value);
  }
}

async function main() {
  const life = new Life(fs.openSync(process.env.SANDBOX_RECORD, 'w'));
  const steps = JSON.parse(fs.readFileSync(path.join(__dirname, '../life/steps.json'), 'utf8'));
  for (const step of steps) {
    // There is no Node package of the newer directory service.
    if (typeof step === 'object' && step.call.split('.')[0] in PACKAGES) await life.live(step);
  }
}

main();
