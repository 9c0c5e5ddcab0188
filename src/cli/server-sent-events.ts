import type { Readable } from 'node:stream';

export interface ServerSentEvent {
  id?: string;
  event?: string;
  data: string;
}

/** Reads a text/event-stream (WHATWG HTML, section 9.2). Comments, which keep the connection alive, are left out. */
export async function* readEvents(stream: Readable): AsyncGenerator<ServerSentEvent> {
  let event: Partial<ServerSentEvent> = {};
  for await (const line of readLines(stream)) {
    if (line === '') {
      if (event.data !== undefined) yield event as ServerSentEvent;
      event = {};
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') event.data = event.data === undefined ? value : `${event.data}\n${value}`;
    else if (field === 'id' || field === 'event') event[field] = value;
  }
}

async function* readLines(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    yield* lines;
  }
}
