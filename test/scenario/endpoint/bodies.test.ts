import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/daemon.ts';
import { get } from '../../support/functions.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { Endpoints, MB, pathOf, type Seen } from './support.ts';

const endpoints = new Endpoints();
const { create, residentMb } = endpoints;

beforeAll(endpoints.start);
afterAll(endpoints.stop);

describe('large bodies', () => {
  test.runIf(process.platform === 'linux')(
    'of 50 MB pass both ways while the daemon stays small',
    async () => {
      const source = await create(`import { createHash } from 'node:crypto';
const part = Buffer.alloc(65_521, 'lambdock');
export default async function handler(req, res) {
  for (let sent = 0; sent < ${50 * MB}; sent += part.length)
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve));
  res.end();
}
`);
      await get(endpoints.mirror);
      await (await fetch(source)).arrayBuffer();
      const before = residentMb();
      let most = 0;
      const sampling = setInterval(() => {
        most = Math.max(most, residentMb());
      }, 20);
      onTestFinished(() => clearInterval(sampling));
      const body = Buffer.alloc(50 * MB, randomBytes(65_521));
      const uploaded = await fetch(endpoints.mirror, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body,
      });
      const seen = (await uploaded.json()) as Seen;
      expect([seen.length, seen.sha256]).toEqual([
        body.length,
        createHash('sha256').update(body).digest('hex'),
      ]);
      let received = 0;
      for await (const chunk of (await fetch(source)).body!) received += chunk.length;
      expect(received).toBeGreaterThanOrEqual(50 * MB);
      expect(most - before).toBeLessThan(48);
    },
  );

  test.runIf(process.platform === 'linux')('wait in the function when the client does not read', async () => {
    const endless = await create(`const part = Buffer.alloc(65_536);
let sent = 0;
export default async function handler(req, res) {
  if (req.url === '/sent') return res.send(String(sent));
  while (!res.destroyed) {
    sent += part.length;
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
  }
}
`);
    await get(`${endless}/sent`);
    const before = residentMb();
    using lazy = new RawConnection(endpoints.daemon.url);
    lazy.socket.pause();
    lazy.send(`GET ${pathOf(endless)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const amount = async () => Number((await get(`${endless}/sent`)).text);
    let last = -1;
    await eventually(async () => {
      const now = await amount();
      const stalled = now > 0 && now === last;
      last = now;
      await sleep(100);
      return stalled;
    });
    expect(last).toBeLessThan(32 * MB);
    expect(residentMb() - before).toBeLessThan(32);
  });

  test('may be left unread by the function, which answers at once', async () => {
    const rash = await create('export default (req, res) => res.status(413).send("no, thanks");');
    await get(rash);
    for (let round = 0; round < 5; round++) {
      const response = await fetch(rash, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.alloc(8 * MB),
      });
      expect([response.status, await response.text()]).toEqual([413, 'no, thanks']);
    }
    expect((await get(rash)).status).toBe(413);
  });

  test('are answered before they have arrived, where the function is quick', async () => {
    const quick = await create('export default (req, res) => { res.send("early"); };');
    await get(quick);
    using connection = new RawConnection(endpoints.daemon.url);
    connection.send(
      `POST ${pathOf(quick)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\nstart`,
    );
    expect((await connection.answer()).body).toBe('early');
  });
});
