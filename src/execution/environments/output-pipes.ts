import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** What several descriptors of one program lead into, so that the order in which it writes to them is kept. */
export interface OutputPipe {
  readonly output: Readable;
  /** The end that the program gets; to be closed when it has it. */
  readonly descriptor: number;
}

/** Making one costs as much as making many: it takes a process. */
const BATCH = 32;
const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/**
 * Makes pipes. Node gives each descriptor of a program a socket of its own, of which nobody can tell what was written first; nor
 * can a program open a socket anew by its name, as shell scripts do with /dev/stderr. Named pipes can do both, and lose
 * their names as soon as they are opened.
 */
export class OutputPipes implements AsyncDisposable {
  readonly #folder: string;
  #names: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `folder` is emptied, made, and removed at the end. */
  static async open(folder: string): Promise<OutputPipes> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pipes = new OutputPipes(folder);
    const names = pipes.#newNames();
    await promisify(execFile)('mkfifo', names).then(
      () => {
        pipes.#names = names;
      },
      () => {}, // asked for once more when one is needed
    );
    return pipes;
  }

  /** Undefined where the system or the folder's file system has none. */
  take(): OutputPipe | undefined {
    const path = this.#names.pop() ?? this.#makeMore();
    if (path === undefined) return undefined;
    let reading: number | undefined;
    try {
      reading = openSync(path, O_RDONLY | O_NONBLOCK);
      const descriptor = openSync(path, O_WRONLY);
      unlinkSync(path);
      return { output: new Socket({ fd: reading, readable: true, writable: false }), descriptor };
    } catch {
      if (reading !== undefined) closeSync(reading);
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#names = [];
    await rm(this.#folder, { recursive: true, force: true });
  }

  #makeMore(): string | undefined {
    const names = this.#newNames();
    if (spawnSync('mkfifo', names, { stdio: 'ignore' }).status !== 0) return undefined;
    this.#names = names;
    return names.pop();
  }

  #newNames(): string[] {
    const batch = randomUUID();
    return Array.from({ length: BATCH }, (_, index) => join(this.#folder, `${batch}-${index}`));
  }
}
