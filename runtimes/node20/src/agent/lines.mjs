const NEWLINE = 10;

/**
 * Returns a function that takes chunks of bytes and calls `onLine` with each line's text. A line of more than `longest()`
 * bytes is left out; `onTooLong` is called once for it.
 */
export function lineSplitter(longest, onLine, onTooLong = () => {}) {
  let parts = [];
  let size = 0;
  const add = (part) => {
    const fitted = size <= longest();
    size += part.length;
    if (size <= longest()) return void parts.push(part);
    parts = [];
    if (fitted) onTooLong();
  };
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString();
      parts = [];
      size = 0;
      start = end + 1;
      if (line !== '') onLine(line);
    }
    add(chunk.subarray(start));
  };
}

/** The object that a line holds, or undefined. */
export function parseObject(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
