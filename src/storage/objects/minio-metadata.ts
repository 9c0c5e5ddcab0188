import type { IncomingHttpHeaders } from 'node:http';
import type { ListedObject } from './minio-list.ts';
import type { ObjectInfo } from './object-store.ts';

/** What MinIO tells about an object; without checksum and owner where somebody else put it there. */
export interface Described {
  key: string;
  size: number;
  contentType: string;
  modified: string;
  sha256: string | undefined;
  owner: string | undefined;
}

const PREFIX = 'x-amz-meta-';
const UNKNOWN_TYPE = 'application/octet-stream';

/** What is kept beside the content. */
export function metadataOf(info: ObjectInfo, owner: string): Record<string, string> {
  return {
    'content-type': info.contentType,
    [`${PREFIX}sha256`]: info.sha256,
    [`${PREFIX}modified`]: info.modified,
    [`${PREFIX}owner`]: owner,
  };
}

export function describeListed({ key, size, lastModified, metadata }: ListedObject): Described {
  const field = (name: string) => metadata[PREFIX + name] ?? metadata[name];
  const sha256 = field('sha256');
  return {
    key,
    size,
    contentType: metadata['content-type'] ?? UNKNOWN_TYPE,
    modified: field('modified') ?? lastModified,
    sha256: sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    owner: field('owner'),
  };
}

export function describeHeaders(key: string, headers: IncomingHttpHeaders): Described {
  const entries = Object.entries(headers).filter(([, value]) => typeof value === 'string');
  const metadata = Object.fromEntries(entries) as Record<string, string>;
  const lastModified = new Date(headers['last-modified'] ?? 0).toISOString();
  return describeListed({ key, size: Number(headers['content-length']), lastModified, metadata });
}
