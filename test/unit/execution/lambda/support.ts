import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../../src/clock/clock.ts';
import { RealClock } from '../../../../src/clock/real-clock.ts';
import {
  type CreateLambdaHostOptions,
  createLambdaHost,
} from '../../../../src/execution/create-lambda-host.ts';
import type { FunctionVersion, Invocation, Outcome } from '../../../../src/execution/function-host.ts';
import type { LambdaHost } from '../../../../src/execution/lambda-host.ts';
import { packageInfo } from '../../../../src/package-info.ts';
import { sha256 } from '../../../../src/platform/packages.ts';
import { eventually } from '../../../support/patience.ts';
import { makeZip } from '../../../support/zip.ts';

type Files = Parameters<typeof makeZip>[0];

/** A host with folders of its own, objects in memory, and everything that was logged. */
export class TestHost implements AsyncDisposable {
  readonly host: LambdaHost;
  readonly folder: string;
  readonly logged: { group: string; stream: string; message: string }[];
  readonly #objects: Map<string, Buffer>;

  static async start(options: Partial<CreateLambdaHostOptions> & { clock?: Clock } = {}): Promise<TestHost> {
    const folder = mkdtempSync(join(tmpdir(), 'lambda-host-'));
    const objects = new Map<string, Buffer>();
    const logged: TestHost['logged'] = [];
    const host = await createLambdaHost({
      clock: new RealClock(),
      objects: { read: async (bucket, key) => objects.get(`${bucket}/${key}`) },
      logs: {
        write: (_scope, group, stream, events) => {
          for (const { message } of events) logged.push({ group, stream, message });
        },
      },
      records: { add: () => {}, remove: () => {} },
      credentials: () => ({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }),
      endpointUrl: () => 'http://127.0.0.1:4566',
      codeFolder: join(folder, 'code'),
      sdkFolder: join(folder, 'sdk'),
      environmentsFolder: join(folder, 'environments'),
      runtimesDirectory: join(packageInfo().root, 'runtimes'),
      env: { PATH: process.env.PATH ?? '' },
      idleTimeout: 60_000,
      standby: false,
      ...options,
    });
    return new TestHost(host, folder, objects, logged);
  }

  private constructor(
    host: LambdaHost,
    folder: string,
    objects: Map<string, Buffer>,
    logged: TestHost['logged'],
  ) {
    this.host = host;
    this.folder = folder;
    this.#objects = objects;
    this.logged = logged;
  }

  package(files: Files) {
    const zip = makeZip(files);
    const digest = sha256(zip);
    this.#objects.set(`code/${digest}`, zip);
    return { bucket: 'code', key: digest, sha256: digest };
  }

  /** A version whose package has these files. */
  fn(files: Files, over: Partial<FunctionVersion> = {}): FunctionVersion {
    const name = over.name ?? 'hello';
    return {
      scope: { account: '000000000000', region: 'us-east-1' },
      name,
      version: '$LATEST',
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      revision: randomUUID(),
      runtime: 'provided.al2023',
      handler: 'index.handler',
      code: this.package(files),
      layers: [],
      environment: {},
      timeout: 60_000,
      memoryMb: 256,
      ephemeralStorageMb: 512,
      architecture: 'x86_64',
      role: 'arn:aws:iam::000000000000:role/test',
      logging: { group: `/aws/lambda/${name}`, format: 'Text' },
      tracing: 'PassThrough',
      ...over,
    };
  }

  /** A version of a program that speaks the Runtime API itself, written in JavaScript: see `bootstrap`. */
  program(body: string, over: Partial<FunctionVersion> = {}): FunctionVersion {
    return this.fn({ bootstrap: { content: bootstrap(body), mode: 0o755 } }, over);
  }

  invoke(fn: FunctionVersion, payload: unknown = {}, over: Partial<Invocation> = {}): Promise<Outcome> {
    return this.host.invoke(fn, invocation(fn, payload, over));
  }

  /** All that was logged, one text, once `sign` is in it: what is logged comes independently of answers. */
  log(sign: RegExp, group?: string): Promise<string> {
    return eventually(() => {
      const own = this.logged.filter((event) => group === undefined || event.group === group);
      const text = own.map(({ message }) => message).join('');
      return sign.test(text) && text;
    });
  }

  /** Waits until every environment that there is would take an invocation: a runtime asks for it after it has answered. */
  async idle(): Promise<void> {
    await eventually(() => this.host.state().busy === 0);
  }

  /** Waits until there are this many environments. */
  async environments(count: number): Promise<void> {
    await eventually(() => this.host.state().environments === count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The body of a program that answers its process's id, once the gate that it is told of is open. */
export const GATED = `
  const { existsSync, writeFileSync } = require('node:fs');
  await serve(async ({ gate }) => {
    if (gate) writeFileSync(gate + '/' + process.pid, '');
    while (gate && !existsSync(gate + '/open')) await new Promise((resolve) => setTimeout(resolve, 5));
    return process.pid;
  });`;

/** Holds invocations of `GATED` for as long as a test wants them under way. */
export class Gate implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'lambda-gate-'));

  /** Waits until as many processes are in front of it. */
  async reached(count: number): Promise<void> {
    await eventually(() => readdirSync(this.folder).length === count);
  }

  open(): void {
    writeFileSync(join(this.folder, 'open'), '');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function invocation(
  fn: FunctionVersion,
  payload: unknown = {},
  over: Partial<Invocation> = {},
): Invocation {
  return {
    requestId: randomUUID(),
    payload: Buffer.from(JSON.stringify(payload)),
    invokedFunctionArn: fn.functionArn,
    ...over,
  };
}

/** The payload of an outcome as a value. */
export function value({ payload }: Outcome): unknown {
  return JSON.parse(Buffer.from(payload).toString());
}

/**
 * A bootstrap in JavaScript. `body` is what follows, with `call(method, path, body, headers)`, which resolves to
 * {status, headers, text}, `next()`, `respond(id, value)`, and `serve(handler)`, which goes on for ever.
 */
export function bootstrap(body: string): string {
  return `#!${process.execPath}
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const req = http.request({ host, port, method, path, agent, headers }, (res) => {
      const parts = [];
      res.on('data', (part) => parts.push(part));
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, text: Buffer.concat(parts).toString() }));
    });
    req.on('error', reject);
    req.end(body);
  });
}
const api = '/2018-06-01/runtime';
const next = async () => {
  const { headers, text } = await call('GET', api + '/invocation/next');
  return { id: headers['lambda-runtime-aws-request-id'], headers, event: JSON.parse(text) };
};
const respond = (id, value) => call('POST', api + '/invocation/' + id + '/response', JSON.stringify(value));
async function serve(handler) {
  for (;;) {
    const { id, event, headers } = await next();
    try {
      await respond(id, await handler(event, headers));
    } catch (error) {
      const body = JSON.stringify({ errorMessage: error.message, errorType: error.name });
      await call('POST', api + '/invocation/' + id + '/error', body, { 'lambda-runtime-function-error-type': error.name });
    }
  }
}
(async () => {
${body}
})();
`;
}
