import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createFunction, eventually, startDaemon } from '../../support/daemon.ts';
import { answering, get } from '../../support/functions.ts';
import { descendants } from '../../support/processes.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { Endpoints, pathOf } from './support.ts';

const endpoints = new Endpoints();
const { create } = endpoints;

/** For functions that do not answer. */
const impatient = new Endpoints('2s');

beforeAll(() => Promise.all([endpoints.start(), impatient.start()]));
afterAll(() => Promise.all([endpoints.stop(), impatient.stop()]));

describe('an endpoint without an answer says why', () => {
  test.each([
    ['404 for an unknown function', 404, () => `${endpoints.daemon.url}/endpoint/${'0'.repeat(24)}`],
    ['502 for code that does not load', 502, () => create('throw new Error("at the top");')],
    ['502 for a process that ends', 502, () => create('export default () => process.exit(3);')],
    ['504 for a function that does not answer', 504, () => impatient.create('export default () => {};')],
  ])('%s, in JSON, and a HEAD the same without a body', async (_what, status, make) => {
    const endpoint = await make();
    const response = await fetch(endpoint);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
    using connection = new RawConnection(endpoint);
    connection.send(`HEAD ${pathOf(endpoint)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const head = await connection.answer({ bodiless: true });
    await connection.closed;
    expect([head.status, connection.received]).toEqual([status, '']);
    expect(head.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('503 and when to come back while it crashes again and again', async () => {
    const crashing = await create(
      'export default (req, res) => { if (req.method === "POST") process.exit(1); res.send("up"); };',
    );
    const unavailable = await eventually(async () => {
      const response = await fetch(crashing, { method: 'POST' });
      await response.clone().arrayBuffer();
      return response.status === 503 && response;
    });
    expect(Number(unavailable.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await unavailable.json()).toEqual({ error: expect.stringMatching(/crashing.*exit code 1/) });
    await eventually(async () => (await get(crashing)).text === 'up');
  });

  test('504 when the function hangs, which is then ended, said to have hung, and replaced', async () => {
    const looping = await impatient.create(
      'export default (req, res) => { if (req.method === "POST") for (;;); res.send("up"); };',
    );
    await eventually(async () => (await get(looping)).text === 'up');
    expect((await fetch(looping, { method: 'POST' })).status).toBe(504);
    // One that comes before this is found out shares the fate of the first.
    await eventually(async () => (await get(looping)).text === 'up');
    const status = await fetch(`${looping.replace('endpoint', 'lambda')}/status`);
    expect(await status.json()).toMatchObject({
      state: 'ready',
      lastError: { message: expect.stringMatching(/did not respond.*loop/) },
    });
  });
});

test('requests that come while a function starts are all held and answered', async () => {
  const starting = await create(
    `await new Promise((resolve) => setTimeout(resolve, 500));\n${answering('ready')}`,
  );
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(starting)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 ready']));
});

test('200 requests at once reach one function, each with its own answer', async () => {
  const gathering = await create(`let waiting = [];
export default function handler(req, res) {
  waiting.push(() => res.send(req.url));
  if (waiting.length < 200) return;
  for (const answer of waiting) answer();
  waiting = [];
}
`);
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  onTestFinished(() => agent.destroy());
  const call = (index: number) =>
    new Promise<string>((resolve, reject) => {
      request(`${gathering}/${index}`, { agent }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(`${response.statusCode} ${text}`);
      })
        .on('error', reject)
        .end();
    });
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => call(index)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => `200 /${index}`));
  }
  expect(descendants(endpoints.daemon.pid).length).toBeGreaterThan(0);
});

test('when the daemon stops, event streams and web sockets do not hold it up', async () => {
  await using other = await startDaemon();
  const id = await createFunction(other.url, {
    code: `export default (req, res) => { res.set('content-type', 'text/event-stream'); res.write('data: 1\\n\\n'); };
export const upgrade = (req, socket) => { socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'); };
`,
  });
  using stream = new RawConnection(other.url);
  stream.send(`GET /endpoint/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await stream.until((received) => (received.includes('data: 1') ? true : undefined));
  using socket = new RawConnection(other.url);
  socket.send(
    `GET /endpoint/${id} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await socket.until((received) => (received.includes(' 101 ') ? true : undefined));
  using journal = new RawConnection(other.url);
  journal.send('GET /_lambdock/journal HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await journal.until((received) => (received.includes('daemon.started') ? true : undefined));
  const begun = performance.now();
  expect(await other.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(9_500); // sooner than requests are given up
});
