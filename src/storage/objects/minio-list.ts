import { canonicalQuery } from './sigv4.ts';

/** An object as a list names it. */
export interface ListedObject {
  key: string;
  size: number;
  /** ISO 8601. */
  lastModified: string;
  /** Names in lower case. */
  metadata: Record<string, string>;
}

export interface ListedPage {
  objects: ListedObject[];
  truncated: boolean;
}

/** The query of ListObjectsV2, with MinIO's `metadata=true`, which saves a question for each object. */
export function listQuery(prefix: string, after: string, limit: number): string {
  return canonicalQuery([
    ['encoding-type', 'url'],
    ['list-type', '2'],
    ['max-keys', String(limit)],
    ['metadata', 'true'],
    ['prefix', prefix],
    ['start-after', after],
  ]);
}

/**
 * Reads the answer. The client's own reader takes keys that are made of digits for numbers, and rounds them. Throws
 * when it is no list.
 */
export function parseList(xml: string): ListedPage {
  if (!xml.includes('<ListBucketResult')) throw new Error('the answer to a list is none');
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, content]) => ({
    key: decodeURIComponent(element(content!, 'Key').replaceAll('+', ' ')),
    size: Number(element(content!, 'Size')),
    lastModified: new Date(element(content!, 'LastModified')).toISOString(),
    metadata: parseMetadata(element(content!, 'UserMetadata')),
  }));
  return { objects, truncated: element(xml, 'IsTruncated') === 'true' };
}

function parseMetadata(xml: string): Record<string, string> {
  const entries = [...xml.matchAll(/<([\w-]+)>([^<]*)<\/\1>/g)];
  return Object.fromEntries(entries.map(([, name, value]) => [name!.toLowerCase(), unescapeXml(value!)]));
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
