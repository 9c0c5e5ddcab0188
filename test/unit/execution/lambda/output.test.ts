import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionVersion, Outcome } from '../../../../src/execution/function-host.ts';
import { TestHost, value } from './support.ts';

/** How long an invocation may take on a machine that is busy with other things. */
const PATIENCE = 30_000;

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start({ standby: true });
});
afterAll(() => test[Symbol.asyncDispose]());

const node = (name: string, body: string, over: Partial<FunctionVersion> = {}) =>
  test.fn({ 'index.js': body }, { name, runtime: 'nodejs20.x', memoryMb: 512, timeout: PATIENCE, ...over });

const python = (name: string, body: string, over: Partial<FunctionVersion> = {}) =>
  test.fn(
    { 'app.py': body },
    { name, runtime: 'python3.12', handler: 'app.handler', timeout: PATIENCE, ...over },
  );

/** A bootstrap that is a shell script, as in AWS's tutorial. */
const shell = (name: string, body: string) =>
  test.fn(
    {
      bootstrap: {
        content: `#!/bin/sh
while true; do
  HEADERS="$(mktemp)"
  EVENT=$(curl -sS -LD "$HEADERS" "http://\${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next")
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  ${body}
  curl -sS "http://\${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/$ID/response" -d '"done"' > /dev/null
done
`,
        mode: 0o755,
      },
    },
    { name, timeout: PATIENCE },
  );

/** The lines of an outcome's log between START and END, without what a runtime puts before messages. */
function tail({ logTail }: Outcome): string[] {
  const text = Buffer.from(logTail).toString();
  const [, inner] = /^START [^\n]*\n(.*?)END /s.exec(text) ?? [];
  return (inner ?? text).split('\n').slice(0, -1).map(plain);
}

/** The same of all that a function has logged. */
async function events({ logging: { group } }: FunctionVersion): Promise<string[]> {
  await test.log(/^REPORT /m, group);
  const own = test.logged.filter((event) => event.group === group).map(({ message }) => message);
  return own
    .filter((message) => !/^(INIT_START|START|END|REPORT) /.test(message))
    .map((message) => plain(message.replace(/\n$/, '')));
}

const plain = (line: string) => line.replace(/^(\[\w+\]\t)?\d{4}-\S+\t\S*\t(\w+\t)?/, '');
const numbered = (count: number, name: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => name(n));

describe('what a Node.js function writes', () => {
  it('keeps its order, whether printed, an error, logged, or written by a program that it starts', async () => {
    const fn = node(
      'node-order',
      `const { spawnSync } = require('node:child_process');
      exports.handler = async () => {
        for (let n = 0; n < 10; n++) {
          process.stdout.write('out ' + n + '\\n');
          process.stderr.write('err ' + n + '\\n');
          console.log('log ' + n);
          spawnSync('echo', ['child ' + n], { stdio: 'inherit' });
          console.error('two\\nlines ' + n);
        }
      };`,
    );
    const outcome = await test.invoke(fn);
    const expected = numbered(10, String).flatMap((n) => [
      `out ${n}`,
      `err ${n}`,
      `log ${n}`,
      `child ${n}`,
      `two\nlines ${n}`,
    ]);
    expect(tail(outcome)).toEqual(expected.join('\n').split('\n'));
    expect(await events(fn)).toEqual(expected);
  });

  it('keeps its order when it is more than the pipe holds', async () => {
    const fn = node(
      'node-burst',
      `exports.handler = async () => {
        for (let n = 0; n < 3000; n++) {
          process.stdout.write('out ' + n + ' ' + 'x'.repeat(n) + '\\n');
          console.log('log ' + n + ' ' + 'y'.repeat(n));
        }
      };`,
    );
    await test.invoke(fn);
    const seen = (await events(fn)).map((line) => line.replace(/[xy]+$/, (fill) => `${fill.length}`));
    const filled = (n: number) => (n === 0 ? '' : n);
    expect(seen).toEqual(
      numbered(3000, String).flatMap((n) => [
        `out ${n} ${filled(Number(n))}`,
        `log ${n} ${filled(Number(n))}`,
      ]),
    );
  });

  it('is all there, in order, when it ends its process', async () => {
    const fn = node(
      'node-crash',
      `exports.handler = async () => {
        console.log('first');
        process.stdout.write('z'.repeat(40_000) + '\\n');
        process.stderr.write('second\\n');
        console.log('third');
        process.stdout.write('half');
        process.exit(3);
      };`,
    );
    expect((await test.invoke(fn)).functionError).toBe('Unhandled');
    expect((await events(fn)).slice(0, 5)).toEqual(['first', 'z'.repeat(40_000), 'second', 'third', 'half']);
  });

  it('is all there, in order, when the system ends it', async () => {
    const fn = node(
      'node-killed',
      `exports.handler = async () => {
        for (let n = 0; n < 100; n++) { console.log('log ' + n); process.stderr.write('err ' + n + '\\n'); }
        process.stdout.write('half');
        process.kill(process.pid, 'SIGKILL');
      };`,
    );
    await test.invoke(fn);
    const expected = numbered(100, String).flatMap((n) => [`log ${n}`, `err ${n}`]);
    expect((await events(fn)).slice(0, 201)).toEqual([...expected, 'half']);
  });
});

describe('what a Python function writes', () => {
  it('keeps its order, whether printed, an error, logged, or written by a program that it starts', async () => {
    const fn = python(
      'python-order',
      `import logging, os, subprocess, sys
def handler(event, context):
    for n in range(10):
        print(f"out {n}")
        print(f"err {n}", file=sys.stderr)
        logging.warning("log %d", n)
        subprocess.run(["echo", f"child {n}"])
        os.write(2, f"raw {n}\\n".encode())
`,
    );
    const outcome = await test.invoke(fn);
    const expected = numbered(10, String).flatMap((n) => [
      `out ${n}`,
      `err ${n}`,
      `log ${n}`,
      `child ${n}`,
      `raw ${n}`,
    ]);
    expect(tail(outcome)).toEqual(expected);
    expect(await events(fn)).toEqual(expected);
  });

  it('is all there when a program that it starts makes the pipe refuse to wait', async () => {
    const fn = python(
      'python-refused',
      `import fcntl, logging, os
def handler(event, context):
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
    for n in range(300):
        logging.warning("log %d %s", n, "x" * 3000)
`,
    );
    await test.invoke(fn);
    expect(await events(fn)).toEqual(numbered(300, (n) => `log ${n} ${'x'.repeat(3000)}`));
  });

  it('has the beginning of a line in the log of its own invocation, behind what was written before', async () => {
    const fn = python(
      'python-half',
      `import logging, sys
def handler(event, context):
    logging.warning("before %s", event)
    print(f"half {event}", end="", file=sys.stderr)
`,
    );
    for (const event of [1, 2])
      expect(tail(await test.invoke(fn, event))).toEqual([`before ${event}`, `half ${event}`]);
  });
});

describe('what a bootstrap writes', () => {
  it('keeps its order', async () => {
    const fn = shell(
      'shell-order',
      'for n in 0 1 2 3 4; do echo "out $n"; echo "err $n" >&2; printf "half $n "; echo end >&2; done',
    );
    const expected = numbered(5, String).flatMap((n) => [`out ${n}`, `err ${n}`, `half ${n} end`]);
    const outcome = await test.invoke(fn);
    expect(value(outcome)).toBe('done');
    expect(tail(outcome)).toEqual(expected);
    expect(await events(fn)).toEqual(expected);
  });

  it('may be written to its outputs by their names', async () => {
    const fn = shell(
      'shell-names',
      'echo first > /dev/stderr; echo second | tee /dev/stderr; echo third > /dev/stdout',
    );
    const lines = tail(await test.invoke(fn));
    expect(lines).toEqual(['first', 'second', 'second', 'third']);
  });

  it('is not taken for anything else, whatever bytes it is', async () => {
    const fn = shell('shell-bytes', String.raw`printf 'a\245Z\000\003\000\000\000\001b\n'`);
    expect(tail(await test.invoke(fn))).toEqual(['a\ufffdZ\0\u0003\0\0\0\u0001b']);
  });
});
