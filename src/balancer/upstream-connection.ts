import { type ConnectOpts, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Milliseconds } from '../clock/clock.ts';
import { ResponseParser } from './response-parser.ts';

/** Who uses a connection at present. Called from the socket's events. */
export interface ConnectionUser {
  onConnected(): void;
  /** Bytes 0 to `length` of `buffer`, valid during the call only. False stops reading until `resume`. */
  onData(buffer: Buffer, length: number): boolean;
  /** Everything written before has left; more may be written. */
  onDrain(): void;
  /** The upstream will send no more. */
  onEnd(): void;
  /** The connection is gone, or never came to be. */
  onClosed(error: Error | undefined): void;
}

/** The pool's view of what happens to its connections. */
export interface ConnectionKeeper {
  /** The upstream sent or ended something while nobody used the connection. */
  onUnusable(connection: UpstreamConnection): void;
  onClosed(connection: UpstreamConnection): void;
}

export interface UpstreamAddress {
  host: string;
  port: number;
}

/**
 * A socket that survives its own failed writes. An upstream may answer a request before it has read all of it and then
 * close, at which point writing fails; Node would close the socket at once and lose the answer that waits to be read.
 */
class UpstreamSocket extends Socket {
  writeError: Error | undefined;

  constructor(onread: OnReadOpts) {
    super({ onread } satisfies ConnectOpts as SocketConstructorOpts);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    super._write(chunk, encoding, (error) => this.#written(error, callback));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: WriteCallback): void {
    super._writev!(chunks, (error) => this.#written(error, callback));
  }

  #written(error: Error | null | undefined, callback: WriteCallback): void {
    if (error && !this.connecting) {
      this.writeError ??= error;
      callback();
    } else {
      callback(error);
    }
  }
}

type WriteCallback = (error?: Error | null) => void;

/** A socket to the upstream with the parser of its responses; used by one exchange after another. */
export class UpstreamConnection {
  readonly parser = new ResponseParser();
  user: ConnectionUser | undefined;
  connected = false;
  /** Whether an exchange ended on it before the present one. */
  reused = false;
  idleSince: Milliseconds = 0;
  readonly #socket: UpstreamSocket;
  #error: Error | undefined;

  /** Connects at once. `readBuffer` may be shared by all connections of a thread: its content never outlives a read. */
  constructor(address: UpstreamAddress, readBuffer: Buffer, keeper: ConnectionKeeper) {
    this.#socket = new UpstreamSocket({
      buffer: readBuffer,
      callback: (length, buffer) => {
        if (this.user) return this.user.onData(buffer as Buffer, length);
        keeper.onUnusable(this);
        return true;
      },
    });
    this.#socket
      .on('connect', () => {
        this.connected = true;
        this.user?.onConnected();
      })
      .on('drain', () => this.user?.onDrain())
      .on('error', (error) => {
        this.#error = error;
      })
      .on('end', () => {
        if (this.user) this.user.onEnd();
        else keeper.onUnusable(this);
      })
      .on('close', () => {
        const { user } = this;
        this.user = undefined;
        keeper.onClosed(this);
        user?.onClosed(this.#error);
      })
      .setNoDelay(true)
      .connect(address);
  }

  /** Whether another exchange can start on it. */
  get usable(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded && !this.writeError;
  }

  /** Set once the upstream takes no more bytes. It may still have sent some; the end of the connection follows. */
  get writeError(): Error | undefined {
    return this.#socket.writeError;
  }

  /** Sends bytes; false asks to wait for `onDrain` before sending more. */
  write(data: string | Buffer): boolean {
    return this.#socket.write(data, 'latin1') && !this.writeError;
  }

  /** Holds what is written back until `uncork`, to send it together. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Reads on after `onData` returned false. */
  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
