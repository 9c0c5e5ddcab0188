import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { Environment } from '../daemon/config.ts';
import type { CliContext, Output } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { styleFor } from './style.ts';

/** The surroundings of a command that runs as this process. */
export function processContext(host: NodeJS.Process, env: Environment, clock: Clock): CliContext {
  let interruption: AbortController | undefined;
  // The reader (`| head`) has seen enough, or the terminal is gone: that is no failure, and nothing more can be told.
  const onGone = () => {
    if (interruption) interruption.abort('nobody reads the output');
    else host.exit(EXIT.ok);
  };
  return {
    env,
    cwd: host.cwd(),
    out: output(host.stdout, env, onGone),
    err: output(host.stderr, env, onGone),
    clock,
    ask: host.stdin.isTTY && host.stderr.isTTY ? (question) => ask(question, host) : undefined,
    interruption: () => {
      interruption ??= onInterruption(host, clock);
      return interruption.signal;
    },
    announce: (announcement) => void (host.connected && host.send?.(announcement)),
    sinceLaunch: () => performance.now(),
  };
}

function output(stream: NodeJS.WriteStream, env: Environment, onGone: () => void): Output {
  const style = styleFor(stream.isTTY === true, env);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    onGone();
  });
  return {
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${text}\n`),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    style,
  };
}

/** Under npm and npx a Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_KEYSTROKE: Milliseconds = 500;

function onInterruption(host: NodeJS.Process, clock: Clock): AbortController {
  const controller = new AbortController();
  let first = 0;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = clock.monotonic();
    if (controller.signal.aborted && now - first > SAME_KEYSTROKE) host.exit(EXIT.interrupted);
    if (controller.signal.aborted) return;
    first = now;
    controller.abort(signal);
  };
  for (const signal of signals) host.on(signal, onSignal);
  return controller;
}

async function ask(question: string, host: NodeJS.Process): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: host.stdin, output: host.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
