import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { publishDaemon } from '../../../src/daemon/daemon-info.ts';
import type { JournalEvent } from '../../../src/journal/journal.ts';
import { packageInfo } from '../../../src/package-info.ts';
import { eventually } from '../../support/patience.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { Terminal, type TerminalOptions } from './terminal.ts';

const ID = (digit: string) => digit.repeat(24);

async function setUp(options: TerminalOptions = {}) {
  const daemon = await new FakeDaemon().listen();
  const terminal = new Terminal({ ...options, env: { LAMBDOCK_URL: daemon.url, ...options.env } });
  return {
    daemon,
    terminal,
    async [Symbol.asyncDispose]() {
      terminal[Symbol.dispose]();
      await daemon.close();
    },
  };
}

describe('help and mistakes', () => {
  it('shows help to who types the bare name', async () => {
    using terminal = new Terminal();
    expect(await terminal.run()).toBe(EXIT.ok);
    expect(terminal.stdout).toContain('Usage: lambdock [options] [command]');
    expect(terminal.stdout).toContain('Exit codes:');
  });

  it('lists every option of start with its default', async () => {
    using terminal = new Terminal();
    expect(await terminal.run('start', '--help')).toBe(EXIT.ok);
    expect(terminal.stdout).toContain('--max-code-bytes <size>');
    expect(terminal.stdout).toContain('(default: 20mb)');
    expect(terminal.stdout).toContain('--no-standby');
  });

  it.each([
    [['strat'], "unknown command 'strat'\n(Did you mean start?)"],
    [['start', '--prot', '1'], "unknown option '--prot'\n(Did you mean --port?)"],
    [['logs'], "missing required argument 'function'"],
    [['start', '--port'], 'argument missing'],
    [['ps', 'extra'], 'too many arguments'],
  ])('%j is a mistake that is explained', async (argv, message) => {
    using terminal = new Terminal();
    expect(await terminal.run(...argv)).toBe(EXIT.usage);
    expect(terminal.stderr).toContain(message);
    expect(terminal.stdout).toBe('');
  });

  it('prints the version in each of the ways that people try', async () => {
    const { version } = packageInfo();
    for (const argv of [['version'], ['--version'], ['-v']]) {
      using terminal = new Terminal();
      expect(await terminal.run(...argv)).toBe(EXIT.ok);
      expect(terminal.stdout).toBe(`${version}\n`);
    }
  });

  it('ends with 2 when the configuration is wrong, and names where', async () => {
    using terminal = new Terminal({ env: { LAMBDOCK_PORT: 'abc' } });
    expect(await terminal.run('ps')).toBe(EXIT.usage);
    expect(terminal.stderr).toBe('error: LAMBDOCK_PORT: expected a whole number 0–65535, got "abc"\n');
  });
});

describe('finding the daemon', () => {
  it('ends with 3 when none answers, and says how to start one', async () => {
    const daemon = await new FakeDaemon().listen();
    await daemon.close();
    using terminal = new Terminal({ env: { LAMBDOCK_URL: daemon.url } });
    expect(await terminal.run('ps')).toBe(EXIT.unreachable);
    expect(terminal.stderr).toContain(`No lambdock answers at ${daemon.url} (ECONNREFUSED)`);
    expect(terminal.stderr).toContain('lambdock start');
  });

  it('ends with 3 when something else answers', async () => {
    const server = createServer((_, res) => void res.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    using terminal = new Terminal({
      env: { LAMBDOCK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    });
    expect(await terminal.run('ps')).toBe(EXIT.unreachable);
    expect(terminal.stderr).toContain('Something else than lambdock answers');
    await new Promise((resolve) => server.close(resolve));
  });

  it('finds a running daemon by its word in the data folder, with its token', async () => {
    await using daemon = await new FakeDaemon().listen();
    daemon.token = 'secret-secret-secret';
    using terminal = new Terminal();
    const userDir = join(terminal.folder, 'lambdock');
    using _ = publishDaemon(
      { url: daemon.url, version: '1', dataDirectory: terminal.folder, token: daemon.token },
      userDir,
    );
    expect(await terminal.run('ps')).toBe(EXIT.ok);
    expect(terminal.stdout).toContain('No functions');
  });

  it('says what to do when the daemon wants a token', async () => {
    await using setup = await setUp();
    setup.daemon.token = 'secret-secret-secret';
    expect(await setup.terminal.run('ps')).toBe(EXIT.failed);
    expect(setup.terminal.stderr).toContain('LAMBDOCK_TOKEN');
    using other = new Terminal({
      env: { LAMBDOCK_URL: setup.daemon.url, LAMBDOCK_TOKEN: setup.daemon.token },
    });
    expect(await other.run('ps')).toBe(EXIT.ok);
  });
});

describe('ps', () => {
  it('shows functions with their state and endpoint, and why one fails', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [
      { id: ID('1'), title: 'hello' },
      {
        id: ID('2'),
        title: '日本',
        status: {
          state: 'failed',
          lastError: { kind: 'load', name: 'SyntaxError', message: 'bad', file: 'a.mjs', line: 3, time: '' },
        },
      },
    ];
    expect(await setup.terminal.run('ps')).toBe(EXIT.ok);
    expect(setup.terminal.stdout.split('\n')).toEqual([
      'ID                        TITLE  RUNTIME  STATE   ENDPOINT',
      `${ID('1')}  hello  node 20  ready   ${setup.daemon.url}/endpoint/${ID('1')}`,
      `${ID('2')}  日本   node 20  failed  ${setup.daemon.url}/endpoint/${ID('2')}`,
      'failed 日本: SyntaxError: bad (a.mjs:3)',
      '',
    ]);
  });

  it('breaks no line on a narrow terminal', async () => {
    for (const [columns, titles] of [
      [120, 'ID                        TITLE  RUNTIME  STATE  ENDPOINT'],
      [90, 'TITLE  RUNTIME  STATE  ENDPOINT'],
      [60, 'ID                        TITLE  RUNTIME  STATE'],
    ] as const) {
      await using setup = await setUp({ columns, env: { NO_COLOR: '1' } });
      setup.daemon.functions = [{ id: ID('1'), title: 'hello' }];
      await setup.terminal.run('ps');
      expect(setup.terminal.stdout.split('\n')[0]).toBe(titles);
      expect(setup.terminal.stdout).toContain(`${setup.daemon.url}/endpoint/`);
    }
  });

  it('reads all pages, and prints JSON', async () => {
    await using setup = await setUp();
    setup.daemon.functions = Array.from({ length: 130 }, (_, index) => ({
      id: index.toString(16).padStart(24, '0'),
      title: `f${index}`,
    }));
    expect(await setup.terminal.run('ps', '--json')).toBe(EXIT.ok);
    const rows = JSON.parse(setup.terminal.stdout) as { title: string; state: string; endpoint: string }[];
    expect(rows).toHaveLength(130);
    expect(rows[129]).toMatchObject({ title: 'f129', state: 'ready' });
  });
});

describe('naming a function', () => {
  it.each([
    ['by its title', 'world'],
    ['by its id', ID('2')],
    ['by the start of its id', '22'],
  ])('%s', async (_, wanted) => {
    await using setup = await setUp();
    setup.daemon.functions = [
      { id: ID('1'), title: 'hello' },
      { id: ID('2'), title: 'world' },
    ];
    expect(await setup.terminal.run('rm', wanted)).toBe(EXIT.ok);
    expect(setup.terminal.stdout).toBe(`Deleted world (${ID('2')})\n`);
    expect(setup.daemon.functions).toHaveLength(1);
  });

  it('fails with 5 when there is none', async () => {
    await using setup = await setUp();
    expect(await setup.terminal.run('rm', 'nothing')).toBe(EXIT.notFound);
    expect(setup.terminal.stderr).toContain('There is no function "nothing"');
  });

  it('deletes nothing when several are meant', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [
      { id: ID('1'), title: 'same' },
      { id: ID('2'), title: 'same' },
    ];
    expect(await setup.terminal.run('rm', 'same')).toBe(EXIT.usage);
    expect(setup.terminal.stderr).toContain(ID('1'));
    expect(setup.terminal.stderr).toContain(ID('2'));
    expect(setup.daemon.functions).toHaveLength(2);
  });
});

describe('logs', () => {
  it('keeps the streams apart', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [
      {
        id: ID('1'),
        title: 'f',
        logs: [
          { stream: 'stdout', text: 'out' },
          { stream: 'stderr', text: 'err' },
        ],
      },
    ];
    expect(await setup.terminal.run('logs', 'f')).toBe(EXIT.ok);
    expect(setup.terminal).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
  });

  it('goes on with --follow until interrupted, and that is no failure', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [{ id: ID('1'), title: 'f', logs: [{ stream: 'stdout', text: 'line' }] }];
    const running = setup.terminal.run('logs', '-f', 'f');
    await setup.terminal.shows('line');
    setup.terminal.interrupt();
    expect(await running).toBe(EXIT.ok);
  });
});

describe('open', () => {
  it('prints the URL where there is no desktop', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [{ id: ID('1'), title: 'f' }];
    expect(await setup.terminal.run('open', 'f')).toBe(EXIT.ok);
    expect(setup.terminal.stdout).toBe(`${setup.daemon.url}/endpoint/${ID('1')}\n`);
  });
});

describe('reset', () => {
  it('asks, naming what goes, and takes anything but yes for no', async () => {
    await using setup = await setUp({ answers: ['', 'y'] });
    setup.daemon.functions = [{ id: ID('1'), title: 'f' }];
    expect(await setup.terminal.run('reset')).toBe(EXIT.failed);
    expect(setup.terminal.stderr).toContain(
      'Delete all in /data/of/the/fake (1 function, and what AWS’s clients made)? [y/N]',
    );
    expect(setup.daemon.functions).toHaveLength(1);
    expect(await setup.terminal.run('reset')).toBe(EXIT.ok);
    expect(setup.terminal.stdout).toContain('Deleted 1 function\n');
  });

  it('refuses where nobody can answer, unless told --yes', async () => {
    await using setup = await setUp();
    setup.daemon.functions = [{ id: ID('1'), title: 'f' }];
    expect(await setup.terminal.run('reset')).toBe(EXIT.usage);
    expect(setup.terminal.stderr).toContain('lambdock reset --yes');
    expect(setup.daemon.functions).toHaveLength(1);
    expect(await setup.terminal.run('reset', '--yes')).toBe(EXIT.ok);
    expect(setup.daemon.functions).toHaveLength(0);
  });
});

describe('dev', () => {
  const handler = (terminal: Terminal) => {
    const path = join(terminal.folder, 'handler.mjs');
    writeFileSync(path, 'export default () => {}');
    return path;
  };

  it('fails with 5 when there is no such file', async () => {
    await using setup = await setUp();
    expect(await setup.terminal.run('dev', 'nowhere')).toBe(EXIT.notFound);
    expect(setup.terminal.stderr).toContain('There is no file or folder nowhere');
  });

  it('links the file and prints a line for each reload until interrupted', async () => {
    await using setup = await setUp();
    const path = handler(setup.terminal);
    const running = setup.terminal.run(
      'dev',
      'handler.mjs',
      '--title',
      'mine',
      '--ignore',
      '*.txt',
      '--poll',
    );
    await setup.terminal.shows('watching handler.mjs');
    expect(setup.daemon.bodies).toEqual([{ path, title: 'mine', ignore: ['*.txt'], poll: true }]);
    const id = setup.daemon.functions[0]!.id;
    const reload: JournalEvent = {
      type: 'reload.finished',
      id,
      files: ['handler.mjs'],
      durationMs: 9,
      outcome: 'ready',
    };
    setup.daemon.record({ ...reload, id: ID('9'), files: ['foreign.mjs'] });
    setup.daemon.record(reload);
    await setup.terminal.shows('ready     9 ms  handler.mjs');
    expect(setup.terminal.stdout).not.toContain('foreign');
    setup.terminal.interrupt();
    expect(await running).toBe(EXIT.ok);
    expect(setup.terminal.stdout).toContain(`mine stays linked; delete it with: lambdock rm ${id}`);
  });

  it('links again when the daemon went away and came back', async () => {
    await using setup = await setUp();
    handler(setup.terminal);
    const running = setup.terminal.run('dev', 'handler.mjs', '-q');
    await eventually(() => setup.daemon.followers > 0);
    const { port } = setup.daemon;
    await setup.daemon.close();
    await setup.terminal.shows('Lost the daemon', 'stderr');
    await using second = await new FakeDaemon().listen(port);
    await eventually(() => second.requests.includes('POST /_lambdock/link'));
    setup.terminal.interrupt();
    expect(await running).toBe(EXIT.ok);
    expect(setup.terminal.stderr.match(/Lost the daemon/g)).toHaveLength(1);
  });

  it('ends when somebody deletes the function', async () => {
    await using setup = await setUp();
    handler(setup.terminal);
    const running = setup.terminal.run('dev', 'handler.mjs', '-q');
    await setup.terminal.shows('watching');
    setup.daemon.record({ type: 'function.deleted', id: setup.daemon.functions[0]!.id, title: 'linked' });
    expect(await running).toBe(EXIT.failed);
    expect(setup.terminal.stderr).toContain('The function was deleted');
  });
});
