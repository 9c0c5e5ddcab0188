/** What a body is to who looks at it. */
export type BodyKind = 'empty' | 'json' | 'html' | 'image' | 'text' | 'binary';

/** Of a body that is longer, this much is shown. */
export const MOST_SHOWN_BYTES = 1_000_000;

const TEXTUAL =
  /^(?:text\/|application\/(?:javascript|xml|graphql|x-www-form-urlencoded|x-ndjson|yaml)\b)|\+xml\b|charset=/i;

/** Tells by the content type; where there is none, by the bytes. */
export function kindOf(contentType: string, bytes: Uint8Array): BodyKind {
  if (bytes.length === 0) return 'empty';
  if (/^image\//i.test(contentType)) return 'image';
  if (/^text\/html|xhtml/i.test(contentType)) return 'html';
  if (/[/+]json\b/i.test(contentType)) return 'json';
  if (TEXTUAL.test(contentType)) return 'text';
  if (contentType !== '') return 'binary';
  const start = bytes.subarray(0, 2_000);
  if (start.includes(0)) return 'binary';
  return /^\s*[[{]/.test(decode(start)) ? 'json' : 'text';
}

/** As text, in the character set that the content type names. */
export function decode(bytes: Uint8Array, contentType = ''): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Indented JSON; undefined where it is not JSON, or not all of it. */
export function indented(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

export interface HexRow {
  offset: string;
  hex: string;
  text: string;
}

/** The first bytes as programmers look at them: 16 a row, as numbers and as characters. */
export function hexRows(bytes: Uint8Array, most = 512): HexRow[] {
  const rows: HexRow[] = [];
  for (let offset = 0; offset < Math.min(bytes.length, most); offset += 16) {
    const part = [...bytes.subarray(offset, Math.min(offset + 16, most))];
    rows.push({
      offset: offset.toString(16).padStart(6, '0'),
      hex: part.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return rows;
}

/** What a file is called that has this content. */
export function fileName(name: string, contentType: string): string {
  const known: Record<string, string> = {
    json: 'json',
    html: 'html',
    plain: 'txt',
    'svg+xml': 'svg',
    jpeg: 'jpg',
  };
  const subtype = /\/([\w.+-]+)/.exec(contentType)?.[1] ?? '';
  return `${name}.${known[subtype] ?? (/^[a-z0-9]{1,5}$/.test(subtype) ? subtype : 'bin')}`;
}
