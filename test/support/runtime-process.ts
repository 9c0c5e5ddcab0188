import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { SourceError } from '../../src/execution/source.ts';
import { readLines } from '../../src/workloads/lines.ts';
import type { WorkloadTemplate } from '../../src/workloads/workload.ts';
import { PATIENCE } from './patience.ts';

interface RuntimeEvent {
  event: 'listening' | 'ready' | 'failed' | 'error' | 'pong';
  port?: number;
  error?: SourceError;
}

/** A runtime server, started and spoken to as the daemon does it, without the daemon. */
export class RuntimeProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  /** What it was started with. */
  readonly environment: Readonly<Record<string, string>>;
  port = 0;
  stdout: string[] = [];
  stderr: string[] = [];
  #events: RuntimeEvent[] = [];
  #waiters = new Set<() => void>();
  #ended = false;

  constructor(template: WorkloadTemplate) {
    const [program, ...args] = template.command;
    this.environment = template.env;
    this.child = spawn(program, args, {
      cwd: template.cwd,
      env: { ...template.env, PORT: '0', LAMBDOCK_PROTOCOL: '1' },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdin!.on('error', () => {}); // a process that ended reads no more
    readLines(this.child.stdout!, (line) => this.stdout.push(line));
    readLines(this.child.stderr!, (line) => this.stderr.push(line));
    readLines(this.child.stdio[3] as Readable, (line) => {
      this.#events.push(JSON.parse(line));
      this.#wake();
    });
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        this.#ended = true;
        resolve({ code, signal });
        this.#wake();
      });
    });
  }

  /** Starts a server and has it load the template's code. */
  static async load(template: WorkloadTemplate): Promise<RuntimeProcess> {
    const started = new RuntimeProcess(template);
    await started.listening();
    if (template.load) started.send({ command: 'load', ...template.load });
    return started;
  }

  async listening(): Promise<number> {
    this.port = (await this.next('listening')).port!;
    return this.port;
  }

  send(command: object): void {
    this.child.stdin!.write(`${JSON.stringify(command)}\n`);
  }

  /** The next event of one of these kinds; earlier ones of other kinds are kept. */
  async next(...kinds: RuntimeEvent['event'][]): Promise<RuntimeEvent> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const index = this.#events.findIndex(({ event }) => kinds.includes(event));
      if (index !== -1) return this.#events.splice(index, 1)[0]!;
      if (this.#ended) throw new Error(`ended before it said ${kinds}: ${this.stderr.join('\n')}`);
      if (Date.now() > deadline) throw new Error(`did not say ${kinds} in time`);
      await this.#change();
    }
  }

  /** The error with which it fails to load. */
  async failure(): Promise<SourceError> {
    const { event, error } = await this.next('failed', 'ready');
    if (event === 'ready' || !error) throw new Error('it loaded');
    return error;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  /** The answer's JSON, whatever its status. */
  async json<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<T> {
    return (await (await this.fetch(path, init)).json()) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.child.kill('SIGKILL');
    await this.exited;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, 1_000);
      this.#waiters.add(wake);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
