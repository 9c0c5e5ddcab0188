import type { Socket } from 'node:net';
import type { LaneExchange } from './exchange.ts';

/** An answer that is there as a whole. */
export interface LaneAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

export interface LaneOptions {
  /** Whether requests to a path may be answered here. */
  fits(path: string): boolean;
  /** Undefined where it is to be answered as usual. Never rejects. */
  answer(exchange: LaneExchange): Promise<LaneAnswer> | undefined;
  /** Serves a connection from here on as usual, beginning with these bytes. */
  handOver(socket: Socket, bytes: Buffer): void;
  /** Called whenever an answer has been sent. */
  onAnswered(): void;
}
