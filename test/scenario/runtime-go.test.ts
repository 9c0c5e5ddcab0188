import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RuntimeFixture } from '../support/runtime-fixture.ts';
import { RuntimeProcess } from '../support/runtime-process.ts';

let fixture: RuntimeFixture;

beforeAll(async () => {
  fixture = await RuntimeFixture.create();
});

afterAll(() => fixture[Symbol.asyncDispose]());

const handler = (body: string, imports = '') => `package main

import (
	"net/http"
	"net/url"
	${imports}
)

func handler(params url.Values, w *http.ResponseWriter) {
	${body}
}
`;

test('a folder with several files and a module of its own builds, and nothing is written there', async () => {
  const code = await fixture.write({
    'handler.go': handler('(*w).Write([]byte(greet(deep.Name)))', '"example.com/own/deep"'),
    'greet.go': 'package main\n\nfunc greet(name string) string { return "hello " + name }\n',
    'deep/deep.go': 'package deep\n\nconst Name = "deep"\n',
    'go.mod': 'module example.com/own\n\ngo 1.21\n',
  });
  const template = await fixture.runtime('golang').prepare(code, new AbortController().signal);
  await using server = new RuntimeProcess(template);
  await server.listening();
  await server.next('ready');
  expect(await (await server.fetch('/')).text()).toBe('hello deep');
  expect((await readdir(code.directory)).sort()).toEqual(['deep', 'go.mod', 'greet.go', 'handler.go']);
});

test('a posted form is among the parameters', async () => {
  await using server = await fixture.start('golang', {
    'handler.go': handler('(*w).Write([]byte(params.Get("a") + params.Get("b")))'),
  });
  const body = new URLSearchParams({ a: '1' });
  expect(await (await server.fetch('/?b=2', { method: 'POST', body })).text()).toBe('12');
});

test('a run-time panic has the user’s frames, and after the first byte cuts the answer', async () => {
  await using server = await fixture.start('golang', {
    'handler.go': handler(
      'if params.Get("late") != "" { (*w).Write(make([]byte, 100000)) }\n\tdeep([]int{})',
    ).concat('\nfunc deep(list []int) {\n\t_ = list[3]\n}\n'),
  });
  const { error, stack } = await server.json('/');
  expect(error).toBe('panic: runtime error: index out of range [3] with length 0 (handler.go:15)');
  expect(String(stack).match(/ at main\./g)).toHaveLength(2);
  await expect(server.fetch('/?late=1').then((response) => response.text())).rejects.toThrow();
});

describe('code that does not build', () => {
  test('all errors are in the stack, the first one is the message', async () => {
    const error = await fixture.failureOf('golang', {
      'handler.go': handler('a := 1\n\tb := undefinedThing'),
    });
    expect(error).toMatchObject({ kind: 'load', name: 'CompileError', file: 'handler.go', line: 10 });
    expect(error.stack!.split('\n')).toHaveLength(3);
  });

  test('a func main of the user’s is in the way', async () => {
    const error = await fixture.failureOf('golang', {
      'handler.go': `${handler('')}\nfunc main() {}\n`,
    });
    expect(error).toMatchObject({ file: 'handler.go', line: 13 });
    expect(error.message).toContain('remove it');
  });

  test('another package name is explained', async () => {
    const error = await fixture.failureOf('golang', { 'handler.go': 'package other\n' });
    expect(error).toMatchObject({ file: 'handler.go' });
    expect(error.message).toBe('handler.go is of package other: it must begin with package main');
  });

  test('a handler of another type is told what to write', async () => {
    const error = await fixture.failureOf('golang', {
      'handler.go': 'package main\n\nfunc handler(name string) {}\n',
    });
    expect(error.message).toMatch(/^handler is a func\(string\): write func handler\(/);
  });

  test('a package without a module is named with what to type', async () => {
    const error = await fixture.failureOf('golang', {
      'handler.go': handler('gone.F()', '"example.com/gone"'),
    });
    expect(error).toMatchObject({ file: 'handler.go', line: 6 });
    expect(error.message).toContain('run `go mod init handler && go get example.com/gone`');
  });
});

test('a build that is given up ends its compiler, and the next one builds the newest code', async () => {
  const code = await fixture.write({ 'handler.go': handler('(*w).Write([]byte("one"))') });
  const runtime = fixture.runtime('golang');
  const given = new AbortController();
  const first = runtime.prepare(code, given.signal);
  await writeFile(join(code.directory, 'handler.go'), handler('(*w).Write([]byte("two"))'));
  given.abort(new Error('superseded'));
  const second = runtime.prepare(code, new AbortController().signal);
  await expect(first).rejects.toThrow('superseded');
  await using server = new RuntimeProcess(await second);
  await server.listening();
  expect(await (await server.fetch('/')).text()).toBe('two');
});
