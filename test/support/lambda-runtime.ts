import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { PATIENCE } from './patience.ts';

const ROOT = '/2018-06-01/runtime';

/** What a runtime has told the Runtime API. */
export interface Told {
  /** `response`, `error` or `init/error`. */
  readonly kind: string;
  readonly requestId: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: Record<string, string | undefined>;
  readonly text: string;
}

/** A Runtime API that does nothing but hand out invocations and note down answers. */
export class FakeRuntimeApi implements AsyncDisposable {
  readonly #server = createServer((request, response) => this.#handle(request, response));
  readonly #queued: [Record<string, string>, string][] = [];
  readonly #told: Told[] = [];
  #waiting: ((told: Told) => void) | undefined;
  #next: ServerResponse | undefined;
  #onNext: (() => void) | undefined;
  connections = 0;
  /** With which answers are acknowledged. */
  acknowledge = 202;

  static async start(keepAliveTimeout = 60_000): Promise<FakeRuntimeApi> {
    const api = new FakeRuntimeApi();
    api.#server.keepAliveTimeout = keepAliveTimeout;
    api.#server.on('connection', () => api.connections++);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Hands out an invocation, and resolves with its answer. */
  async invoke(event: unknown, headers: Record<string, string> = {}): Promise<Told> {
    this.enqueue(event, headers);
    return this.told();
  }

  enqueue(event: unknown, headers: Record<string, string> = {}, id = `id-${Math.random()}`): void {
    const all = {
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + 3000),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:f',
      'Content-Type': 'application/json',
      ...headers,
    };
    this.#queued.push([all, JSON.stringify(event)]);
    this.#deliver();
  }

  /** What comes next, or already has. */
  async told(): Promise<Told> {
    const first = this.#told.shift();
    if (first) return first;
    return withPatience('an answer', new Promise<Told>((resolve) => (this.#waiting = resolve)));
  }

  /** Resolves when the runtime waits for an invocation. */
  async asked(): Promise<void> {
    if (this.#next) return;
    await withPatience('next', new Promise<void>((resolve) => (this.#onNext = resolve)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === `${ROOT}/invocation/next`) {
      this.#next = response;
      this.#onNext?.();
      this.#deliver();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, id, kind] = /invocation\/([^/]+)\/(\w+)$/.exec(request.url!) ?? [];
      const told = {
        kind: kind ?? request.url!.slice(ROOT.length + 1),
        requestId: id && decodeURIComponent(id),
        headers: request.headers,
        trailers: request.trailers,
        text: Buffer.concat(chunks).toString('utf8'),
      };
      response.writeHead(this.acknowledge, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n');
      if (this.#waiting) this.#waiting(told);
      else this.#told.push(told);
      this.#waiting = undefined;
    });
  }

  #deliver(): void {
    if (!this.#next || this.#queued.length === 0) return;
    const [headers, body] = this.#queued.shift()!;
    this.#next.writeHead(200, headers).end(body);
    this.#next = undefined;
  }
}

export interface RuntimePlan {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly handler: string;
  readonly files: Record<string, string>;
  readonly env?: Record<string, string>;
  /** Started before its function is known, with nothing of `env`; with these variables when they are given. */
  readonly standby?: boolean | Record<string, string>;
  /** Whether log frames are taken at descriptor 3. */
  readonly frames?: boolean;
}

export interface Frame {
  readonly type: number;
  readonly micros: bigint;
  readonly message: string;
}

/** A real process of a runtime, with code in a folder of its own, against a fake Runtime API. */
export class RuntimeUnderTest implements AsyncDisposable {
  readonly api: FakeRuntimeApi;
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #output: Buffer[] = [];
  readonly #frames: Buffer[] = [];
  readonly #exit: Promise<number | string>;

  private constructor(api: FakeRuntimeApi, folder: string, child: ChildProcess) {
    this.api = api;
    this.folder = folder;
    this.#child = child;
    child.stdout!.on('data', (bytes: Buffer) => this.#output.push(bytes));
    child.stderr!.on('data', (bytes: Buffer) => this.#output.push(bytes));
    (child.stdio[3] as Readable | undefined)?.on('data', (bytes: Buffer) => this.#frames.push(bytes));
    this.#exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  static async start(plan: RuntimePlan, keepAliveTimeout?: number): Promise<RuntimeUnderTest> {
    const api = await FakeRuntimeApi.start(keepAliveTimeout);
    const folder = mkdtempSync(join(tmpdir(), 'lambda-runtime-'));
    for (const [name, text] of Object.entries(plan.files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const first = {
      AWS_LAMBDA_RUNTIME_API: api.address,
      PATH: process.env.PATH!,
      ...(plan.frames ? { _LAMBDA_TELEMETRY_LOG_FD: '3' } : {}),
    };
    const env = {
      ...first,
      _HANDLER: plan.handler,
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123',
      LAMBDOCK_SHOWN_TASK_ROOT: '/var/task',
      ...plan.env,
    };
    const early = typeof plan.standby === 'object' ? plan.standby : {};
    const [file, ...args] = plan.command;
    const child = spawn(file!, args, {
      cwd: plan.standby ? tmpdir() : folder,
      env: plan.standby ? { ...first, LAMBDOCK_STANDBY: '1', LEFT_OVER: 'yes', ...early } : env,
      stdio: [plan.standby ? 'pipe' : 'ignore', 'pipe', 'pipe', plan.frames ? 'pipe' : 'ignore'],
    });
    if (plan.standby) child.stdin!.write(`${JSON.stringify({ env, cwd: folder })}\n`);
    return new RuntimeUnderTest(api, folder, child);
  }

  /** The exit code, or the signal's name. */
  exit(): Promise<number | string> {
    return withPatience('the end of the process', this.#exit);
  }

  /** What it has written when it waits for an invocation, or has ended. */
  async output(): Promise<string> {
    await this.#end();
    return Buffer.concat(this.#output).toString('utf8');
  }

  /** Invokes and gives the answer, with the JSON it is. */
  // biome-ignore lint/suspicious/noExplicitAny: what a handler answers is the test's own
  async result(event: unknown = {}, headers?: Record<string, string>): Promise<any> {
    return JSON.parse((await this.api.invoke(event, headers)).text);
  }

  /** The frames it has written when it waits for an invocation, or has ended. */
  async frames(): Promise<Frame[]> {
    await this.#end();
    const bytes = Buffer.concat(this.#frames);
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = bytes.readUInt32BE(at + 4);
      frames.push({
        type: bytes.readUInt32BE(at),
        micros: bytes.readBigInt64BE(at + 8),
        message: bytes.toString('utf8', at + 16, at + 16 + size),
      });
      at += 16 + size;
    }
    return frames;
  }

  /**
   * Ends the process once it has nothing more to do. What comes through pipes is read independently of what comes to the API: only
   * their end tells that everything was read.
   */
  async #end(): Promise<void> {
    await Promise.race([this.api.asked(), this.exit()]);
    this.#child.kill('SIGKILL');
    await this.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
    await this.api[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }
}

async function withPatience<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The runtime has not come to ${what}`)), PATIENCE);
    timer.unref();
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
