import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../../support/functions.ts';
import { Victim } from './support.ts';

const victim = new Victim();
const { call, remove } = victim;

beforeAll(victim.start);
afterAll(victim.stop);

describe('files that', () => {
  test('disappear with their folder are missed in plain words, and found again', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(victim.daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    rmSync(source.path, { recursive: true });
    const gone = await eventually(async () => {
      const answer = await get(endpoint);
      return answer.status === 502 && answer;
    });
    expect(JSON.parse(gone.text)).toMatchObject({
      error: `there is no ${source.file('handler.mjs')} any more`,
    });
    expect((await call('GET', `/lambda?id=${id}`)).status).toBe(409);
    mkdirSync(source.path);
    writeFileSync(source.file('handler.mjs'), answering('two'));
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nowhere', (path: string) => symlinkSync('/no/such/file', path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/zero', path)],
  ])('become %s are refused, and taken back', async (_what, replace) => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(victim.daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    rmSync(source.file('handler.mjs'));
    replace(source.file('handler.mjs'));
    const { text } = await eventually(async () => {
      const answer = await get(endpoint);
      return answer.status === 502 && answer;
    });
    expect(JSON.parse(text).error).toMatch(/handler\.mjs/);
    expect(text).not.toMatch(/dist\/|runtimes\//);
    rmSync(source.file('handler.mjs'), { recursive: true });
    writeFileSync(source.file('handler.mjs'), answering('back'));
    await eventually(async () => (await get(endpoint)).text === 'back');
    await remove(id);
  });

  test.runIf(process.getuid?.() !== 0)('may not be read any more say so', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(victim.daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    writeFileSync(source.file('handler.mjs'), answering('two'));
    chmodSync(source.file('handler.mjs'), 0);
    await eventually(async () => (await get(endpoint)).status === 502);
    chmodSync(source.file('handler.mjs'), 0o600);
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });

  test('lead in circles are read once', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    symlinkSync('.', source.file('self'));
    mkdirSync(source.file('deep'));
    symlinkSync('..', source.file('deep/up'));
    const { id, endpoint } = await link(victim.daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    writeFileSync(source.file('handler.mjs'), answering('two'));
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });
});

test('after all of this there was no bug of ours, and nothing is left that nobody needs', () =>
  victim.expectNothingLeft());
