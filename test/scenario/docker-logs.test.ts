import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunction, eventually, type RunningDaemon } from '../support/daemon.ts';
import { DOCKER, logOf, startDockerDaemon } from '../support/docker.ts';
import { get } from '../support/functions.ts';

describe.runIf(DOCKER)('what a function in a container writes', () => {
  let daemon: RunningDaemon;

  beforeAll(async () => {
    daemon = await startDockerDaemon();
  });
  afterAll(() => daemon?.stop());

  /** Has a function run `body` at each request. */
  async function create(body: string): Promise<{ id: string; call(): Promise<unknown> }> {
    const code = `export default async (req, res) => { ${body}; res.end('done'); };`;
    const id = await createFunction(daemon.url, { code });
    return {
      id,
      call: async () =>
        expect(await get(`${daemon.url}/endpoint/${id}`)).toEqual({ status: 200, text: 'done' }),
    };
  }

  /** Its log once a line is `last`. */
  function logUntil(id: string, last: string) {
    return eventually(async () => {
      const lines = await logOf(daemon.url, id);
      return lines.at(-1)?.text === last && lines;
    });
  }

  test('arrives by stream, as it was written', async () => {
    const { id, call } = await create(`console.log('to stdout'); console.error('to stderr')`);
    await call();
    await eventually(async () => (await logOf(daemon.url, id)).length === 2);
    const lines = await logOf(daemon.url, id);
    expect(new Map(lines.map(({ stream, text }) => [stream, text]))).toEqual(
      new Map([
        ['stdout', 'to stdout'],
        ['stderr', 'to stderr'],
      ]),
    );
  });

  test('arrives complete and in order when it is much at once', async () => {
    const { id, call } = await create(
      `for (let n = 1; n <= 5000; n++) process.stdout.write('line ' + n + '\\n')`,
    );
    await call();
    const lines = await logUntil(id, 'line 5000');
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 5000 }, (_, n) => `line ${n + 1}`));
  });

  test('arrives complete when both streams are written to in turn', async () => {
    const { id, call } = await create(
      `for (let n = 1; n <= 2000; n++) (n % 2 ? process.stdout : process.stderr).write(n + '\\n')`,
    );
    await call();
    const lines = await eventually(async () => {
      const all = await logOf(daemon.url, id);
      return all.length >= 2000 && all;
    });
    for (const [stream, rest] of [
      ['stdout', 1],
      ['stderr', 0],
    ] as const) {
      const expected = Array.from({ length: 2000 }, (_, n) => n + 1).filter((n) => n % 2 === rest);
      expect(lines.filter((line) => line.stream === stream).map(({ text }) => Number(text))).toEqual(
        expected,
      );
    }
  });

  test('is cut only where a line is longer than 64 kB', async () => {
    const { id, call } = await create(
      `console.log('x'.repeat(100_000)); console.log('y'.repeat(60_000)); console.log('end')`,
    );
    await call();
    const texts = (await logUntil(id, 'end')).map(({ text }) => text);
    expect(texts).toEqual(['x'.repeat(65_536), 'x'.repeat(34_464), 'y'.repeat(60_000), 'end']);
  });

  test('keeps all but the characters that Docker itself cuts, every 16 kB', async () => {
    const { id, call } = await create(`console.log('é€😀'.repeat(11_112)); console.log('end')`);
    await call();
    const texts = (await logUntil(id, 'end')).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    const spoiled = texts.join('').match(/\ufffd/g) ?? [];
    expect(spoiled.length).toBeLessThanOrEqual(6 * 4);
    expect(texts.join('').length).toBeGreaterThanOrEqual('é€😀'.length * 11_112 - 6);
  });

  test('comes together where a character or a line is written in parts', async () => {
    const { id, call } = await create(`
      const bytes = Buffer.from('grüße 😀 alle\\n');
      for (const byte of bytes) {
        process.stdout.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }`);
    await call();
    await logUntil(id, 'grüße 😀 alle');
    expect(await logOf(daemon.url, id)).toHaveLength(1);
  });

  test('before it ends by itself is there when the caller hears of the end', async () => {
    const { id } = await create(`process.stderr.write('last words\\n', () => process.exit(3)); return`);
    const { status, text } = await get(`${daemon.url}/endpoint/${id}`);
    expect(status).toBe(502);
    expect(JSON.parse(text).error).toMatch(/exit code 3/);
    expect(JSON.parse(text).stack).toContain('last words');
    expect((await logOf(daemon.url, id)).map((line) => line.text)).toContain('last words');
  });
});
