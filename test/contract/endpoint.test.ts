import { request } from 'node:http';
import { expect, test } from 'vitest';
import { AUTHORIZATION, useContract } from './support.ts';

const contract = useContract();

const MIRROR = `export default function handler(req, res) {
  res.set('x-method', req.method);
  const { method, path, query, body, headers } = req;
  res.status(Number(query.status ?? 200)).json({ method, path, query, body, type: headers['content-type'] });
}
`;

test('every method arrives with its path, query and body, and the answer with its status', async () => {
  const id = await contract.create({ code: MIRROR });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    const body = method === 'GET' ? undefined : JSON.stringify({ from: method });
    const response = await contract.endpoint(id, '/a/b%20c?x=1&x=2&y=%C3%A9', {
      method,
      ...(body && { body, headers: { 'content-type': 'application/json' } }),
    });
    expect([method, response.status]).toEqual([method, 200]);
    expect(await response.json()).toMatchObject({
      method,
      path: '/a/b%20c',
      query: { x: ['1', '2'], y: 'é' },
      ...(body && { body: { from: method }, type: 'application/json' }),
    });
  }
  const head = await contract.endpoint(id, '/', { method: 'HEAD' });
  expect([head.status, head.headers.get('x-method'), await head.text()]).toEqual([200, 'HEAD', '']);
  for (const status of [201, 301, 400, 404, 418, 500, 503]) {
    const response = await contract.request(`/endpoint/${id}?status=${status}`, { redirect: 'manual' });
    expect(response.status).toBe(status);
    await response.arrayBuffer();
  }
  expect(await (await contract.endpoint(id)).json()).toMatchObject({ path: '/', query: {} });
});

test('headers of both directions pass, repeated and unusual ones too', async () => {
  const id = await contract.create({
    code: `export default (req, res) => {
      res.append('set-cookie', 'a=1; Path=/');
      res.append('set-cookie', 'b=2');
      res.set('x-echo', req.get('x-sent') ?? '');
      res.set('x-latin', 'caf\\u00e9');
      res.set('cache-control', 'no-store');
      res.end();
    }`,
  });
  const response = await contract.endpoint(id, '', { headers: { 'x-sent': 'value', cookie: 'c=3' } });
  expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
  expect(response.headers.get('x-echo')).toBe('value');
  expect(response.headers.get('x-latin')).toBe('café');
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('large bodies pass in both directions unchanged', async () => {
  const id = await contract.create({ code: 'export default (req, res) => { req.pipe(res); }' });
  const body = Buffer.alloc(30 * 1024 * 1024, (await import('node:crypto')).randomBytes(65_521));
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await contract.endpoint(id, '', { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
});

test('bodies are streamed: each part is answered before the next is sent', async () => {
  const id = await contract.create({ code: 'export default (req, res) => { req.pipe(res); }' });
  await (await contract.endpoint(id, '', { method: 'POST' })).arrayBuffer();
  const call = request(`${contract.url}/endpoint/${id}`, {
    method: 'POST',
    headers: { ...AUTHORIZATION, 'content-type': 'application/octet-stream' },
  });
  call.flushHeaders();
  call.write('part 1');
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    call.once('response', resolve).once('error', reject);
  });
  let received = '';
  response.setEncoding('utf8').on('data', (data: string) => (received += data));
  for (let part = 1; part <= 5; part++) {
    if (part > 1) call.write(`part ${part}`);
    await expect.poll(() => received).toMatch(new RegExp(`part ${part}$`));
  }
  call.end();
  await expect.poll(() => response.complete).toBe(true);
});

test('an error thrown in a handler is its answer, and the function lives on', async () => {
  const id = await contract.create({
    code: "export default function handler(req, res) {\n  if (req.query.bad) throw new TypeError('my mistake');\n  res.send('fine');\n}\n",
  });
  const response = await contract.endpoint(id, '?bad=1');
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('my mistake');
  expect(await contract.text(id)).toBe('fine');
});

test('code that does not load is a 502 with its own error, file and line', async () => {
  for (const [code, message] of [
    ['const a = 1;\n\nexport default function handler(req res) {}\n', /SyntaxError.*handler\.mjs:3/],
    ["import 'no-such-package-here';\n", /no-such-package-here.*handler\.mjs:1/],
    ["\nthrow new RangeError('at the top');\n", /RangeError: at the top.*handler\.mjs:2/],
    ['export const handler = 1;\n', /handler/],
    ['setTimeout(() => process.exit(3)); await new Promise(() => {});\n', /./],
  ] as const) {
    const id = await contract.create({ code });
    const response = await contract.endpoint(id);
    expect([code, response.status]).toEqual([code, 502]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { error, stack = '' } = (await response.json()) as { error: string; stack?: string };
    expect(error).toMatch(message);
    expect(stack).not.toMatch(/server\.mjs|dist\/|node:internal/); // frames that are not the user's
    await contract.remove(id);
  }
});

test('ids that are unknown or none at all are a 404 in the shape of the contract', async () => {
  for (const path of [
    '/endpoint/000000000000000000000000',
    '/endpoint/x',
    '/endpoint/',
    `/endpoint/${'0'.repeat(24)}/a`,
  ]) {
    const response = await contract.request(path, { method: 'POST', body: 'x' });
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.json()).toEqual({ error: expect.any(String) });
  }
});
