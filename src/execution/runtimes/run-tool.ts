import { spawn } from 'node:child_process';
import { readLines } from '../../workloads/lines.ts';
import { SourceFailure } from '../source.ts';

export interface ToolRun {
  command: readonly [string, ...string[]];
  cwd: string;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** Called for each line of stdout and stderr. */
  onLine?: (line: string) => void;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  code: number | null;
  /** Lines of stdout and stderr in the order they came, the newest of them when there are very many. */
  lines: string[];
}

const MAX_LINES = 2_000;

/**
 * Runs a compiler or an installer to its end. When the signal aborts, the tool and all it started are ended before
 * this rejects with the signal's reason.
 */
export async function runTool({ command, cwd, env, signal, onLine }: ToolRun): Promise<ToolResult> {
  signal.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
    onLine?.(line);
  };
  readLines(child.stdout, take);
  readLines(child.stderr, take);
  const end = () => endGroup(child.pid);
  signal.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (error) => reject(cannotRun(program, error)));
      child.on('close', resolve);
    });
    signal.throwIfAborted();
    return { code, lines };
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended by itself
  }
}

function cannotRun(program: string, error: Error): SourceFailure {
  return new SourceFailure({ kind: 'setup', message: `can't run ${program}: ${error.message}` });
}
