import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import { lineSplitter, parseObject } from './lines.mjs';

const HELLO_WITHIN_MS = 5_000;
const LONGEST_LINE = 64 * 1024 * 1024;
/** Strangers who have not said hello; the function itself can connect, too. */
const MOST_STRANGERS = 16;
/** Nobody without the token makes the agent keep more than this. */
const LONGEST_HELLO = 4096;
/** A daemon whose machine or network vanished is noticed by this, and its absence counted from there. */
const KEEP_ALIVE_MS = 30_000;

/** Where the daemon connects. One connection at a time counts: the newest that knew the token. */
export class Connections {
  /** Called when the daemon has been away for too long. */
  onOrphaned = () => {};
  #settings;
  #handle;
  #server;
  #current;
  #strangers = new Set();
  #orphanTimer;
  #closing = false;

  constructor(settings, handle) {
    this.#settings = settings;
    this.#handle = handle;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer(options, (socket) => this.#accept(socket));
  }

  listen() {
    const { host, port } = this.#settings;
    this.#server.listen(port, host);
    this.#waitForDaemon();
  }

  /** Events that nobody listens to are not kept: the next hello tells what has become of each process. */
  send(event) {
    this.#current?.write(`${JSON.stringify(event)}\n`);
  }

  /** Takes no further connections; the daemon's stays, to hear how its processes end. */
  close() {
    this.#closing = true;
    clearTimeout(this.#orphanTimer);
    this.#server.close();
    for (const socket of this.#strangers) socket.destroy();
  }

  #accept(socket) {
    const timer = setTimeout(() => socket.destroy(), HELLO_WITHIN_MS);
    this.#strangers.add(socket);
    if (this.#strangers.size > MOST_STRANGERS) this.#strangers.values().next().value.destroy();
    const take = lineSplitter(
      () => (socket === this.#current ? LONGEST_LINE : LONGEST_HELLO),
      (line) => {
        if (socket.destroyed || socket.writableEnded) return; // replaced, or refused, while its lines were handled
        const command = parseObject(line);
        if (!command) return void socket.destroy();
        if (socket !== this.#current && !this.#welcome(socket, command)) return;
        clearTimeout(timer);
        this.#handle(command, (event) => socket.write(`${JSON.stringify(event)}\n`));
      },
      () => socket.destroy(),
    );
    socket.on('data', take);
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
      if (socket === this.#current) this.#waitForDaemon();
    });
  }

  /** Makes this the daemon's connection if the first line is a hello with the right token. */
  #welcome(socket, { command, token }) {
    if (command !== 'hello' || !sameText(String(token), this.#settings.token)) {
      socket.end('{"event":"refused"}\n');
      return false;
    }
    clearTimeout(this.#orphanTimer);
    this.#strangers.delete(socket);
    const replaced = this.#current;
    this.#current = socket;
    replaced?.destroy();
    return true;
  }

  #waitForDaemon() {
    this.#current = undefined;
    const { orphanAfter } = this.#settings;
    if (orphanAfter > 0 && !this.#closing)
      this.#orphanTimer = setTimeout(() => this.onOrphaned(), orphanAfter);
  }
}

/** In a time that does not tell how much of it is right. */
function sameText(a, b) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
