import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawConnection } from '../../support/raw-http.ts';
import { Victim } from './support.ts';

const victim = new Victim();
const { expectAlive } = victim;

beforeAll(victim.start);
afterAll(victim.stop);

describe('whatever is sent', () => {
  const CONTRACT = [200, 400, 404, 405, 409, 413];

  test('as random bytes, the daemon lives and answers the next', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'POST /lambda HTTP/1.1\r\n',
        `GET /endpoint/${'0'.repeat(24)} HTTP/1.1\r\n`,
        'Host: localhost\r\n',
        'Content-Length: 5\r\n',
        'Content-Length: -5\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Connection: Upgrade\r\nUpgrade: websocket\r\n',
        'Connection: Upgrade\r\nUpgrade: h2c\r\n',
        'Expect: 100-continue\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'CONNECT localhost:22 HTTP/1.1\r\n',
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        '\r\n',
        '\r\n\r\n',
        'ffffffff\r\n',
        '0\r\n\r\n',
      ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
        using connection = new RawConnection(victim.daemon.url);
        for (const text of pieces) connection.send(text);
        await Promise.race([connection.closed, sleep(15)]);
        expect(connection.received).not.toMatch(/HTTP\/1\.1 5(?!05)/);
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });

  test('as JSON, is taken or refused as the contract says', async () => {
    const word = fc.constantFrom(
      'title',
      'name',
      'runtime',
      'version',
      'code',
      'file',
      'id',
      '__proto__',
      'constructor',
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('node', '20', 'x', '', '../../x', '\0', '\ud800', 'a'.repeat(300), 'python', '3.12'),
      fc.string({ unit: 'binary' }),
    );
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }).map((any) => JSON.stringify(any)),
      fc.array(fc.tuple(word, value), { maxLength: 8 }).map((pairs) => {
        const members = pairs.map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`);
        return `{${members.join(',')}}`;
      }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.nat({ max: 100_000 }).map((depth) => '['.repeat(depth)),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('POST', 'PATCH'),
        fc.constantFrom('/lambda', '/_lambdock/link'),
        send,
      ),
      { numRuns: 150 },
    );
    await expectAlive();

    async function send(text: string, method: string, path: string): Promise<void> {
      const response = await fetch(victim.daemon.url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      expect(CONTRACT).toContain(response.status);
      const answer: unknown = await response.json();
      if (response.status !== 200) expect(answer).toEqual({ error: expect.any(String) });
    }
  });

  test('as a form, is taken or refused as the contract says', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--b\r\n',
        '--b--\r\n',
        '--b--',
        '\r\n',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="title"\r\n\r\n',
        'Content-Disposition: form-data; name="code"; filename="../../x"\r\n\r\n',
        'Content-Disposition: form-data; name="runtime"\r\n\r\nnode\r\n',
        'Content-Disposition: form-data; name="version"\r\n\r\n20\r\n',
        "Content-Disposition: form-data; name*=utf-8''x\r\n\r\n",
        'Content-Disposition: attachment\r\n\r\n',
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'hello\r\n',
      ),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const type = fc.constantFrom(
      'multipart/form-data; boundary=b',
      'multipart/form-data; boundary="b"',
      'multipart/form-data; boundary=',
      'multipart/form-data',
      `multipart/form-data; boundary=${'b'.repeat(300)}`,
      'multipart/form-data; boundary=b; boundary=c',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), type, async (pieces, contentType) => {
        const response = await fetch(`${victim.daemon.url}/lambda`, {
          method: 'POST',
          headers: { 'content-type': contentType },
          body: Buffer.from(pieces.join(''), 'latin1'),
        });
        expect(CONTRACT).toContain(response.status);
        await response.json();
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });

  test('as a path and query, finds something or does not', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'lambda',
        'list',
        'status',
        'logs',
        'endpoint',
        '_lambdock',
        'journal',
        '..',
        '%2e%2e',
        '%00',
        '%ff',
        '%',
        '',
      ),
      fc.constantFrom(
        '0'.repeat(24),
        'constructor',
        '__proto__',
        '*',
        '\\',
        ';x',
        '%E0%A4%A',
        'aws-lambda-clone',
      ),
      fc.webFragments(),
    );
    const query = fc.array(
      fc.tuple(
        fc.constantFrom(
          'id',
          'limit',
          'page',
          'sort',
          'asc',
          'since',
          'tail',
          'X-Amz-Signature',
          'X-Amz-Date',
          '__proto__',
          'id[]',
        ),
        fc.oneof(fc.constantFrom('1', '-1', '1e9', 'NaN', '0'.repeat(24), 'true', '%'), fc.webFragments()),
      ),
      { maxLength: 4 },
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND');
    await fc.assert(
      fc.asyncProperty(method, fc.array(part, { maxLength: 5 }), query, async (verb, parts, pairs) => {
        using connection = new RawConnection(victim.daemon.url);
        const target = `/${parts.join('/')}?follow=false&${pairs.map((pair) => pair.join('=')).join('&')}`;
        if (/reset|stop|journal/.test(target)) return;
        connection.send(`${verb} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
        const { status } = await connection.answer({ bodiless: verb === 'HEAD' });
        expect([target, status]).toEqual([target, expect.toBeOneOf([200, 204, 400, 403, 404, 405])]);
      }),
      { numRuns: 200 },
    );
    await expectAlive();
  });
});

test('after all of this there was no bug of ours, and nothing is left that nobody needs', () =>
  victim.expectNothingLeft());
