import type { Socket } from 'node:net';
import type { LaneExchange } from './exchange.ts';
import type { RequestHead } from './request-reader.ts';

/** An answer that is there as a whole. */
export interface LaneAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

export interface LaneOptions {
  /** Whether a request is answered here. */
  fits(head: RequestHead, socket: Socket): boolean;
  /** Never rejects. */
  answer(exchange: LaneExchange): Promise<LaneAnswer>;
  /** Serves a connection from here on as usual, beginning with these bytes. */
  handOver(socket: Socket, bytes: Buffer): void;
  /** Called whenever an answer has been sent. */
  onAnswered(): void;
}
