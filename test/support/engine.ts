import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DOCKER } from './containers.ts';
import { eventually, type RunningDaemon, type StartOptions } from './daemon.ts';
import { startDockerDaemon } from './docker.ts';

const execute = promisify(execFile);
const RELAY = fileURLToPath(new URL('relay.mjs', import.meta.url));

/** Whether a test can have an engine of its own. */
export const OWN_ENGINE = DOCKER && process.platform === 'linux' && process.getuid?.() === 0;

/** Runs a command as a user who may use no engine of the machine's, but may read its programs wherever they are. */
export const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'].concat(
  ['inh', 'ambient'].map((set) => `--${set}-caps=+dac_read_search`),
);

/**
 * A Docker engine of a test's own, whose disk is small and in memory. It has a network, mounts and process ids of its own, as
 * one in the machine's network takes the bridge of the machine's engine for its own, and removes it. The daemon under test has to
 * share that network to reach containers.
 *
 * All ends with the namespaces' first process, and that ends with this one, in whatever way.
 */
export class OwnEngine implements AsyncDisposable {
  /** Removed with it. */
  readonly folder = mkdtempSync(join(tmpdir(), 'lambdock-engine-'));
  readonly #holder: ChildProcess;
  /** The first process of the namespaces. */
  #init = 0;

  private constructor() {
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc'];
    // It ends when its input does. An init, as engines leave processes for it to collect.
    this.#holder = spawn('unshare', [...namespaces, 'docker-init', '--', 'cat'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  }

  /** With `image` in it, taken from the machine's engine. */
  static async start(image: string): Promise<OwnEngine> {
    const engine = new OwnEngine();
    try {
      await engine.#prepare();
      await engine.start();
      await execute('sh', ['-c', `docker save ${image} | docker -H ${engine.host} load`]);
      // Loading an image takes its size twice.
      await engine.#inside('mount', '-o', 'remount,size=320m', engine.#dataRoot);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** For DOCKER_HOST. */
  get host(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  /** Where images and containers are kept, as seen from outside. */
  get data(): string {
    return this.#outside(this.#dataRoot);
  }

  /** Resolves once it answers. Nothing to do where it runs. */
  async start(): Promise<void> {
    if (this.#runs()) return;
    const places = ['--data-root', this.#dataRoot, '--exec-root', '/run/docker'];
    const options = [...places, '--pidfile', '/run/dockerd.pid', '-H', this.host];
    const cgroups = ['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', this.#cgroup];
    const log = join(this.folder, 'dockerd.log');
    const command = 'log=$1; shift; dockerd "$@" >>"$log" 2>&1 & echo $! >/run/started.pid';
    await this.#inside('sh', '-c', command, 'sh', log, ...options, ...cgroups);
    await eventually(async () => {
      if (!this.#runs()) throw new Error(readFileSync(log, 'utf8').slice(-2_000));
      return this.docker('version').then(
        () => true,
        () => false,
      );
    }, 60_000);
  }

  /** SIGTERM ends its containers, too; SIGKILL leaves them running until the next start. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.signal(signal);
    await eventually(() => !this.#runs(), 60_000);
  }

  /** SIGSTOP makes it hang, SIGCONT goes on. */
  async signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await this.#inside('kill', '-s', signal.slice('SIG'.length), String(this.#pid()));
  }

  /** Runs `docker …` against it and resolves with what it wrote to stdout. */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await execute('docker', ['-H', this.host, ...args]);
    return stdout.trim();
  }

  /** A daemon that runs functions in its containers. */
  async startDaemon({ env = {}, ...options }: StartOptions = {}): Promise<RunningDaemon> {
    const within = ['nsenter', `--net=/proc/${this.#init}/ns/net`, '--'];
    const daemon = await startDockerDaemon({ ...options, within, env: { ...env, DOCKER_HOST: this.host } });
    const relay = await openRelay(within, Number(new URL(daemon.url).port));
    const ended = once(daemon.process, 'exit').then(() => relay.close());
    return {
      ...daemon,
      url: relay.url,
      async [Symbol.asyncDispose]() {
        await daemon[Symbol.asyncDispose]();
        await ended;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#holder.exitCode === null && once(this.#holder, 'exit');
    this.#holder.stdin!.end();
    await ended;
    const folders = `find /sys/fs/cgroup -depth -type d -path '*${this.#cgroup}*' -exec rmdir {} +`;
    await execute('sh', ['-c', folders]).catch(() => {}); // the kernel is a moment behind, and an empty one harms nobody
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #prepare(): Promise<void> {
    const holder = this.#holder.pid!;
    const children = () => readFileSync(`/proc/${holder}/task/${holder}/children`, 'utf8').trim();
    this.#init = await eventually(() => {
      if (this.#holder.exitCode !== null) throw new Error('no namespaces could be made');
      const child = Number(children());
      return child > 0 && readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'docker-init' && child;
    });
    mkdirSync(this.#dataRoot);
    await this.#inside('ip', 'link', 'set', 'lo', 'up');
    await this.#inside('mount', '-t', 'tmpfs', 'none', '/run');
    await this.#inside('mount', '-t', 'tmpfs', '-o', 'size=1g', 'none', this.#dataRoot);
  }

  async #inside(...command: string[]): Promise<void> {
    const namespaces = ['--target', String(this.#init), '--net', '--mount', '--pid'];
    await execute('nsenter', [...namespaces, '--', ...command]);
  }

  /** A path of its mounts. */
  #outside(path: string): string {
    return join(`/proc/${this.#init}/root`, path);
  }

  #pid(): number {
    const file = this.#outside('/run/started.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  #runs(): boolean {
    const pid = this.#pid();
    return pid > 0 && existsSync(this.#outside(`/proc/${pid}`));
  }

  get #dataRoot(): string {
    return join(this.folder, 'data');
  }

  get #cgroup(): string {
    return `/lambdock-engine-${this.#holder.pid}`;
  }
}

/** An address here that leads to a port of another network. */
async function openRelay(within: string[], port: number): Promise<{ url: string; close(): void }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [program, ...args] = [...within, process.execPath, RELAY, String(port)];
  const child = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send('take', server);
  await once(child, 'message');
  server.close();
  return { url, close: () => void child.kill() };
}
