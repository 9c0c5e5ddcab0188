import { expect, it } from 'vitest';
import type { CommandSpec } from '../../../src/cli/command.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { parsePlain } from '../../../src/cli/parse.ts';
import { runProgram } from '../../../src/cli/program.ts';

/** The table with commands that only tell what they were called with. */
function recording() {
  const calls: { name: string; args: readonly string[]; flags: Record<string, unknown> }[] = [];
  const specs: CommandSpec[] = COMMANDS.map((spec) => ({
    ...spec,
    load:
      async () =>
      async ({ args, flags }) => {
        calls.push({ name: spec.name, args, flags });
        return EXIT.ok;
      },
  }));
  return { calls, specs };
}

const LINES: string[][] = [
  ['start'],
  ['start', '--port', '0', '--ephemeral', '--no-standby'],
  ['start', '--port=8080', '--host=127.0.0.1', '-d', '--json'],
  ['dev', './handler.mjs', '--title', 'hello world', '--ignore', 'a', '--ignore=b/**', '--poll', '-q'],
  ['dev', '--runtime', 'node', 'folder', '--url', 'http://127.0.0.1:1'],
  ['logs', '-f', 'abc', '--json'],
  ['ps', '--json'],
  ['rm', 'a title'],
  ['reset', '-y', '--data-dir', '/tmp/x'],
  ['doctor', '--strict'],
  ['stop'],
  ['version'],
];

it.each(LINES)('reads "lambdock %s %s %s…" as commander does', async (...line) => {
  const argv = line.filter((token) => token !== undefined);
  const plain = parsePlain(argv, COMMANDS);
  const { calls, specs } = recording();
  const silent = { write: () => {}, line: () => {}, style: { red: String }, columns: 80 };
  await runProgram(argv, '1', { out: silent, err: silent } as never, specs);
  expect(calls).toEqual([{ name: plain?.spec.name, args: plain?.args, flags: plain?.flags }]);
});

it.each([
  [],
  ['strat'],
  ['start', '--help'],
  ['start', '-h'],
  ['start', '--prot', '1'],
  ['start', '--port'],
  ['start', '--port', '--json'],
  ['start', '--ephemeral=yes'],
  ['start', 'extra'],
  ['logs'],
  ['logs', '-fx', 'a'],
  ['rm', '--', '-odd-title'],
  ['--version'],
])('leaves "lambdock %s %s %s" to commander', (...line) => {
  expect(parsePlain(line.filter((token) => token !== undefined) as string[], COMMANDS)).toBeUndefined();
});

it('gives every command unique flags', () => {
  for (const { flags } of COMMANDS) {
    const names = flags.flatMap(({ long, short }) => (short ? [long, short] : [long]));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(flags.map(({ key }) => key)).size).toBe(flags.length);
  }
});
