import { expect, test } from 'vitest';
import { explainGoBuild } from '../../../src/execution/runtimes/go-errors.ts';

const explain = (lines: string[], ownModule = false) =>
  explainGoBuild({ lines, entry: 'handler.go', ownModule });

test('the first error in a file of the user’s is the message, all of them are the stack', () => {
  const lines = [
    '# handler',
    './handler.go:10:2: undefined: x',
    '\thave (int)',
    './util.go:3:1: syntax error',
  ];
  expect(explain(lines)).toEqual({
    kind: 'load',
    name: 'CompileError',
    message: 'undefined: x',
    stack: './handler.go:10:2: undefined: x\n\thave (int)\n./util.go:3:1: syntax error',
    file: 'handler.go',
    line: 10,
    column: 2,
  });
});

test('errors of the runtime’s files that follow from the user’s are left out', () => {
  const lines = ['# handler', '/r/zz_lambdock_main.go:31:30: undefined: handler'];
  const error = explain(lines);
  expect(error.message).toMatch(/^handler\.go defines no function handler: write func handler\(/);
  expect(error).toMatchObject({ file: 'handler.go' });
  expect(error.stack).not.toContain('zz_lambdock');
});

test('a second func main is shown where the user wrote it', () => {
  const lines = [
    '/r/zz_lambdock_main.go:17:6: main redeclared in this block',
    '\t./util.go:5:6: other declaration of main',
  ];
  expect(explain(lines)).toMatchObject({
    message: 'func main belongs to the runtime: remove it and write func handler',
    file: 'util.go',
    line: 5,
  });
});

test('a missing module is told with the commands that add it', () => {
  const lines = [
    'handler.go:3:8: no required module provides package example.com/x; to add it:',
    '\tgo get example.com/x',
  ];
  expect(explain(lines, true)).toMatchObject({
    line: 3,
    message: expect.stringContaining('run `go get example.com/x`'),
  });
  expect(explain(lines).message).toContain('run `go mod init handler && go get example.com/x`');
  const { message } = explainGoBuild({ lines, entry: 'handler.go', ownModule: false, inline: true });
  expect(message).toContain("no package example.com/x. Code sent to the API can't have packages");
});

test('an error without a place is said as Go says it', () => {
  const lines = ['go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)'];
  expect(explain(lines, true)).toMatchObject({ message: lines[0]!.slice(4), file: 'handler.go' });
  expect(explain([]).message).toBe('go build failed without a word');
});
