import { authorization, noteRefusal } from './session.ts';

export type StreamState = 'connecting' | 'open' | 'lost';

export interface EventStreamOptions {
  /** The address to ask for what came after `since`; undefined the first time. */
  url(since: number | undefined): string;
  onEvent(data: unknown, id: number): void;
  /** The daemon left out so many events, for they came faster than they were taken. */
  onDropped?(count: number): void;
  onState?(state: StreamState): void;
  /** What it is a stream of is gone: it does not connect again. */
  onGone?(): void;
}

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 4_000;
/** What has come already is read without a pause; the page has to draw and to answer in between. */
const LONGEST_TURN = 12;

/**
 * Reads Server-Sent Events and connects again by itself, where the last event left off. Not EventSource: that can't send a token. A
 * page that nobody sees holds no connection, for a browser has only six of them for all its tabs.
 */
export class EventStreamClient {
  readonly #options: EventStreamOptions;
  #lastId: number | undefined;
  #pause = FIRST_PAUSE;
  #connection: AbortController | undefined;
  #timer: number | undefined;
  #closed = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    document.addEventListener('visibilitychange', this.#onVisibility);
    options.onState?.('connecting');
    if (!document.hidden) void this.#connect();
  }

  close(): void {
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    window.clearTimeout(this.#timer);
    this.#connection?.abort();
  }

  #onVisibility = () => {
    if (document.hidden) {
      window.clearTimeout(this.#timer);
      this.#connection?.abort();
      this.#connection = undefined;
    } else if (!this.#connection) {
      void this.#connect();
    }
  };

  async #connect(): Promise<void> {
    const connection = new AbortController();
    this.#connection = connection;
    try {
      const response = await fetch(this.#options.url(this.#lastId), {
        cache: 'no-store',
        headers: { accept: 'text/event-stream', ...authorization() },
        signal: connection.signal,
      });
      if (response.status === 404) return this.#options.onGone?.();
      if (response.status === 401) return noteRefusal();
      if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
      this.#pause = FIRST_PAUSE;
      this.#options.onState?.('open');
      await this.#read(response.body);
    } catch {
      // Whatever ended the connection, the answer is to connect again.
    }
    if (this.#closed || connection.signal.aborted) return;
    this.#options.onState?.('lost');
    this.#timer = window.setTimeout(() => void this.#connect(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 1.6, LONGEST_PAUSE);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .getReader();
    let rest = '';
    let turn = performance.now();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      const end = rest.lastIndexOf('\n\n');
      if (end < 0) continue;
      for (const block of rest.slice(0, end).split('\n\n')) {
        this.#take(block);
        if (performance.now() - turn < LONGEST_TURN) continue;
        await new Promise((resolve) => window.setTimeout(resolve));
        if (this.#closed) return;
        turn = performance.now();
      }
      rest = rest.slice(end + 2);
    }
  }

  #take(block: string): void {
    let event = 'message';
    let data = '';
    let id: number | undefined;
    for (const line of block.split('\n')) {
      if (line.startsWith('data: ')) data += line.slice(6);
      else if (line.startsWith('id: ')) id = Number(line.slice(4));
      else if (line.startsWith('event: ')) event = line.slice(7);
    }
    if (id !== undefined) this.#lastId = id;
    if (data === '') return;
    if (event === 'dropped') this.#options.onDropped?.((JSON.parse(data) as { dropped: number }).dropped);
    else this.#options.onEvent(JSON.parse(data), id ?? 0);
  }
}
