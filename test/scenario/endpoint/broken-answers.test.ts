import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/daemon.ts';
import { get } from '../../support/functions.ts';
import { Endpoints } from './support.ts';

const FIRST_GO_BUILD = 300_000;

const endpoints = new Endpoints();
const { create } = endpoints;

beforeAll(endpoints.start);
afterAll(endpoints.stop);

describe('an answer that is not HTTP', () => {
  test.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'],
    ['a name with a space', 'HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nx: y\n\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['HTTP/3', 'HTTP/3.0 200 OK\r\n\r\n'],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['100 kB of headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['nothing at all', ''],
  ])('of a Node function, %s, is a 502 and ends nothing', async (_what, text) => {
    const id = await create(
      `export default (req, res) => { if (req.url === '/ok') res.send('ok'); else res.socket.end(Buffer.from(${JSON.stringify(text)}, 'latin1')); };`,
    );
    const { status, text: body } = await get(id);
    expect([status, JSON.parse(body)]).toEqual([502, { error: expect.any(String) }]);
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('of a Python function is a 502 or its own 500, and ends nothing', async () => {
    const id = await create(
      `from flask import request, Response

def handler():
    if request.path == "/ok":
        return "ok"
    response = Response("body")
    if request.path == "/value":
        response.headers._list.append(("x", "a\\x01b"))
    else:
        response.headers._list.append(("bad name", "x"))
    return response
`,
      'python',
      '3.12',
    );
    for (const path of ['/value', '/name']) {
      const { status, text } = await get(id + path);
      expect([path, status]).toEqual([path, 502]);
      expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(/not valid HTTP/) });
    }
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('of a Go function is a 502, and ends nothing', { timeout: FIRST_GO_BUILD }, async () => {
    const id = await create(
      `package main

import "net/http"

func handler(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ok" {
		w.Write([]byte("ok"))
		return
	}
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	connection.Write([]byte("HTTP/1.1 200 OK\\r\\nbad header\\r\\n\\r\\n"))
	connection.Close()
}
`,
      'golang',
      '1.22',
    );
    const ready = async (path: string) => {
      const answer = await get(id + path);
      return answer.status === 503 ? undefined : answer;
    };
    expect(await eventually(() => ready('/ok'), FIRST_GO_BUILD)).toEqual({ status: 200, text: 'ok' });
    const { status, text } = await get(id);
    expect([status, JSON.parse(text)]).toEqual([502, { error: expect.any(String) }]);
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('that breaks off after it has begun is cut, not completed', async () => {
    for (const [text, after] of [
      ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', ''],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', ''],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', 'nonsense'],
    ] as const) {
      const id = await create(
        `let begun;
export default (req, res) => {
  if (req.url === '/end') return begun.end(${JSON.stringify(after)}), res.end();
  begun = res.socket;
  begun.write(${JSON.stringify(text)});
};`,
      );
      const response = await fetch(id);
      expect(response.status).toBe(200);
      expect((await get(`${id}/end`)).status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });
});
