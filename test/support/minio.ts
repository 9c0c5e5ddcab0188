import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { findMinio } from '../setup/minio.mjs';
import { CACHE_DIR, eventually } from './daemon.ts';
import { freePort } from './free-ports.ts';

const BINARY = process.env.LAMBDOCK_TEST_MINIO || findMinio(CACHE_DIR);
const STRICT = process.env.CI === 'true' || process.env.CI === '1';

/** False where tests that need a MinIO server are skipped. With CI=true they run, and fail without one. */
export const HAS_MINIO = BINARY !== undefined || STRICT;

export const ACCESS_KEY = 'lambdock-test';
export const SECRET_KEY = 'lambdock-test-secret';

/** A MinIO server on a free port, with data of its own. */
export class MinioServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'lambdock-minio-'));
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
  }

  /** Resolves once it answers. `host` is an address of this machine; others than loopback are for containers to reach it. */
  static async start(host = '127.0.0.1'): Promise<MinioServer> {
    // MinIO takes an empty one for every address there is, of which none is the endpoint.
    if (host === '') throw new Error('MinIO needs an address to listen on');
    const server = new MinioServer(host, await freePort(host));
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Flags of a daemon that keeps its objects here. */
  get flags(): string[] {
    return [
      '--objects=minio',
      `--minio-endpoint=${this.endpoint}`,
      `--minio-access-key=${ACCESS_KEY}`,
      `--minio-secret-key=${SECRET_KEY}`,
    ];
  }

  /** A client for looking behind the back of what is tested. */
  client(accessKey = ACCESS_KEY, secretKey = SECRET_KEY): Client {
    return new Client({
      endPoint: this.host,
      port: this.port,
      useSSL: false,
      accessKey,
      secretKey,
      region: 'us-east-1',
      retryOptions: { disableRetry: true },
    });
  }

  /** Starts it on the same port and data once more. */
  async restart(): Promise<void> {
    if (!BINARY) throw new Error('there is no MinIO server: node test/setup/minio.mjs builds one');
    const args = ['server', '--quiet', '--address', `${this.host}:${this.port}`, this.#folder];
    const child = spawn(BINARY, args, {
      env: {
        ...process.env,
        MINIO_ROOT_USER: ACCESS_KEY,
        MINIO_ROOT_PASSWORD: SECRET_KEY,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (chunk) => (this.#output += chunk));
    child.stderr.on('data', (chunk) => (this.#output += chunk));
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`MinIO ended while starting:\n${this.#output}`);
      return this.#isReady();
    });
  }

  /** SIGKILL, and waits for the end. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Stopped, so that it takes connections and never answers, until `resume`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Loses all data, while it does not run. */
  wipe(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.client().listBuckets();
      return true;
    } catch {
      return false;
    }
  }
}
