import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, eventually, testEnvironment } from './daemon.ts';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs, with what it printed so far. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly result: Promise<CommandResult>;
  stdout(): string;
  stderr(): string;
  /** Waits, bounded, until standard output holds something, and returns the match. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A user of the built command line, with folders of their own. Commands still running at the end are ended. */
export class User implements AsyncDisposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'lambdock-user-')));
  readonly #env: Record<string, string>;
  readonly #within: string[];
  readonly #running = new Set<RunningCommand>();

  /** `within`: a command that runs the one it is followed by, in its own process. */
  constructor(env: Record<string, string> = {}, within: string[] = []) {
    this.#env = env;
    this.#within = within;
  }

  /** Runs a command to its end. */
  run(...argv: string[]): Promise<CommandResult> {
    return this.launch(...argv).result;
  }

  launch(...argv: string[]): RunningCommand {
    const [program, ...args] = [...this.#within, process.execPath, CLI, ...argv];
    const child = spawn(program!, args, {
      cwd: this.folder,
      env: testEnvironment({ XDG_DATA_HOME: this.folder, ...this.#env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const result = new Promise<CommandResult>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    const running: RunningCommand = {
      process: child,
      result,
      stdout: () => stdout,
      stderr: () => stderr,
      shows: (pattern) =>
        eventually(() => {
          const match = pattern.exec(stdout);
          if (!match && child.exitCode !== null)
            throw new Error(`ended without ${pattern}:\n${stdout}\n${stderr}`);
          return match ?? undefined;
        }, 60_000),
    };
    this.#running.add(running);
    void result.then(() => this.#running.delete(running));
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process: child, result } of this.#running) {
      child.kill('SIGTERM');
      await result;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
