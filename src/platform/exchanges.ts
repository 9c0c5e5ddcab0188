import type { Milliseconds } from '../clock/clock.ts';
import type { FunctionId } from '../execution/source.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type Budget, type RecordedRequest, Recording } from './recording.ts';

export type Invocation = Extract<JournalEntry, { type: 'invocation' }>;

/** A request that is over. */
export interface KeptExchange {
  recording: Recording;
  entry: Invocation;
  /** By the clock that dates the function's log. */
  endedAt: Milliseconds;
  /** Whether the client's body was longer than what was read of it. */
  bodyUnread: boolean;
}

export interface ExchangesOptions {
  /** How many are kept; the oldest leave first. */
  capacity?: number;
  /** What they may take together, those of requests under way included. */
  mostBytes?: number;
}

/** Its own objects, beside the texts. */
const RECORDING_BYTES = 600;
/** A header's place, beside its text. */
const STRING_BYTES = 24;

/**
 * The newest requests to functions with their answers, in memory. Where requests under way take all there is, their bodies are cut
 * short: the bound holds whatever is sent.
 */
export class Exchanges implements Budget {
  readonly #capacity: number;
  readonly #mostBytes: number;
  /** By number, as they are added when the journal gives them one. Places below `#first` are empty. */
  #kept: (KeptExchange | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor({ capacity = 1_000, mostBytes = 32 * 1024 * 1024 }: ExchangesOptions = {}) {
    this.#capacity = capacity;
    this.#mostBytes = mostBytes;
  }

  /** What all of them take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins to record. What is begun is either added or discarded. */
  begin(request: RecordedRequest): Recording {
    return new Recording(request, this);
  }

  add(exchange: KeptExchange): void {
    if (!this.take(headBytes(exchange.recording))) {
      this.discard(exchange.recording);
      return;
    }
    this.#kept.push(exchange);
    if (this.#kept.length - this.#first > this.#capacity) this.#dropOldest();
    if (this.#first <= this.#capacity) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }

  discard({ requestBody, responseBody }: Recording): void {
    this.#bytes -= requestBody.cost + responseBody.cost;
  }

  /** Undefined where it was never there, or is no longer. */
  find(seq: number): KeptExchange | undefined {
    return this.#kept.find((exchange) => exchange?.entry.seq === seq);
  }

  /** The function's exchanges, the oldest first. */
  of(id: FunctionId): KeptExchange[] {
    return this.#kept.filter((exchange) => exchange?.recording.id === id) as KeptExchange[];
  }

  /** Forgets a function's exchanges. */
  forget(id: FunctionId): void {
    for (const { recording } of this.of(id)) this.#giveBack(recording);
    this.#kept = this.#kept.filter((exchange) => exchange && exchange.recording.id !== id);
    this.#first = 0;
  }

  take(bytes: number): boolean {
    while (this.#bytes + bytes > this.#mostBytes && this.#first < this.#kept.length) this.#dropOldest();
    if (this.#bytes + bytes > this.#mostBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  #dropOldest(): void {
    this.#giveBack(this.#kept[this.#first]!.recording);
    this.#kept[this.#first++] = undefined;
  }

  #giveBack(recording: Recording): void {
    this.#bytes -= headBytes(recording);
    this.discard(recording);
  }
}

function headBytes({ path, requestHeaders, responseHeaders }: Recording): number {
  return RECORDING_BYTES + path.length + sizeOf(requestHeaders) + sizeOf(responseHeaders);
}

function sizeOf(headers: readonly string[]): number {
  let bytes = 0;
  for (const text of headers) bytes += text.length + STRING_BYTES;
  return bytes;
}
