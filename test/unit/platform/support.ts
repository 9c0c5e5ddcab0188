import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import type { DeploymentSpec, DeploymentStatus, Deployments } from '../../../src/execution/deployment.ts';
import { LogBuffer } from '../../../src/execution/log-buffer.ts';
import type { Runtime, RuntimeCatalogue, RuntimeDefinition } from '../../../src/execution/runtime.ts';
import type { FunctionId } from '../../../src/execution/source.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { Exchanges } from '../../../src/platform/exchanges.ts';
import { DefaultFunctionService } from '../../../src/platform/function-service.ts';
import type { FunctionRecord, FunctionTable, ListQuery } from '../../../src/platform/functions.ts';
import { sha256 } from '../../../src/platform/packages.ts';
import { createPlatformRouter } from '../../../src/platform/router.ts';
import { StoredCatalogue } from '../../../src/platform/stored-catalogue.ts';
import { Traffic } from '../../../src/platform/traffic.ts';
import type {
  ObjectInfo,
  ObjectPage,
  ObjectStore,
  StoredObject,
} from '../../../src/storage/objects/object-store.ts';
import { NEVER_IDLE } from '../../support/never-idle.ts';

export const MAX_CODE_BYTES = 100_000;

/** Rows in memory; `fail` makes the next write throw. */
export class MemoryTable implements FunctionTable {
  readonly rows = new Map<FunctionId, FunctionRecord>();
  fail: Error | undefined;

  insert(record: FunctionRecord): void {
    this.#failIfAsked();
    this.rows.set(record.id, record);
  }

  update(record: FunctionRecord): boolean {
    this.#failIfAsked();
    if (this.rows.get(record.id)?.disabled !== false) return false;
    this.rows.set(record.id, record);
    return true;
  }

  enable(record: FunctionRecord): boolean {
    this.#failIfAsked();
    if (this.rows.get(record.id)?.disabled !== true) return false;
    this.rows.set(record.id, record);
    return true;
  }

  get(id: FunctionId): FunctionRecord | undefined {
    return this.rows.get(id);
  }

  list({ limit, page, sort, asc, search = '' }: ListQuery): { records: FunctionRecord[]; count: number } {
    const found = this.all().filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()));
    const all = found.sort((a, b) => compare([a[sort], a.id], [b[sort], b.id]) * (asc ? 1 : -1));
    return { records: all.slice((page - 1) * limit, page * limit), count: all.length };
  }

  all(): FunctionRecord[] {
    return [...this.rows.values()].filter((record) => !record.disabled);
  }

  findLinked(path: string): FunctionRecord | undefined {
    return this.all().find(({ source }) => source.kind === 'linked' && source.path === path);
  }

  purge(): void {
    for (const [id, { disabled }] of this.rows) if (disabled) this.rows.delete(id);
  }

  #failIfAsked(): void {
    const error = this.fail;
    this.fail = undefined;
    if (error) throw error;
  }
}

function compare(a: unknown[], b: unknown[]): number {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [String(a[i]), String(b[i])];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Objects in memory; `beforePut` can delay or fail a write, `damage` what is read. */
export class MemoryObjects implements ObjectStore {
  readonly name = 'embedded';
  readonly contents = new Map<string, Buffer>();
  beforePut: (key: string, bytes: Buffer) => Promise<void> | void = () => {};

  async put(bucket: string, key: string, body: Uint8Array | Readable): Promise<ObjectInfo> {
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body);
    await this.beforePut(key, bytes);
    this.contents.set(key, bytes);
    return info(bucket, key, bytes);
  }

  async get(bucket: string, key: string): Promise<StoredObject | undefined> {
    const bytes = await this.read(bucket, key);
    return bytes && { ...info(bucket, key, bytes), body: Readable.from([bytes]) };
  }

  async read(_bucket: string, key: string): Promise<Buffer | undefined> {
    return this.contents.get(key);
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    const bytes = this.contents.get(key);
    return bytes && info(bucket, key, bytes);
  }

  async delete(_bucket: string, key: string): Promise<boolean> {
    return this.contents.delete(key);
  }

  async list(bucket: string, { after = '' }: { after?: string } = {}): Promise<ObjectPage> {
    const keys = [...this.contents.keys()].sort().filter((key) => key > after);
    const objects = keys.slice(0, 2).map((key) => info(bucket, key, this.contents.get(key)!));
    return keys.length > 2 ? { objects, next: keys[1]! } : { objects };
  }

  async presignGet(): Promise<string> {
    throw new Error('not needed here');
  }

  async sweep(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

function info(bucket: string, key: string, bytes: Buffer): ObjectInfo {
  return { bucket, key, size: bytes.length, sha256: sha256(bytes), contentType: '', modified: '' };
}

export class FakeDeployments implements Deployments {
  /** What is deployed, newest last. */
  readonly deployed: DeploymentSpec[] = [];
  readonly adopted: DeploymentSpec[] = [];
  readonly current = new Map<FunctionId, DeploymentSpec>();
  readonly buffers = new Map<FunctionId, LogBuffer>();
  state: DeploymentStatus['state'] = 'ready';
  fail: Error | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  deploy(spec: DeploymentSpec): void {
    const error = this.fail;
    this.fail = undefined;
    if (error) throw error;
    this.deployed.push(spec);
    this.#add(spec);
  }

  adopt(spec: DeploymentSpec): void {
    this.adopted.push(spec);
    this.#add(spec);
  }

  async remove(id: FunctionId): Promise<void> {
    this.current.delete(id);
  }

  has(id: FunctionId): boolean {
    return this.current.has(id);
  }

  claim(): undefined {}

  acquire(): undefined {}

  status(id: FunctionId): DeploymentStatus | undefined {
    return this.has(id) ? { state: this.state, replicas: { desired: 1, ready: 1 } } : undefined;
  }

  logs(id: FunctionId): LogBuffer | undefined {
    return this.has(id) ? this.buffers.get(id) : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #add(spec: DeploymentSpec): void {
    this.current.set(spec.id, spec);
    if (!this.buffers.has(spec.id)) this.buffers.set(spec.id, new LogBuffer(this.#clock));
  }
}

function fakeRuntime(definition: Partial<RuntimeDefinition> & { runtime: string; version: string }): Runtime {
  const { runtime } = definition;
  return {
    definition: {
      image: `image/${runtime}`,
      runCommand: `get %s && ${runtime}`,
      codeFile: `handler.${runtime}`,
      entries: [`handler.${runtime}`],
      defaultCode: `default of ${runtime}`,
      directory: '/nowhere',
      process: { toolchain: { tool: runtime, install: {} }, command: [runtime], prepare: 'none' },
      container: { agent: [runtime], readOnly: true },
      ...definition,
    },
    toolchain: () => Promise.reject(new Error('not needed here')),
    prepare: () => Promise.reject(new Error('not needed here')),
    standby: async () => undefined,
  };
}

export const RUNTIMES = [
  fakeRuntime({ runtime: 'golang', version: '1.22', codeFile: 'handler.go', entries: ['handler.go'] }),
  fakeRuntime({
    runtime: 'node',
    version: '20',
    codeFile: 'handler.mjs',
    entries: ['handler.mjs', 'handler.ts'],
  }),
  fakeRuntime({ runtime: 'node', version: '18', codeFile: 'handler.mjs', entries: ['handler.mjs'] }),
  fakeRuntime({ runtime: 'python', version: '3.12', codeFile: 'handler.py', entries: ['handler.py'] }),
];

export class FakeCatalogue implements RuntimeCatalogue {
  runtimes = RUNTIMES;

  list(): Runtime[] {
    return this.runtimes;
  }

  find(runtime: string, version: string): Runtime | undefined {
    return this.runtimes.find(
      ({ definition }) => definition.runtime === runtime && definition.version === version,
    );
  }

  readonly forgotten: string[] = [];

  async forget(id: string): Promise<void> {
    this.forgotten.push(id);
  }

  forEntry(fileName: string): Runtime | undefined {
    return this.runtimes.find(({ definition }) => definition.entries.includes(fileName));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-unit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A function service over fakes, all within reach. `again` is another one over the same stores, as after a restart. */
export async function createWorld() {
  const clock = new ManualClock();
  const table = new MemoryTable();
  const objects = new MemoryObjects();
  const catalogue = new FakeCatalogue();
  const journal = new Journal({ clock });
  const traffic = new Traffic(clock);
  const packagesDirectory = join(await temporaryFolder(), 'packages');
  const create = () => {
    const deployments = new FakeDeployments(clock);
    const service = new DefaultFunctionService({
      clock,
      table,
      objects,
      catalogue,
      deployments,
      journal,
      packagesDirectory,
      maxCodeBytes: MAX_CODE_BYTES,
      onRemoved: (id) => traffic.forget(id),
    });
    return { service, deployments };
  };
  return {
    clock,
    table,
    objects,
    catalogue,
    journal,
    traffic,
    packagesDirectory,
    ...create(),
    again: create,
  };
}

/** The platform API over such a service, on a real socket. */
export async function serveApi() {
  const world = await createWorld();
  const values = new Map<string, string>();
  const settings = {
    get: (key: string) => values.get(key),
    set: (key: string, value: string) => void values.set(key, value),
  };
  const logged: { error: unknown; requestId: string }[] = [];
  const { clock, journal, traffic, service, catalogue } = world;
  const exchanges = new Exchanges();
  const handle = createPlatformRouter({
    functions: service,
    catalogue: new StoredCatalogue(settings, catalogue, clock),
    journal,
    traffic,
    exchanges,
    token: undefined,
    clock,
    maxCodeBytes: MAX_CODE_BYTES,
    version: '1.2.3',
    log: (error, requestId) => void logged.push({ error, requestId }),
  });
  const server = createServer(NEVER_IDLE, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { ...world, url, port, server, settings, logged, call };
}

export const NODE = { title: 'hello', runtime: 'node', version: '20', code: 'export default () => {}' };
