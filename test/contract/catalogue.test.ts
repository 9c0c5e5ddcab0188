import { expect, test } from 'vitest';
import { useContract } from './support.ts';

const contract = useContract();

interface RuntimeDocument {
  runtime: string;
  version: string;
  image: string;
  run_command: string;
  default_code: string;
  disabled: boolean;
  reg_date: string;
  update_date: string;
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

async function runtimes(): Promise<RuntimeDocument[]> {
  const { status, body } = await contract.call<{ runtimes: RuntimeDocument[] }>('GET', '/lambda/runtimes');
  expect(status).toBe(200);
  return body.runtimes;
}

test('the catalogue holds the three languages, each with all its fields', async () => {
  const found = await runtimes();
  for (const [runtime, version] of [
    ['golang', '1.22'],
    ['node', '20'],
    ['python', '3.12'],
  ]) {
    const document = found.find((one) => one.runtime === runtime && one.version === version);
    expect(document).toEqual({
      runtime,
      version,
      image: expect.stringMatching(/./),
      run_command: expect.stringContaining('%s'),
      default_code: expect.stringContaining('handler'),
      disabled: false,
      reg_date: expect.stringMatching(ISO_DATE),
      update_date: expect.stringMatching(ISO_DATE),
    });
  }
});

test('setup can be repeated and changes nothing', async () => {
  const before = await runtimes();
  for (let time = 0; time < 2; time++) expect((await contract.request('/lambda/setup')).status).toBe(200);
  expect(await runtimes()).toEqual(before);
});

test('the default is Node 20 with its default code', async () => {
  const node = (await runtimes()).find((one) => one.runtime === 'node' && one.version === '20')!;
  const { status, body } = await contract.call<object>('GET', '/lambda/default');
  expect(status).toBe(200);
  expect(body).toEqual({
    runtime: 'node',
    version: '20',
    code: node.default_code,
    disabled: false,
    reg_date: expect.stringMatching(ISO_DATE),
    update_date: expect.stringMatching(ISO_DATE),
  });
});
