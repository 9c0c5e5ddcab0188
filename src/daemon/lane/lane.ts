import type { Socket } from 'node:net';
import { RealClock } from '../../clock/real-clock.ts';
import { LaneConnection } from './connection.ts';
import { HeaderNames } from './header-names.ts';
import { HttpDate } from './http-date.ts';
import type { LaneOptions } from './options.ts';

/**
 * A way past Node's HTTP server for the requests that are many and all alike: those whose head and small body are plain. A
 * connection is served here for as long as all its requests are such, and by Node's server from the first on that is not, for good.
 * See docs/decisions/016.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly date = new HttpDate(new RealClock());
  readonly names = new HeaderNames();
  readonly #connections = new Set<LaneConnection>();
  #closing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Requests that have no answer yet. */
  get busy(): number {
    let busy = 0;
    for (const connection of this.#connections) if (connection.busy) busy++;
    return busy;
  }

  /** Whether connections end with the answers that they wait for. */
  get closing(): boolean {
    return this.#closing;
  }

  take(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.#closing) return void socket.destroy();
    const connection = new LaneConnection(socket, this, this.#options, () => {
      this.#connections.delete(connection);
    });
    this.#connections.add(connection);
  }

  /** Takes no more requests; those under way are answered. */
  close(): void {
    this.#closing = true;
    for (const connection of this.#connections) if (!connection.busy) connection.destroy();
  }

  /** Cuts what is left. */
  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}
