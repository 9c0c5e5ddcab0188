import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Guard, type GuardOptions } from '../../../src/daemon/guard.ts';

const TOKEN = 'correct-horse-battery';

function guard(options: Partial<GuardOptions> = {}) {
  return new Guard({ host: '127.0.0.1', allowedHosts: [], allowedOrigins: [], token: undefined, ...options });
}

function request(headers: Record<string, string>, method = 'GET', remoteAddress = '127.0.0.1') {
  const socket = { localAddress: '127.0.0.1', remoteAddress };
  return {
    method,
    url: '/',
    headers: { host: 'localhost:4566', ...headers },
    socket,
  } as unknown as IncomingMessage;
}

test.each([
  'localhost',
  'localhost:4566',
  'LOCALHOST:1',
  '127.0.0.1:4566',
  '127.9.9.9',
  '[::1]:4566',
  'app.localhost:4566',
])('the loopback name %s is known', (host) => {
  expect(guard().check(request({ host }), 'api')).toBeUndefined();
});

test.each([
  'evil.example',
  'localhost.evil.example:4566',
  '127.0.0.1.evil.example',
  '192.168.1.5:4566',
  '',
  '[::2]:4566',
])('a page that rebinds its name %j to this machine is refused', (host) => {
  for (const area of ['api', 'endpoint'] as const) {
    expect(guard().check(request({ host }), area)).toMatchObject({ status: 403 });
  }
});

test('configured host names and the address that was reached are known', () => {
  expect(
    guard({ allowedHosts: ['Dev.Example.test'] }).check(request({ host: 'dev.example.test' }), 'api'),
  ).toBeUndefined();
  const reached = request({ host: '192.168.1.5:4566' });
  Object.assign(reached.socket, { localAddress: '::ffff:192.168.1.5' });
  expect(guard().check(reached, 'api')).toBeUndefined();
});

test.each([
  'https://evil.example',
  'null',
  'http://localhost.evil.example',
  'http://localhost:3000',
  'file://',
  'garbage',
])('a page of origin %s may not call the API', (origin) => {
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
    expect(guard().check(request({ origin }, method), 'api')).toMatchObject({ status: 403 });
  }
});

test('a page served by the daemon itself, or of an allowed origin, may call the API', () => {
  expect(guard().check(request({ origin: 'http://localhost:4566' }, 'POST'), 'api')).toBeUndefined();
  const allowed = guard({ allowedOrigins: ['https://tools.example'] });
  expect(allowed.check(request({ origin: 'https://tools.example' }, 'POST'), 'api')).toBeUndefined();
  expect(allowed.corsOrigin(request({ origin: 'https://tools.example' }))).toBe('https://tools.example');
  expect(allowed.corsOrigin(request({ origin: 'https://evil.example' }))).toBeUndefined();
});

test('a page of another local server may call functions, one of another site may not', () => {
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1:8080', 'http://[::1]:1']) {
    expect(guard().check(request({ origin }, 'POST'), 'endpoint')).toBeUndefined();
  }
  expect(guard().check(request({ origin: 'https://evil.example' }, 'POST'), 'endpoint')).toMatchObject({
    status: 403,
  });
});

test('what another site embeds is refused although it sends no Origin, a followed link is not', () => {
  const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
  const visit = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const framed = { ...visit, 'sec-fetch-dest': 'iframe' };
  expect(guard().check(request(embedded), 'api')).toMatchObject({ status: 403 });
  expect(guard().check(request(framed), 'endpoint')).toMatchObject({ status: 403 });
  expect(guard().check(request(visit), 'endpoint')).toBeUndefined();
  expect(guard().check(request(visit, 'POST'), 'endpoint')).toMatchObject({ status: 403 });
});

test('with a token, changes need it from everywhere and reads from other machines', () => {
  const strict = guard({ token: TOKEN });
  expect(strict.check(request({}, 'POST'), 'api')).toMatchObject({ status: 401 });
  expect(strict.check(request({}, 'GET'), 'api')).toBeUndefined();
  expect(strict.check(request({}, 'GET', '203.0.113.7'), 'api')).toMatchObject({ status: 401 });
  expect(strict.check(request({}, 'POST'), 'endpoint')).toBeUndefined();
  for (const authorization of ['Bearer wrong', `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN}x`]) {
    expect(strict.check(request({ authorization }, 'POST'), 'api')).toMatchObject({ status: 401 });
  }
  expect(
    strict.check(request({ authorization: `Bearer ${TOKEN}` }, 'POST', '203.0.113.7'), 'api'),
  ).toBeUndefined();
});

test('with a token, requests that others have sent are told to nobody without it, on this machine either', () => {
  const strict = guard({ token: TOKEN });
  expect(strict.check(request({}), 'exchanges')).toMatchObject({ status: 401 });
  expect(strict.check(request({}, 'HEAD'), 'exchanges')).toMatchObject({ status: 401 });
  expect(strict.check(request({ authorization: `Bearer ${TOKEN}` }), 'exchanges')).toBeUndefined();
  expect(strict.check(request({}, 'OPTIONS'), 'exchanges')).toBeUndefined();
  expect(guard().check(request({}), 'exchanges')).toBeUndefined();
  const foreign = request({ authorization: `Bearer ${TOKEN}`, origin: 'https://evil.example' });
  expect(strict.check(foreign, 'exchanges')).toMatchObject({ status: 403 });
});

test('a browser may ask without the token whether a page may call', () => {
  const strict = guard({ token: TOKEN, allowedOrigins: ['https://tools.example'] });
  const origin = 'https://tools.example';
  expect(strict.check(request({ origin }, 'OPTIONS', '203.0.113.7'), 'api')).toBeUndefined();
  expect(strict.check(request({ origin }, 'POST', '203.0.113.7'), 'api')).toMatchObject({ status: 401 });
  expect(
    strict.check(request({ origin: 'https://evil.example' }, 'OPTIONS', '203.0.113.7'), 'api'),
  ).toMatchObject({ status: 403 });
});

test('what AWS’s clients sign needs no token, as they can’t send one', () => {
  const signed =
    'AWS4-HMAC-SHA256 Credential=test/20260131/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0';
  const remote = guard({ token: TOKEN });
  expect(remote.check(request({ authorization: signed }, 'POST', '10.0.0.7'), 'api')).toBeUndefined();
  expect(
    remote.check(request({ authorization: `Basic ${signed}` }, 'POST', '10.0.0.7'), 'api'),
  ).toMatchObject({
    status: 401,
  });
  const page = request({ authorization: signed, origin: 'https://evil.example' }, 'POST');
  expect(remote.check(page, 'api')).toMatchObject({ status: 403 });
});

const FUNCTION_HOST = `${'a'.repeat(32)}.lambda-url.us-east-1.localhost:4566`;

test('a function’s URL is open to all pages of known hosts as far as the guard goes, and without the token', () => {
  const area = 'function-url';
  const strict = guard({ token: TOKEN });
  expect(strict.check(request({ host: FUNCTION_HOST }, 'POST'), area)).toBeUndefined();
  expect(
    strict.check(request({ host: FUNCTION_HOST, origin: 'https://evil.example' }), area),
  ).toBeUndefined();
  expect(strict.check(request({ host: 'evil.example' }), area)).toMatchObject({ status: 403 });
});

test('who verifies tokens needs none to read the issuer’s keys, from anywhere', () => {
  const verifier = request({}, 'GET', '10.0.0.7');
  expect(guard({ token: TOKEN }).check(verifier, 'token-issuer')).toBeUndefined();
  expect(guard({ token: TOKEN }).check(verifier, 'api')).toMatchObject({ status: 401 });
});

test('the URL is told which pages are foreign', () => {
  const isForeign = (headers: Record<string, string>) =>
    guard({ allowedOrigins: ['https://app.example'] }).isForeign(
      request({ host: FUNCTION_HOST, ...headers }),
    );
  expect(isForeign({})).toBe(false);
  expect(isForeign({ origin: 'https://app.example' })).toBe(false);
  expect(isForeign({ origin: 'http://localhost:3000' })).toBe(false);
  expect(isForeign({ origin: 'https://evil.example' })).toBe(true);
  expect(isForeign({ 'sec-fetch-site': 'cross-site' })).toBe(true);
});
