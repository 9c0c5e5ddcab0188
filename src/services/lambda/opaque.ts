/** What only we have to read, as one word: markers of pages, tokens, callback ids. */
export function writeOpaque(...parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64');
}

/** The parts; none where the word is not one of ours. */
export function readOpaque(word: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(word, 'base64').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
