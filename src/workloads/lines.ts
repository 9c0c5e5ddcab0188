import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut into several, so that output without newlines can't fill the memory. */
const LONGEST_LINE = 64 * 1024;

/**
 * Calls `onLine` for each line of UTF-8 text, in parts of at most `longest` characters. Reading is synchronous with the
 * stream's data events, so a slow consumer slows the writer down through the pipe instead of piling up text here. Returns
 * what takes the beginning of a line for a whole one.
 */
export function readLines(
  stream: Readable,
  onLine: (line: string) => void,
  longest = LONGEST_LINE,
): () => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  /** Takes whole parts off a line, and returns what is left of it. */
  const cut = (line: string): string => {
    let start = 0;
    for (; line.length - start > longest; start += longest) onLine(line.slice(start, start + longest));
    return start === 0 ? line : line.slice(start);
  };
  const take = (text: string) => {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = rest + text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
      rest = '';
      onLine(cut(line));
      start = end + 1;
    }
    rest = cut(rest + text.slice(start));
  };
  const flush = () => {
    if (rest !== '') onLine(rest);
    rest = '';
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    take(decoder.end());
    flush();
  });
  // A pipe that breaks with its process has ended as far as its lines are concerned; the exit is told elsewhere.
  stream.on('error', () => {});
  return flush;
}
