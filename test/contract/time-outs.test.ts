import { expect, test } from 'vitest';
import { OWN_DAEMON, saying, useContract } from './support.ts';

const contract = useContract(['--request-timeout', '2s', '--hold-timeout', '2s']);

test('a function that does not answer in time is a 504', async () => {
  const id = await contract.create({
    code: "export default (req, res) => { if (!req.query.hang) res.send('quick'); }",
  });
  expect(await contract.text(id)).toBe('quick');
  const response = await contract.request(`/endpoint/${id}?hang=1`);
  expect(response.status).toBe(504);
  expect(await response.json()).toEqual({ error: expect.any(String) });
  expect(await contract.text(id)).toBe('quick');
});

test.runIf(OWN_DAEMON)('while none is ready the answer is a 503 that says when to come back', async () => {
  const id = await contract.create({
    code: `await new Promise((resolve) => setTimeout(resolve, 4_000));\n${saying('ready')}`,
  });
  const early = await contract.request(`/endpoint/${id}`);
  expect(early.status).toBe(503);
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await early.json()).toEqual({ error: expect.any(String) });
  expect(await contract.text(id)).toBe('ready');
});
