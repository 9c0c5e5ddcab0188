import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestError } from '../../../src/platform/functions.ts';
import { parseMultipart } from '../../../src/platform/multipart.ts';

const WANTED = new Set(['title', 'code', 'file']);
const TYPE = 'multipart/form-data; boundary=xyz';

interface Part {
  name: string;
  content: string | Buffer;
  fileName?: string;
}

function bodyOf(parts: Part[], boundary = 'xyz'): Buffer {
  const chunks = parts.flatMap(({ name, content, fileName }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"` +
        `${fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
}

const parse = (parts: Part[]) => parseMultipart(TYPE, bodyOf(parts), WANTED);

test('fields and files give the same, whatever the file is called', async () => {
  for (const fileName of [
    undefined,
    'handler.mjs',
    '../../etc/passwd',
    'C:\\x.mjs',
    '/abs',
    '한글.py',
    '..',
  ]) {
    const fields = await parse([
      { name: 'title', content: '제목 🙂' },
      { name: 'code', content: 'line 1\r\nline 2\n', ...(fileName !== undefined && { fileName }) },
      { name: 'unknown', content: Buffer.from([0xff]) },
    ]);
    expect(fields).toEqual({ title: '제목 🙂', code: 'line 1\r\nline 2\n' });
  }
});

test('a file that was not chosen counts as not given', async () => {
  expect(
    await parse([
      { name: 'code', content: 'x' },
      { name: 'file', content: '', fileName: '' },
    ]),
  ).toEqual({ code: 'x' });
});

test('several MB arrive unchanged, also where they look like a boundary', async () => {
  const code = '--xy\r\n--xy-z\r\n\r\n--'.repeat(200_000);
  const fields = await parse([{ name: 'code', content: code, fileName: 'a' }]);
  expect(fields.code === code).toBe(true);
});

test('what can not be read is refused with the reason', async () => {
  const refused = (promise: Promise<unknown>, message: string) =>
    expect(promise).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  await refused(parseMultipart('multipart/form-data', bodyOf([]), WANTED), 'boundary');
  await refused(parseMultipart('multipart/form-data; boundary=', bodyOf([]), WANTED), '');
  await refused(parseMultipart(TYPE, Buffer.alloc(0), WANTED), 'not complete');
  await refused(parseMultipart(TYPE, Buffer.from('hello'), WANTED), 'not complete');
  await refused(
    parseMultipart(TYPE, bodyOf([{ name: 'code', content: 'abc' }]).subarray(0, -12), WANTED),
    'not complete',
  );
  await refused(parse([{ name: 'code', content: Buffer.from([0x61, 0xff]) }]), 'code must be text in UTF-8');
  await refused(
    parse([
      { name: 'code', content: 'a' },
      { name: 'code', content: 'b' },
    ]),
    'code is given twice',
  );
  await refused(parse(Array.from({ length: 100 }, () => ({ name: 'x', content: '' }))), 'more than 64 parts');
});

test('a body of a million parts is given up at the first ones', async () => {
  const part = bodyOf([{ name: 'x', content: '' }]).subarray(0, -9);
  const started = performance.now();
  await expect(parseMultipart(TYPE, Buffer.concat(Array(300_000).fill(part)), WANTED)).rejects.toThrow(
    '64 parts',
  );
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('any fields that are sent arrive', async () => {
  const content = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\ufeff', ''));
  await fc.assert(
    fc.asyncProperty(content, content, async (title, code) => {
      const parts = [
        { name: 'title', content: title },
        { name: 'code', content: code, fileName: 'f' },
      ];
      expect(await parse(parts)).toEqual({ title, code });
    }),
    { numRuns: 200 },
  );
});

/** Cuts, repeats, drops and overwrites bytes of a valid body, and makes up whole ones. */
const mangled = fc
  .tuple(
    fc.constantFrom(
      bodyOf([
        { name: 'title', content: 'a' },
        { name: 'code', content: 'b', fileName: 'c' },
      ]),
      bodyOf([{ name: 'code', content: '' }]),
      bodyOf([]),
    ),
    fc.array(
      fc.record({
        at: fc.nat(250),
        length: fc.nat(20),
        bytes: fc.oneof(
          fc.uint8Array({ maxLength: 8 }),
          fc
            .constantFrom('\r\n', '--xyz', '--xyz--', '\r\n--xyz\r\n', '\r\n\r\n', '"', ';', 'name=', '\0')
            .map((text) => Buffer.from(text)),
        ),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([body, edits]) =>
    edits.reduce(
      (bytes, { at, length, bytes: insert }) =>
        Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + length)]),
      body,
    ),
  );

test('whatever is sent ends in fields or in a 400', async () => {
  const types = fc.oneof(
    { weight: 4, arbitrary: fc.constant(TYPE) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((tail) => `multipart/form-data;${tail}`),
    },
  );
  await fc.assert(
    fc.asyncProperty(types, mangled, async (type, body) => {
      const outcome = await Promise.race([
        parseMultipart(type, body, WANTED).catch((error: unknown) => error),
        new Promise((resolve) => setTimeout(resolve, 60_000, 'hangs').unref()),
      ]);
      expect(outcome).not.toBe('hangs');
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: RequestError.name, status: 400 });
    }),
    { numRuns: 2_000 },
  );
});
