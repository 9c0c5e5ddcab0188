import type { IncomingMessage } from 'node:http';
import type { ForwardObserver } from '../balancer/forward.ts';
import type { FunctionId } from '../execution/source.ts';

/** What is kept of a body, on each side. */
export const MOST_BODY_BYTES = 64 * 1024;
/** What a part costs beside its bytes, about. */
const PART_BYTES = 32;
/** Below it a string takes less than a buffer, above it a buffer is the lesser work for V8's collector. */
const LARGE_PART_BYTES = 4 * 1024;

/** The memory that all recordings share. */
export interface Budget {
  /** False: there is no room for so many bytes. */
  take(bytes: number): boolean;
}

/** The beginning of a body. */
export class RecordedBody {
  /** How many bytes went by, kept or not. */
  bytes = 0;
  /** What it took of the budget. */
  cost = 0;
  /** In strings, each character is a byte. */
  readonly #parts: (Buffer | string)[] = [];
  #kept = 0;

  /** Whether there was more than is kept. */
  get truncated(): boolean {
    return this.bytes > this.#kept;
  }

  /** What is kept is always the beginning: after a gap nothing is. */
  add(part: Buffer | string, budget: Budget): void {
    const room = this.truncated ? 0 : MOST_BODY_BYTES - this.#kept;
    this.bytes += part.length;
    const length = Math.min(part.length, room);
    if (length === 0 || !budget.take(length + PART_BYTES)) return;
    this.cost += length + PART_BYTES;
    this.#kept += length;
    this.#parts.push(copy(part, length));
  }

  /** What is kept. */
  read(): Buffer {
    return Buffer.concat(
      this.#parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    );
  }
}

function copy(part: Buffer | string, length: number): Buffer | string {
  if (typeof part === 'string') return part.slice(0, length);
  return length < LARGE_PART_BYTES
    ? part.toString('latin1', 0, length)
    : Buffer.from(part.subarray(0, length));
}

export interface RecordedRequest {
  id: FunctionId;
  req: IncomingMessage;
  /** As the function sees it, with the query. */
  path: string;
  /** The newest line in the function's log when the request came. */
  lastLogLine: number;
}

/**
 * One request and its answer as they pass, for who looks at them later. Every request of a busy function pays for it, so that
 * strings which exist anyway are kept as they are, and nothing is worked out before someone looks.
 */
export class Recording implements ForwardObserver {
  readonly id: FunctionId;
  readonly method: string;
  readonly path: string;
  /** Name, value, name, value …, as the client sent them. */
  readonly requestHeaders: readonly string[];
  /** Likewise, as the client got them. */
  responseHeaders: readonly string[] = [];
  readonly requestBody = new RecordedBody();
  readonly responseBody = new RecordedBody();
  readonly lastLogLine: number;
  readonly #budget: Budget;

  constructor({ id, req, path, lastLogLine }: RecordedRequest, budget: Budget) {
    this.id = id;
    this.method = req.method!;
    this.path = path;
    this.requestHeaders = req.rawHeaders;
    this.lastLogLine = lastLogLine;
    this.#budget = budget;
  }

  onRequestBody(part: Buffer): void {
    this.requestBody.add(part, this.#budget);
  }

  onResponseHead(fields: string[]): void {
    this.responseHeaders = fields;
  }

  onResponseBody(part: Buffer | string): void {
    this.responseBody.add(part, this.#budget);
  }
}
