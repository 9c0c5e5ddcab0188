export interface JsonToken {
  kind: 'key' | 'string' | 'number' | 'word' | 'plain';
  text: string;
  /** Where it begins. */
  at: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

/** Valid JSON in parts to be coloured; together they are the text again. */
export function jsonTokens(text: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  const add = (kind: JsonToken['kind'], to: number) => {
    if (to > end) tokens.push({ kind, text: text.slice(end, to), at: end });
    end = Math.max(end, to);
  };
  for (const match of text.matchAll(TOKEN)) {
    add('plain', match.index);
    const [token, colon] = match;
    if (colon !== undefined) add('key', match.index + token.length - colon.length);
    else if (token.startsWith('"')) add('string', match.index + token.length);
    else add(/^[tfn]/.test(token) ? 'word' : 'number', match.index + token.length);
  }
  add('plain', text.length);
  return tokens;
}
