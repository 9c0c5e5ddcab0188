import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../../support/functions.ts';
import { Endpoints, MB, pathOf } from './support.ts';

const endpoints = new Endpoints();
const { create } = endpoints;

const impatient = new Endpoints('2s');

beforeAll(() => Promise.all([endpoints.start(), impatient.start()]));
afterAll(() => Promise.all([endpoints.stop(), impatient.stop()]));

describe('streams', () => {
  test('of events pass as they are written', async () => {
    const events = await create(`export default function handler(req, res) {
  res.set('content-type', 'text/event-stream');
  res.flushHeaders();
  let n = 0;
  const timer = setInterval(() => res.write('data: ' + n++ + '\\n\\n'), 50);
  req.on('close', () => clearInterval(timer));
}
`);
    const leaving = new AbortController();
    const response = await fetch(events, { signal: leaving.signal });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    let received = '';
    for await (const part of response.body!) {
      received += Buffer.from(part).toString();
      if (received.includes('data: 2\n\n')) break;
    }
    leaving.abort();
    expect(received).toMatch(/^data: 0\n\ndata: 1\n\ndata: 2\n\n/);
  });

  test('may last longer than an answer may take to begin', async () => {
    const long = await impatient.create(
      'export default (req, res) => { res.write("a"); setTimeout(() => res.end("b"), 2_500); };',
    );
    expect(await get(long)).toEqual({ status: 200, text: 'ab' });
  });

  test('of web sockets carry text and bytes both ways and close on both sides', async () => {
    // The function's own copy of `ws`, as it would have in its node_modules.
    const ws = createRequire(import.meta.url).resolve('ws');
    using source = sourceFolder({
      'handler.mjs': `import { createRequire } from 'node:module';
const { WebSocketServer } = createRequire(import.meta.url)(${JSON.stringify(ws)});
const sockets = new WebSocketServer({ noServer: true });
let open = 0;
export default (req, res) => res.send(String(open));
export function upgrade(req, socket, head) {
  sockets.handleUpgrade(req, socket, head, (connection) => {
    open++;
    connection.on('close', () => open--);
    connection.send(req.url + ' ' + req.headers['x-forwarded-prefix']);
    connection.on('message', (data, binary) => connection.send(data, { binary }));
  });
}
`,
    });
    const { endpoint } = await link(endpoints.daemon.url, source.path);
    const socket = new WebSocket(`${endpoint.replace('http', 'ws')}/room?x=1`);
    const inbox: (string | Buffer)[] = [];
    socket.on('message', (data: Buffer, binary) => inbox.push(binary ? data : data.toString()));
    await once(socket, 'open');
    await eventually(() => inbox[0] === `/room?x=1 ${pathOf(endpoint)}`);
    const large = randomBytes(2 * MB);
    socket.send('hällo');
    socket.send(large);
    await eventually(() => inbox.length === 3);
    expect(inbox[1]).toBe('hällo');
    expect(large.equals(inbox[2] as Buffer)).toBe(true);
    expect((await get(endpoint)).text).toBe('1');
    socket.close(4000, 'bye');
    expect(await once(socket, 'close')).toEqual([4000, Buffer.from('bye')]);
    await eventually(async () => (await get(endpoint)).text === '0');
    // One that just vanishes is noticed, too.
    const vanishing = new WebSocket(endpoint.replace('http', 'ws'));
    await once(vanishing, 'open');
    vanishing.terminate();
    await eventually(async () => (await get(endpoint)).text === '0');
  });

  test('to a function without web sockets, or to none, are refused as any request is', async () => {
    const refusal = async (endpoint: string) => {
      const socket = new WebSocket(endpoint.replace('http', 'ws'));
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      socket.on('error', () => {}).terminate();
      return response.statusCode;
    };
    expect(await refusal(`${endpoints.daemon.url}/endpoint/${'0'.repeat(24)}`)).toBe(404);
    expect(await refusal(await create('throw new Error("broken")'))).toBe(502);
    expect(await refusal(await create(answering('no sockets here')))).toBe(200);
  });
});
