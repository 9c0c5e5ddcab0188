import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';
import { Deadlines } from './deadlines.ts';
import {
  type ConnectionKeeper,
  type ConnectionUser,
  type UpstreamAddress,
  UpstreamConnection,
} from './upstream-connection.ts';

export interface UpstreamPoolOptions {
  clock: Clock;
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Open connections at most, default 1024; users beyond that wait in line. */
  maxConnections?: number;
  /** How long an unused connection stays open, default 15 s: well below what upstreams allow. */
  idleLimit?: Milliseconds;
}

/** Someone who wants a connection. Until it gets one it is in line, and may leave with `cancel`. */
export interface PoolClient extends ConnectionUser {
  /** The connection is the client's until it gives it back; it may still be connecting. */
  onConnection(connection: UpstreamConnection): void;
  /** The pool was closed. */
  onRefused(): void;
}

export interface PoolCounts {
  open: number;
  idle: number;
  waiting: number;
}

/** As much as libuv reads at once. */
const READ_BUFFER_BYTES = 64 * 1024;

/**
 * Keep-alive connections to one upstream. The one used last is used next, so that after a burst the others age and
 * close. A pool that is not in use holds no timer and no buffer.
 */
export class UpstreamPool implements AsyncDisposable {
  readonly clock: Clock;
  /** For clients that bound their waiting; stopped with the pool. */
  readonly deadlines: Deadlines;
  readonly #address: UpstreamAddress;
  readonly #maxConnections: number;
  readonly #idleLimit: Milliseconds;
  readonly #keeper: ConnectionKeeper;
  readonly #open = new Set<UpstreamConnection>();
  /** Oldest first. */
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting = new Set<PoolClient>();
  #readBuffer: Buffer | undefined;
  #idleTimer: ClockTimer | undefined;
  #closing = false;
  #onAllClosed: (() => void)[] = [];

  constructor(options: UpstreamPoolOptions) {
    this.clock = options.clock;
    this.deadlines = new Deadlines(options.clock);
    this.#address = { host: options.host ?? '127.0.0.1', port: options.port };
    this.#maxConnections = options.maxConnections ?? 1024;
    this.#idleLimit = options.idleLimit ?? 15_000;
    this.#keeper = {
      onUnusable: (connection) => {
        this.#forgetIdle(connection);
        connection.destroy();
      },
      onClosed: (connection) => this.#onConnectionClosed(connection),
    };
  }

  get counts(): PoolCounts {
    return { open: this.#open.size, idle: this.#idle.length, waiting: this.#waiting.size };
  }

  /** Gives the client a connection, now or once one is free. `fresh` asks for one that carried nothing before. */
  acquire(client: PoolClient, fresh = false): void {
    if (this.#closing) {
      client.onRefused();
      return;
    }
    const idle = fresh ? undefined : this.#takeIdle();
    if (idle) {
      this.#give(idle, client);
    } else if (this.#open.size < this.#maxConnections) {
      this.#give(this.#connect(), client);
    } else {
      this.#waiting.add(client);
      // Room for a fresh one is made by closing one that nobody uses.
      if (fresh) this.#idle.shift()?.destroy();
    }
  }

  /** Takes a client that has not got its connection yet out of the line. */
  cancel(client: PoolClient): void {
    this.#waiting.delete(client);
  }

  /** Takes back a connection whose exchange ended well. */
  release(connection: UpstreamConnection): void {
    connection.user = undefined;
    connection.reused = true;
    if (!connection.usable) {
      connection.destroy();
      return;
    }
    const next = this.#nextWaiting();
    if (next) {
      this.#give(connection, next);
    } else if (this.#closing) {
      connection.destroy();
    } else {
      connection.idleSince = this.clock.now();
      this.#idle.push(connection);
      this.#idleTimer ??= this.clock.after(this.#idleLimit, () => this.#closeExpired());
    }
  }

  /** Takes back a connection that cannot be used again. */
  discard(connection: UpstreamConnection): void {
    connection.user = undefined;
    connection.destroy();
  }

  /** Closes unused connections at once and the others when their exchange ends. Resolves when none is left. */
  close(): Promise<void> {
    this.#closing = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    this.#stopIdleTimer();
    return new Promise((resolve) => {
      this.#onAllClosed.push(resolve);
      this.#settleClose();
    });
  }

  /** Closes at once, exchanges under way included: they fail as if the upstream had gone. */
  destroy(): Promise<void> {
    const closed = this.close();
    for (const client of this.#waiting) client.onRefused();
    this.#waiting.clear();
    for (const connection of this.#open) connection.destroy();
    this.#settleClose();
    return closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(): UpstreamConnection {
    this.#readBuffer ??= Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
    const connection = new UpstreamConnection(this.#address, this.#readBuffer, this.#keeper);
    this.#open.add(connection);
    return connection;
  }

  #give(connection: UpstreamConnection, client: PoolClient): void {
    connection.user = client;
    client.onConnection(connection);
  }

  #takeIdle(): UpstreamConnection | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.usable) return idle;
      idle.destroy();
    }
    return undefined;
  }

  #nextWaiting(): PoolClient | undefined {
    for (const client of this.#waiting) {
      this.#waiting.delete(client);
      return client;
    }
    return undefined;
  }

  #onConnectionClosed(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    this.#forgetIdle(connection);
    const next = this.#nextWaiting();
    if (next) this.#give(this.#connect(), next);
    else if (this.#open.size === 0) this.#readBuffer = undefined;
    if (this.#closing) this.#settleClose();
  }

  #forgetIdle(connection: UpstreamConnection): void {
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#idle.length === 0) this.#stopIdleTimer();
  }

  #closeExpired(): void {
    this.#idleTimer = undefined;
    const oldestAllowed = this.clock.now() - this.#idleLimit;
    while (this.#idle.length > 0 && this.#idle[0]!.idleSince <= oldestAllowed) this.#idle.shift()!.destroy();
    const oldest = this.#idle[0];
    if (oldest)
      this.#idleTimer = this.clock.after(oldest.idleSince - oldestAllowed, () => this.#closeExpired());
  }

  #stopIdleTimer(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
  }

  #settleClose(): void {
    if (this.#open.size > 0 || this.#waiting.size > 0) return;
    this.deadlines.stop();
    for (const resolve of this.#onAllClosed.splice(0)) resolve();
  }
}
