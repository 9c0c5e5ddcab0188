import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { bootstrap, TestHost, value } from './support.ts';

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start();
});
afterAll(() => test[Symbol.asyncDispose]());

const EXTENSION = `
  const events = JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] });
  const registered = await call('POST', '/2020-01-01/extension/register', events, { 'Lambda-Extension-Name': 'watcher' });
  console.log('registered', registered.status, registered.text);
  const headers = { 'Lambda-Extension-Identifier': registered.headers['lambda-extension-identifier'] };
  for (;;) {
    const { text } = await call('GET', '/2020-01-01/extension/event/next', undefined, headers);
    const event = JSON.parse(text);
    console.log('event', event.eventType, event.requestId ?? event.shutdownReason, typeof event.deadlineMs, event.tracing?.type);
    if (event.eventType === 'SHUTDOWN') process.exit(0);
  }`;

function layer(files: Record<string, string>, of = test) {
  const entries = Object.entries(files).map(([name, body]) => [
    `extensions/${name}`,
    { content: bootstrap(body), mode: 0o755 },
  ]);
  return of.package(Object.fromEntries(entries));
}

describe('an external extension', () => {
  it('is started before the runtime, told of invocations and of the end', async () => {
    const fn = test.program("console.log('runtime starts'); await serve(() => 'ok');", {
      name: 'extended',
      layers: [layer({ watcher: EXTENSION })],
    });
    const requestId = '11111111-2222-3333-4444-555555555555';
    expect(value(await test.invoke(fn, {}, { requestId }))).toBe('ok');
    test.host.retire(fn.functionArn);
    const log = await test.log(/event SHUTDOWN/, '/aws/lambda/extended');
    const order = [
      'EXTENSION\tName: watcher\tState: Registered\tEvents: [INVOKE, SHUTDOWN]\n',
      'registered 200 {"functionName":"extended","functionVersion":"$LATEST","handler":"index.handler"}\n',
      'runtime starts\n',
      'START RequestId',
      `event INVOKE ${requestId} number X-Amzn-Trace-Id\n`,
      'event SHUTDOWN spindown number undefined\n',
    ].map((text) => log.indexOf(text));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order[2]).toBeGreaterThan(order[0]!);
    expect(order[5]).toBeGreaterThan(order[4]!);
  });

  it('holds up the next invocation until it is done with the last one', async () => {
    // Time stands still, so that the invocation is not tired of waiting and has an environment of its own.
    const clock = new ManualClock();
    await using test = await TestHost.start({ clock });
    const slow = EXTENSION.replace(
      'if (event.eventType',
      "await new Promise((r) => setTimeout(r, 40)); console.log('ext done'); if (event.eventType",
    );
    const fn = test.program("await serve(() => { console.log('run'); return 1; });", {
      name: 'slow-extension',
      layers: [layer({ watcher: slow }, test)],
    });
    await test.invoke(fn);
    await test.invoke(fn);
    await clock.advance(1);
    const lines = test.logged.map(({ message }) => message);
    expect(lines.filter((text) => text === 'run\n')).toHaveLength(2);
    expect(lines.lastIndexOf('run\n')).toBeGreaterThan(lines.indexOf('ext done\n'));
    expect(lines).toContain('ext done\n');
    expect(test.host.state().byFunction.get(fn.functionArn)?.environments).toBe(1);
  });

  it('that ends during init fails it with Extension.Crash', async () => {
    const fn = test.program('await serve(() => 1);', {
      name: 'crash',
      layers: [layer({ watcher: 'process.exit(1)' })],
    });
    const outcome = await test.invoke(fn, {}, { requestId: 'abc' });
    expect(value(outcome)).toEqual({
      errorType: 'Extension.Crash',
      errorMessage: 'RequestId: abc Error: exit code 1',
    });
  });

  it('is refused what it may not do', async () => {
    const body = `
      const seen = [];
      const keep = async (path, method, body, headers) => { const { status, text } = await call(method, path, body, headers); seen.push([status, JSON.parse(text).errorType]); };
      const root = '/2020-01-01/extension';
      await keep(root + '/register', 'POST', '{"events":[]}', {});
      await keep(root + '/register', 'POST', '{"events":["NEVER"]}', { 'Lambda-Extension-Name': 'inner' });
      await keep(root + '/register', 'POST', 'x', { 'Lambda-Extension-Name': 'inner' });
      await keep(root + '/register', 'POST', '{"events":["SHUTDOWN"]}', { 'Lambda-Extension-Name': 'inner' });
      await keep(root + '/event/next', 'GET');
      await keep(root + '/event/next', 'GET', undefined, { 'Lambda-Extension-Identifier': 'nobody' });
      const { status, headers } = await call('POST', root + '/register', '{"events":["INVOKE"]}', { 'Lambda-Extension-Name': 'inner' });
      seen.push([status]);
      const id = { 'Lambda-Extension-Identifier': headers['lambda-extension-identifier'] };
      await keep('/2022-07-01/telemetry', 'PUT', '{}', id);
      await keep(root + '/exit/error', 'POST', '{}', id);
      (async () => { for (;;) await call('GET', root + '/event/next', undefined, id); })();
      await serve(() => seen);`;
    const fn = test.program(body, { name: 'refused' });
    expect(value(await test.invoke(fn))).toEqual([
      [403, 'Extension.InvalidExtensionName'],
      [403, 'Extension.InvalidEventType'],
      [400, 'InvalidRequestFormat'],
      [403, 'Extension.InvalidEventType'],
      [403, 'Extension.MissingHeader'],
      [403, 'Extension.UnknownExtensionIdentifier'],
      [200],
      [400, 'ValidationError'],
      [403, 'Extension.MissingHeader'],
    ]);
  });
});

describe('telemetry', () => {
  it('is delivered to who subscribed, platform events and output alike', async () => {
    const extension = `
      const server = http.createServer((req, res) => { let body = ''; req.on('data', (part) => { body += part; }); req.on('end', () => { for (const one of JSON.parse(body)) console.log('received ' + JSON.stringify(one)); res.end(); }); });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const registered = await call('POST', '/2020-01-01/extension/register', '{"events":["INVOKE","SHUTDOWN"]}', { 'Lambda-Extension-Name': 'telemetry' });
      const headers = { 'Lambda-Extension-Identifier': registered.headers['lambda-extension-identifier'] };
      const subscription = { schemaVersion: '2022-12-13', types: ['platform', 'function'], buffering: { timeoutMs: 25 },
        destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:' + server.address().port } };
      const answer = await call('PUT', '/2022-07-01/telemetry', JSON.stringify(subscription), headers);
      console.log('subscribed', answer.status, answer.text);
      for (;;) await call('GET', '/2020-01-01/extension/event/next', undefined, headers);`;
    const fn = test.program("await serve(() => { console.log('hello'); return 1; });", {
      name: 'telemetry',
      layers: [layer({ telemetry: extension })],
    });
    await test.invoke(fn, {}, { requestId: 'abc' });
    const log = await test.log(/received .*"platform.report"/, '/aws/lambda/telemetry');
    expect(log).toContain('subscribed 200 OK\n');
    expect(log).toContain('TELEMETRY\tName: telemetry\tState: Subscribed\tTypes: [platform, function]\n');
    const received = [...log.matchAll(/received (.*)\n/g)].map(
      ([, event]) => JSON.parse(event!) as { type: string; record: unknown },
    );
    const types = received.map(({ type }) => type);
    expect(types).toEqual([
      'platform.telemetrySubscription',
      'platform.initRuntimeDone',
      'platform.initReport',
      'platform.start',
      'function',
      'platform.runtimeDone',
      'platform.report',
    ]);
    expect(received[4]!.record).toBe('hello');
    expect(received[6]!.record).toMatchObject({
      requestId: 'abc',
      status: 'success',
      metrics: { billedDurationMs: expect.any(Number), memorySizeMB: 256 },
    });
  });
});
