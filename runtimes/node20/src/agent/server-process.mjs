import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lineSplitter, parseObject } from './lines.mjs';
import { countOutOfMemory } from './out-of-memory.mjs';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
const EVENT_FD = 3;
/** Runtime servers keep an error's message and stack well below it; what is longer was written by user code. */
const LONGEST_EVENT = 1024 * 1024;
/** How long an ended process's last events may take, where something it left behind holds the pipe open. */
const LAST_EVENTS_MS = 200;
/** A process that hangs is not told more than this, so that its pipe never fills up. */
const MOST_UNANSWERED = 100;

/** One runtime server, spoken to in the runtime protocol. */
export class ServerProcess {
  /** What it listens on; 0 until it says so. */
  port = 0;
  #child;
  #unanswered = 0;
  #loaded = false;
  #erred = false;
  #killed = false;
  #killTimer;
  #outOfMemory = countOutOfMemory();

  /** `onExit` is called once, also when the process can't be started, and then with an `error`. */
  constructor({ env, onEvent, onExit }) {
    const stdio = ['pipe', 'inherit', 'inherit', 'pipe'];
    // Detached: it leads its own group, which is ended as a whole.
    this.#child = spawn(process.execPath, [SERVER], { env, detached: true, stdio });
    this.#child.on('error', (error) => onExit({ code: null, signal: null, error }));
    if (this.#child.pid !== undefined) this.#follow(onEvent, onExit);
  }

  load(command) {
    this.#send({ command: 'load', ...command });
  }

  ping() {
    if (this.#unanswered >= MOST_UNANSWERED) return;
    this.#unanswered++;
    this.#send({ command: 'ping' });
  }

  /** SIGTERM, and after `grace` milliseconds SIGKILL; may be repeated with another grace. */
  stop(grace) {
    clearTimeout(this.#killTimer);
    if (grace <= 0) return this.#kill();
    // A second SIGTERM would end a server at once that only waits for its last requests.
    if (this.#killTimer === undefined) this.#child.kill('SIGTERM');
    this.#killTimer = setTimeout(() => this.#kill(), grace);
  }

  #follow(onEvent, onExit) {
    const { pid, stdin, stdio } = this.#child;
    // Where memory runs out it is the function that ends, not the agent.
    writeFile(`/proc/${pid}/oom_score_adj`, '500', () => {});
    const events = stdio[EVENT_FD];
    for (const stream of [stdin, events]) stream.on('error', () => {}); // its exit tells more
    events.on(
      'data',
      lineSplitter(
        () => LONGEST_EVENT,
        (line) => this.#receive(line, onEvent),
      ),
    );
    this.#child.on('exit', async (code, signal) => {
      clearTimeout(this.#killTimer);
      this.#signalGroup(); // what it started ends with it
      if (!events.closed) await closed(events);
      const unasked = signal === 'SIGKILL' && !this.#killed;
      onExit({ code, signal, oom: unasked && countOutOfMemory() > this.#outOfMemory });
    });
  }

  #kill() {
    this.#killed = true;
    this.#signalGroup();
  }

  #send(command) {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** User code can write to fd 3, too: only what the protocol allows, and as often as it does, is passed on. */
  #receive(line, onEvent) {
    const event = parseObject(line);
    switch (event?.event) {
      case 'listening':
        if (this.port !== 0 || !Number.isInteger(event.port)) return;
        this.port = event.port;
        break;
      case 'ready':
      case 'failed':
        if (this.#loaded) return;
        this.#loaded = true;
        break;
      case 'error':
        if (this.#erred) return;
        this.#erred = true;
        break;
      case 'pong':
        if (this.#unanswered === 0) return;
        this.#unanswered--;
        break;
      default:
        return;
    }
    onEvent(event);
  }

  #signalGroup() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // ESRCH: it has ended already, which is what we want
    }
  }
}

function closed(stream) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => stream.destroy(), LAST_EVENTS_MS);
    stream.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
