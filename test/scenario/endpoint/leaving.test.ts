import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../../support/functions.ts';
import { isAlive } from '../../support/processes.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { Endpoints, pathOf } from './support.ts';

const endpoints = new Endpoints();
const { create } = endpoints;

beforeAll(endpoints.start);
afterAll(endpoints.stop);

describe('a client that leaves', () => {
  test('frees the old process after a reload', async () => {
    using source = sourceFolder({
      'handler.mjs':
        'export default (req, res) => { if (req.url === "/pid") res.send(String(process.pid)); else res.write("begun"); };\n',
    });
    const { endpoint } = await link(endpoints.daemon.url, source.path);
    const old = Number((await get(`${endpoint}/pid`)).text);
    const leaving = new AbortController();
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await fetch(endpoint, { signal: leaving.signal });
        await response.body!.getReader().read();
      }),
    );
    writeFileSync(source.file('handler.mjs'), answering('new'));
    await eventually(async () => (await get(endpoint)).text === 'new');
    expect(isAlive(old)).toBe(true);
    leaving.abort();
    await eventually(() => !isAlive(old));
  });

  test('while its function starts is not waited for', async () => {
    const slow = await create(
      `await new Promise((resolve) => setTimeout(resolve, 700));\n${answering('late')}`,
    );
    const connections = Array.from({ length: 20 }, () => new RawConnection(endpoints.daemon.url));
    for (const connection of connections) {
      connection.send(`GET ${pathOf(slow)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    }
    await sleep(100);
    for (const connection of connections) connection[Symbol.dispose]();
    expect(await get(slow)).toEqual({ status: 200, text: 'late' });
  });

  test('in the middle of its body ends the function’s request', async () => {
    const counting = await create(`let begun = 0;
let aborted = 0;
export default function handler(req, res) {
  if (req.method === 'GET') return res.send(begun + ' begun, ' + aborted + ' aborted');
  begun++;
  req.on('aborted', () => aborted++).resume();
}
`);
    expect((await get(counting)).text).toBe('0 begun, 0 aborted');
    using connection = new RawConnection(endpoints.daemon.url);
    connection.send(
      `POST ${pathOf(counting)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: x/y\r\nContent-Length: 100\r\n\r\nhalf`,
    );
    await eventually(async () => (await get(counting)).text === '1 begun, 0 aborted');
    connection.socket.resetAndDestroy();
    await eventually(async () => (await get(counting)).text === '1 begun, 1 aborted');
  });
});
