import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import { ApiServer } from '../runtime-api/api-server.ts';
import { standbyVariables } from './environment-variables.ts';
import type { Program, ProgramDriver } from './program.ts';

/** What an environment lives in: its Runtime API's listener, its /tmp, and perhaps a runtime process that waits to be used. */
export interface Shell {
  api: ApiServer;
  /** Host and port. */
  address: string;
  temporaryFolder: string;
  standby: Program | undefined;
  close(): Promise<void>;
}

export interface ShellsOptions {
  driver: ProgramDriver;
  clock: Clock;
  /** One folder a shell is made in it. */
  folder: string;
  /** The daemon's PATH. */
  path: string;
  /** Whether runtime processes are started ahead at all. */
  standby: boolean;
}

/** How to start a runtime process ahead. Processes of equal commands can stand in for each other. */
export type StandbyCommand = readonly [string, ...string[]];

/** A standby nobody took for this long is ended: it holds memory that its user may want for something else. */
const UNUSED_FOR: Milliseconds = 15 * 60_000;
/** The next standby must not compete for the processor with the one that was just taken. */
const REFILL_PAUSE: Milliseconds = 30;
/** Who has needed one may soon need another. */
const KEPT = 2;

interface Kind {
  command: StandbyCommand;
  waiting: { shell: Shell; expiry: ClockTimer }[];
  starting: number;
}

/** Makes shells, some of them ahead of need. */
export class Shells implements AsyncDisposable {
  readonly #options: ShellsOptions;
  readonly #kinds = new Map<string, Kind>();
  #disposed = false;

  constructor(options: ShellsOptions) {
    this.#options = options;
  }

  /** How many runtime processes wait. */
  get standbys(): number {
    return [...this.#kinds.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** One with a waiting process of this command, if there is one; else a bare one. */
  async take(command: StandbyCommand | undefined): Promise<Shell> {
    const kind = command && this.#kind(command);
    for (let one = kind?.waiting.shift(); one; one = kind?.waiting.shift()) {
      one.expiry.cancel();
      this.#refillSoon(kind!);
      if (!one.shell.standby?.ended) return one.shell;
      void one.shell.close();
    }
    if (kind) this.#refillSoon(kind);
    return this.#make();
  }

  /** Makes sure that a process of this command waits, or soon will. */
  warm(command: StandbyCommand): void {
    const kind = this.#kind(command);
    if (kind.waiting.length + kind.starting === 0) void this.#add(kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const shells = [...this.#kinds.values()].flatMap(({ waiting }) => waiting.splice(0));
    for (const { expiry } of shells) expiry.cancel();
    await Promise.all(shells.map(({ shell }) => shell.close()));
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  #kind(command: StandbyCommand): Kind {
    const key = command.join('\0');
    const known = this.#kinds.get(key);
    if (known) return known;
    const kind: Kind = { command, waiting: [], starting: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }

  #refillSoon(kind: Kind): void {
    this.#options.clock.after(REFILL_PAUSE, () => {
      if (kind.waiting.length + kind.starting < KEPT) void this.#add(kind);
    });
  }

  async #add(kind: Kind): Promise<void> {
    if (this.#disposed || !this.#options.standby) return;
    kind.starting++;
    try {
      const shell = await this.#make();
      if (this.#disposed) return void shell.close();
      shell.standby = this.#options.driver.start({
        command: kind.command,
        cwd: shell.temporaryFolder,
        env: standbyVariables(shell.address, this.#options.path, shell.temporaryFolder),
        frames: true,
        events: true,
        standby: true,
      });
      const drop = () => {
        const index = kind.waiting.indexOf(entry);
        if (index === -1) return;
        kind.waiting.splice(index, 1);
        expiry.cancel();
        void shell.close();
      };
      const expiry = this.#options.clock.after(UNUSED_FOR, drop);
      const entry = { shell, expiry };
      kind.waiting.push(entry);
      void shell.standby.exited.then(drop);
    } catch {
      // No port or no disk space: the environment that needs a shell now will say so.
    } finally {
      kind.starting--;
    }
  }

  async #make(): Promise<Shell> {
    const { driver, folder } = this.#options;
    const temporaryFolder = join(folder, randomUUID());
    const api = new ApiServer();
    const [port] = await Promise.all([
      api.listen(driver.apiHost),
      mkdir(temporaryFolder, { recursive: true, mode: 0o700 }),
    ]);
    const shell: Shell = {
      api,
      address: `${driver.apiHost}:${port}`,
      temporaryFolder,
      standby: undefined,
      close: async () => {
        api.close();
        shell.standby?.kill();
        await shell.standby?.exited;
        await rm(temporaryFolder, { recursive: true, force: true });
      },
    };
    return shell;
  }
}
