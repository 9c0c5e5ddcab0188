import { rm } from 'node:fs/promises';
import { fetchCode } from './fetch-code.mjs';
import { probe } from './get.mjs';
import { ServerProcess } from './server-process.mjs';

const PROTOCOL = 1;
/** The new version's first requests come first. */
const SPARE_DELAY_MS = 20;
/** How long the end of the container may be put off by what not even SIGKILL ends. */
const LAST_RESORT_MS = 1_000;

/** The versions that run, by the process id that the daemon gave them, and one server started ahead. */
export class ServerProcesses {
  #settings;
  #emit;
  /** Those the daemon started, until they have ended and their folder is gone. */
  #started = new Map();
  #spare;
  /** A spare is wanted, but had no port. */
  #spareDue = false;
  /** The one unused for longest comes first. */
  #freePorts;
  #closing = false;
  #servers = new Set();
  #onEmpty = () => {};

  constructor(settings, emit) {
    this.#settings = settings;
    this.#freePorts = settings.ports && [...settings.ports];
    this.#emit = emit;
  }

  handle(command, reply) {
    switch (command.command) {
      case 'hello':
        return reply({ event: 'hello', protocol: PROTOCOL, processes: this.#list() });
      case 'ping':
        if (command.process === undefined) return reply({ event: 'pong' });
        return this.#started.get(command.process)?.server?.ping();
      case 'start':
        return this.#start(command);
      case 'stop':
        return this.#stop(command);
      case 'probe':
        return void probe(command.urls, command.timeout).then((results) =>
          reply({ event: 'probed', probe: command.probe, results }),
        );
    }
  }

  startSpare() {
    if (this.#spare || this.#closing) return;
    this.#spare = this.#launch();
    this.#spareDue = !this.#spare;
  }

  /** Ends everything, gently for `grace` milliseconds. */
  async close(grace) {
    this.#closing = true;
    for (const started of this.#started.values()) this.#end(started, grace);
    for (const server of this.#servers) server.stop(grace);
    await new Promise((resolve) => {
      this.#onEmpty = resolve;
      this.#settle();
      setTimeout(resolve, grace + LAST_RESORT_MS);
    });
  }

  #settle() {
    if (this.#servers.size === 0 && this.#started.size === 0) this.#onEmpty();
  }

  #list() {
    return [...this.#started.values()].map(({ id, functionId, revision, state, port }) => ({
      process: id,
      functionId,
      revision,
      port,
      state,
    }));
  }

  #start({ process: id, revision, spare, load, fetch }) {
    const fail = (message) => this.#tell(id, { event: 'failed', error: setupError('StartFailed', message) });
    if (this.#closing) return fail('the container is being stopped');
    if (this.#started.has(id)) return fail(`there is a process ${id} already`);
    const started = { id, revision, functionId: load.functionId, load, state: 'starting', port: 0 };
    this.#started.set(id, started);
    started.spareAfter = spare === true;
    started.aborted = new AbortController();
    started.server = this.#spare ?? this.#launch();
    if (!started.server) {
      fail('every port the container has is in use');
      return this.#forget(started, { code: null, signal: null, oom: false });
    }
    // Whether a spare still lives when it is taken, only its answer can tell.
    started.untried = started.server === this.#spare;
    started.server.started = started;
    if (started.untried) started.server.ping();
    this.#spare = undefined;
    started.fetched = this.#fetch(started, fetch);
  }

  async #fetch(started, fetch) {
    try {
      if (fetch) {
        started.directory = started.load.directory;
        await fetchCode(fetch, started.load, started.aborted.signal);
      }
    } catch (error) {
      if (started.state !== 'starting') return;
      this.#tell(started.id, { event: 'failed', error: setupError('FetchFailed', error.message) });
      this.#loaded(started);
      return this.#end(started, 0);
    }
    started.codeThere = true;
    this.#load(started);
  }

  /** Once both the code and the process are there. */
  #load(started) {
    if (started.codeThere && !started.untried && started.state === 'starting')
      started.server.load(started.load);
  }

  #stop({ process: id, grace }) {
    const started = this.#started.get(id);
    if (started) this.#end(started, grace);
    else this.#tell(id, { event: 'exited', code: null, signal: null, oom: false });
  }

  #end(started, grace) {
    started.state = 'stopping';
    started.aborted.abort();
    started.server?.stop(grace);
  }

  /** A server process, or undefined when there is no port for one. */
  #launch() {
    const { childEnv, host } = this.#settings;
    if (this.#freePorts?.length === 0) return undefined;
    const port = this.#freePorts?.shift() ?? 0;
    const server = new ServerProcess({
      env: { ...childEnv, HOST: host, PORT: String(port), LAMBDOCK_PROTOCOL: '1' },
      onEvent: (event) => server.started && this.#onEvent(server.started, event),
      onExit: (exit) => {
        this.#servers.delete(server);
        this.#freePorts?.push(port);
        this.#onExit(server, exit);
        if (this.#spareDue) this.startSpare();
        this.#settle();
      },
    });
    this.#servers.add(server);
    return server;
  }

  #onEvent(started, event) {
    if (started.untried) {
      if (event.event !== 'pong') return; // `listening` is told below
      started.untried = false;
      this.#load(started);
    } else if (event.event !== 'listening') this.#tell(started.id, event);
    if (started.port === 0 && started.server.port !== 0) {
      started.port = started.server.port;
      this.#tell(started.id, { event: 'listening', port: started.port });
    }
    if (event.event === 'ready' && started.state === 'starting') started.state = 'ready';
    if (event.event === 'ready' || event.event === 'failed') this.#loaded(started);
    if (event.event === 'failed') this.#end(started, 0);
  }

  /** One more process to start ahead, if that was asked for. */
  #loaded(started) {
    if (started.spareAfter) setTimeout(() => this.startSpare(), SPARE_DELAY_MS);
    started.spareAfter = false;
  }

  #onExit(server, { error, ...exit }) {
    const { started } = server;
    if (server === this.#spare) this.#spare = undefined; // another one when one is needed: this may go on and on
    if (!started) return;
    if (started.untried && started.state === 'starting') {
      started.untried = false;
      started.server = this.#launch();
      started.server.started = started;
      return this.#load(started);
    }
    if (error)
      this.#tell(started.id, {
        event: 'failed',
        error: setupError('StartFailed', `can't start the server: ${error.message}`),
      });
    this.#forget(started, exit);
  }

  async #forget(started, exit) {
    this.#loaded(started);
    started.state = 'stopping';
    started.server = undefined;
    started.aborted.abort();
    await started.fetched; // or it could write into a folder that is removed
    const others = [...this.#started.values()].filter((other) => other !== started);
    if (started.directory && !others.some(({ directory }) => directory === started.directory))
      await rm(started.directory, { recursive: true, force: true }).catch(() => {}); // a mount point stays
    this.#started.delete(started.id);
    this.#tell(started.id, { event: 'exited', oom: false, ...exit });
    this.#settle();
  }

  #tell(id, event) {
    this.#emit({ ...event, process: id });
  }
}

function setupError(name, message) {
  return { kind: 'setup', name, message };
}
