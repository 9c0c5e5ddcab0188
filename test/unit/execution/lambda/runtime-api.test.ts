import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionVersion } from '../../../../src/execution/function-host.ts';
import { Gate, invocation, TestHost, value } from './support.ts';

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start();
});
afterAll(() => test[Symbol.asyncDispose]());

/** The answers that a program of `body` gets: it pushes them to `seen`, and answers with them. */
async function seen(body: string, over: Partial<FunctionVersion> = {}): Promise<unknown> {
  const fn = test.program(`const seen = []; ${body}`, { name: 'seen', ...over });
  return value(await test.invoke(fn, {}, { requestId: '11111111-2222-3333-4444-555555555555' }));
}

describe('the Runtime API', () => {
  it('gives the event with headers as AWS spells them', async () => {
    const fn = test.program('await serve((event, headers) => headers);');
    const headers = value(
      await test.invoke(
        fn,
        {},
        {
          requestId: '11111111-2222-3333-4444-555555555555',
          invokedFunctionArn: `${fn.functionArn}:prod`,
          clientContext: '{"client":{"app_title":"ä\r\nX: y"}}',
          traceHeader: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
        },
      ),
    ) as Record<string, string>;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': '11111111-2222-3333-4444-555555555555',
      'lambda-runtime-invoked-function-arn': `${fn.functionArn}:prod`,
      'lambda-runtime-trace-id': expect.stringMatching(
        /^Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1;Lineage=/,
      ),
    });
    expect(Buffer.from(headers['lambda-runtime-client-context']!, 'latin1').toString()).toBe(
      '{"client":{"app_title":"ä X: y"}}',
    );
    expect(Number(headers['lambda-runtime-deadline-ms']) - Date.now()).toBeLessThanOrEqual(fn.timeout);
  });

  it('answers a response with the next event, for a runtime that asks for both at once', async () => {
    const body = `
      let { id, event } = await next();
      for (;;) {
        const path = api + '/invocation/' + id + '/response';
        const both = await call('POST', path, JSON.stringify([event, seen.length]), { 'Lambdock-And-Next': '1' });
        seen.push(both.status);
        id = both.headers['lambda-runtime-aws-request-id'];
        event = JSON.parse(both.text);
        if (event === 'all') break;
      }
      await respond(id, seen);
      await next();`;
    const fn = test.program(`const seen = []; ${body}`, { name: 'both' });
    expect(value(await test.invoke(fn, 'a'))).toEqual(['a', 0]);
    await test.idle();
    expect(value(await test.invoke(fn, 'b'))).toEqual(['b', 1]);
    await test.idle();
    expect(value(await test.invoke(fn, 'all'))).toEqual([200, 200]);
    expect(test.host.state().byFunction.get(fn.functionArn)).toMatchObject({ environments: 1 });
  });

  it('refuses another request id, a second answer and a next before the answer', async () => {
    const body = `
      const first = await next();
      const keep = async (name, call) => { const { status, text } = await call; seen.push([name, status, JSON.parse(text)]); };
      await keep('unknown', call('POST', api + '/invocation/nobody/response', '1'));
      await keep('next', call('GET', api + '/invocation/next'));
      await keep('init error', call('POST', api + '/init/error', '{}'));
      await keep('answer', respond(first.id, 1));
      await keep('again', respond(first.id, 2));
      await keep('error', call('POST', api + '/invocation/' + first.id + '/error', '{}'));
      const second = await next();
      await respond(second.id, seen);
      await next();`;
    const fn = test.program(`const seen = []; ${body}`, { name: 'order' });
    expect(value(await test.invoke(fn))).toBe(1);
    await test.idle();
    const refused = (from: string, to: string) => ({
      errorType: 'InvalidStateTransition',
      errorMessage: `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
    });
    expect(value(await test.invoke(fn))).toEqual([
      ['unknown', 400, { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' }],
      ['next', 403, refused('Running', 'Ready')],
      ['init error', 403, refused('Running', 'InitError')],
      ['answer', 202, { status: 'OK' }],
      ['again', 403, refused('RuntimeResponseSentState', 'InvocationResponse')],
      ['error', 403, refused('RuntimeResponseSentState', 'InvocationErrorResponse')],
    ]);
  });

  it('takes an answer of 6 MB and a bit, and refuses a larger one', async () => {
    const body = `
      for (;;) {
        const { id, event } = await next();
        const { status, text } = await call('POST', api + '/invocation/' + id + '/response', Buffer.alloc(event.size, 'a'));
        console.log(status, text);
      }`;
    const fn = test.program(body, { name: 'large' });
    const fits = await test.invoke(fn, { size: 6_291_556 });
    expect(fits.payload.length).toBe(6_291_556);
    const large = await test.invoke(fn, { size: 6_291_557 });
    expect(large.functionError).toBe('Unhandled');
    expect(value(large)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect((await test.invoke(fn, { size: 2 })).functionError).toBeUndefined();
    await test.log(
      /413 {"errorMessage":"Exceeded maximum allowed payload size \(6291556 bytes\)\.","errorType":"RequestEntityTooLarge"}/,
    );
  });

  it('takes chunked answers, and sends 100 Continue to who waits for it', async () => {
    const body = `
      const { id } = await next();
      const path = api + '/invocation/' + id + '/response';
      const req = http.request({ host, port, method: 'POST', path, agent, headers: { expect: '100-continue', 'transfer-encoding': 'chunked' } });
      req.on('continue', () => { req.write('{"a"'); setTimeout(() => { req.write(':1'); req.end('}'); }, 20); });
      await new Promise((resolve) => req.on('response', (res) => { res.resume(); res.on('end', resolve); }));
      await next();`;
    expect(await seen(body, { name: 'chunked' })).toEqual({ a: 1 });
  });

  it('answers a wrong path or method, and refuses web pages', async () => {
    const body = `
      for (const [method, path, headers] of [
        ['GET', '/2018-06-01/nothing', {}], ['POST', api + '/invocation/next', {}],
        ['GET', api + '/invocation/next', { origin: 'https://evil.example' }],
        ['GET', api + '/invocation/next', { host: 'evil.example' }],
      ]) seen.push((await call(method, path, undefined, headers)).status);
      await serve(() => seen);`;
    expect(await seen(body, { name: 'paths' })).toEqual([404, 405, 403, 403]);
  });

  it('goes on where a runtime connects anew for its next event', async () => {
    const body = `
      await respond((await next()).id, 'first');
      const waiting = http.request({ host, port, path: api + '/invocation/next' });
      waiting.on('error', () => {});
      waiting.on('close', () => console.log('gone'));
      waiting.end();
      setTimeout(() => waiting.destroy(), 100);
      while (!require('node:fs').existsSync(process.env.GATE + '/open')) await new Promise((r) => setTimeout(r, 5));
      await serve(() => 'second');`;
    using gate = new Gate();
    const fn = test.program(body, { name: 'anew', environment: { GATE: gate.folder } });
    expect(value(await test.invoke(fn))).toBe('first');
    await test.idle();
    await test.log(/gone/, '/aws/lambda/anew');
    const second = test.invoke(fn);
    gate.open();
    expect(value(await second)).toBe('second');
  });
});

describe('a streamed answer', () => {
  const stream = (rest: string) => `
    for (;;) {
      const { id, event } = await next();
      const req = http.request({ host, port, method: 'POST', path: api + '/invocation/' + id + '/response', agent, headers: {
        'Lambda-Runtime-Function-Response-Mode': 'streaming', 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/vnd.awslambda.http-integration-response',
        Trailer: ['Lambda-Runtime-Function-Error-Type', 'Lambda-Runtime-Function-Error-Body'] } });
      const done = new Promise((resolve) => req.on('response', (res) => { res.resume(); res.on('end', resolve); }));
      ${rest}
      await done;
    }`;

  it('reaches its caller while the function still writes', async () => {
    using gate = new Gate();
    const fn = test.program(
      stream(
        "req.write('one'); while (!require('node:fs').existsSync(process.env.GATE + '/open')) await new Promise((r) => setTimeout(r, 5)); req.write('two'); req.end();",
      ),
      { name: 'stream', environment: { GATE: gate.folder } },
    );
    const { contentType, body, end } = await test.host.invokeStreaming(fn, invocation(fn));
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response');
    const parts: string[] = [];
    for await (const part of body) {
      parts.push(String(part));
      gate.open();
    }
    expect(parts).toEqual(['one', 'two']);
    expect(await end).toEqual({ logTail: expect.anything() });
    const whole = await test.invoke(fn);
    expect(String(whole.payload)).toBe('onetwo');
  });

  it('tells an error behind its last bytes', async () => {
    const fn = test.program(
      stream(`req.write('one'); req.addTrailers({ 'Lambda-Runtime-Function-Error-Type': 'Oops',
        'Lambda-Runtime-Function-Error-Body': Buffer.from('{"errorType":"Oops","errorMessage":"late"}').toString('base64') }); req.end();`),
      { name: 'late' },
    );
    const { body, end } = await test.host.invokeStreaming(fn, invocation(fn));
    let text = '';
    for await (const part of body) text += part;
    expect(text).toBe('one');
    expect(await end).toMatchObject({
      errorCode: 'Oops',
      errorDetails: '{"errorType":"Oops","errorMessage":"late"}',
    });
    const whole = await test.invoke(fn);
    expect(whole.functionError).toBe('Unhandled');
    expect(value(whole)).toEqual({ errorType: 'Oops', errorMessage: 'late' });
  });

  it('holds up a function whose caller reads slowly', async () => {
    const fn = test.program(
      stream(`let sent = 0; const part = Buffer.alloc(65536);
        while (sent < 400) { sent++; if (!req.write(part)) { const timer = setTimeout(() => console.log('stalled'), 200); await new Promise((r) => req.once('drain', r)); clearTimeout(timer); } }
        req.end();`),
      { name: 'slow' },
    );
    const { body } = await test.host.invokeStreaming(fn, invocation(fn));
    await test.log(/stalled/, '/aws/lambda/slow');
    let size = 0;
    for await (const part of body) size += (part as Buffer).length;
    expect(size).toBe(400 * 65_536);
  });

  it('of a function that answers in one piece is that piece', async () => {
    const fn = test.program('await serve(() => ({ whole: true }));', { name: 'whole' });
    const { body, end } = await test.host.invokeStreaming(fn, invocation(fn));
    let text = '';
    for await (const part of body) text += part;
    expect(text).toBe('{"whole":true}');
    expect((await end).errorCode).toBeUndefined();
  });

  it('of a function that fails at once is an error without bytes', async () => {
    const fn = test.program("await serve(() => { throw new TypeError('no'); });", { name: 'fails' });
    const { body, end } = await test.host.invokeStreaming(fn, invocation(fn));
    for await (const _ of body) throw new Error('there are bytes');
    expect(await end).toMatchObject({
      errorCode: 'Unhandled',
      errorDetails: '{"errorMessage":"no","errorType":"TypeError"}',
    });
  });
});
