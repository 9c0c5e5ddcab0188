import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut into several, so that output without newlines can't fill the memory. */
const LONGEST_LINE = 64 * 1024;

/**
 * Calls `onLine` for each line of UTF-8 text. Reading is synchronous with the stream's data events, so a slow
 * consumer slows the writer down through the pipe instead of piling up text here.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = rest + text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
      rest = '';
      onLine(line);
      start = end + 1;
    }
    rest += text.slice(start);
    while (rest.length > LONGEST_LINE) {
      onLine(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    take(decoder.end());
    if (rest !== '') onLine(rest);
    rest = '';
  });
  // A pipe that breaks with its process has ended as far as its lines are concerned; the exit is told elsewhere.
  stream.on('error', () => {});
}
