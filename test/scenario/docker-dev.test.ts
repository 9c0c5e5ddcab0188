import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { User } from '../support/cli.ts';
import { eventually, type RunningDaemon } from '../support/daemon.ts';
import { containersOfFunction, DOCKER, inspect, labelOf, startDockerDaemon } from '../support/docker.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';

describe.runIf(DOCKER)('a linked folder in a container', () => {
  let daemon: RunningDaemon;
  let label: string;

  beforeAll(async () => {
    daemon = await startDockerDaemon();
    label = await labelOf(daemon);
  });
  afterAll(() => daemon?.stop());

  /** Fails unless the function runs in one container, and tells which, and when that was started. */
  async function containerOf(id: string): Promise<{ container: string; startedAt: string }> {
    // It gets the function's name a moment after the function.
    const [container] = await eventually(async () => {
      const found = await containersOfFunction(label, id);
      return found.length === 1 && found;
    });
    return { container: container!, startedAt: (await inspect(container!)).State.StartedAt };
  }

  async function answers(endpoint: string, text: string): Promise<void> {
    await eventually(async () => (await get(endpoint)).text === text);
  }

  test('is reloaded by `lambdock dev` in the container it has, also after code that was broken', async () => {
    await using user = new User();
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const dev = user.launch('dev', source.path, '--url', daemon.url);
    const [, endpoint, id] = await dev.shows(/(http:\S*\/endpoint\/([0-9a-f]{24}))/);
    await answers(endpoint!, 'one');
    const before = await containerOf(id!);
    for (const text of ['two', 'three', 'four']) {
      writeFileSync(source.file('handler.mjs'), answering(text));
      await answers(endpoint!, text);
    }
    writeFileSync(source.file('handler.mjs'), '\nexport default () => {\n  const = 1;\n};\n');
    await eventually(async () => (await get(endpoint!)).status === 502);
    const error = JSON.parse((await get(endpoint!)).text);
    expect(error).toMatchObject({
      error: expect.stringMatching(/SyntaxError/),
      file: 'handler.mjs',
      line: 3,
    });
    await dev.shows(/handler\.mjs:3/);
    writeFileSync(source.file('handler.mjs'), answering('mended'));
    await answers(endpoint!, 'mended');
    expect(await containerOf(id!)).toEqual(before);
  });

  test('imports its own files, and packages of a folder above', async () => {
    using project = sourceFolder({});
    const packages = join(project.path, 'node_modules', 'greeting');
    const folder = join(project.path, 'functions', 'hello');
    for (const path of [packages, join(folder, 'lib')]) mkdirSync(path, { recursive: true });
    writeFileSync(join(packages, 'package.json'), '{"name":"greeting","main":"index.js"}');
    writeFileSync(join(packages, 'index.js'), 'module.exports = "hello";');
    writeFileSync(join(folder, 'lib', 'whom.mjs'), 'export const whom = "world";');
    writeFileSync(
      join(folder, 'handler.mjs'),
      `import greeting from 'greeting';
import { whom } from './lib/whom.mjs';
export default (req, res) => res.end(greeting + ' ' + whom);`,
    );
    const { endpoint, id } = await link(daemon.url, folder);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'hello world' });
    const before = await containerOf(id);
    writeFileSync(join(folder, 'lib', 'whom.mjs'), 'export const whom = "moon";');
    await answers(endpoint, 'hello moon');
    expect(await containerOf(id)).toEqual(before);
  });

  test('may be TypeScript, whose errors name its lines', async () => {
    const code = (text: string) => `interface Answer { text: string }

const answer: Answer = { text: '${text}' };
export default (req: { path: string }, res: { end(text: string): void }) => {
  if (req.path === '/fail') throw new Error('on line five');
  res.end(answer.text);
};
`;
    using source = sourceFolder({ 'handler.ts': code('typed') });
    const { endpoint, id } = await link(daemon.url, source.path);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'typed' });
    const failed = await get(`${endpoint}/fail`);
    expect(failed.status).toBe(500);
    expect(failed.text).toMatch(/handler\.ts:5/);
    const before = await containerOf(id);
    writeFileSync(source.file('handler.ts'), code('typed again'));
    await answers(endpoint, 'typed again');
    writeFileSync(source.file('handler.ts'), 'export default () => {;\n');
    await eventually(async () => (await get(endpoint)).status === 502);
    expect(JSON.parse((await get(endpoint)).text)).toMatchObject({ file: 'handler.ts' });
    writeFileSync(source.file('handler.ts'), code('mended'));
    await answers(endpoint, 'mended');
    expect(await containerOf(id)).toEqual(before);
  });

  test('can’t be written to by its function', async () => {
    using source = sourceFolder({
      'handler.mjs': `import { writeFileSync } from 'node:fs';
export default (req, res) => {
  try { writeFileSync(new URL('written', import.meta.url), ''); res.end('written'); }
  catch (error) { res.end(error.code); }
};`,
    });
    const { endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('EROFS');
  });

  test.runIf(process.getuid?.() === 0)('that only root can read is refused with what to do', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('secret') });
    chmodSync(source.path, 0o700);
    const { endpoint } = await link(daemon.url, source.path);
    const { status, text } = await get(endpoint);
    expect(status).toBe(502);
    expect(JSON.parse(text).error).toContain(`chmod -R o+rX ${source.path}`);
  });

  test('that is saved while requests come fails none of them', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('0') });
    const { endpoint } = await link(daemon.url, source.path);
    await get(endpoint);
    let stop = false;
    let requests = 0;
    const workers = Array.from({ length: 4 }, async () => {
      let newest = 0;
      while (!stop) {
        const { status, text } = await get(endpoint);
        expect(status).toBe(200);
        expect(Number(text)).toBeGreaterThanOrEqual(newest);
        newest = Number(text);
        requests++;
      }
    });
    for (let version = 1; version <= 10; version++) {
      writeFileSync(source.file('handler.mjs'), answering(String(version)));
      await answers(endpoint, String(version));
    }
    stop = true;
    await Promise.all(workers);
    expect(requests).toBeGreaterThan(40);
  });
});
