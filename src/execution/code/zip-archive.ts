import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

/** What a zip file says of one of its entries. */
export interface ZipEntry {
  /** With `/` between its parts; ends with one for a folder. */
  name: string;
  size: number;
  /** Permission bits; undefined where the file was packed on a system without. */
  mode: number | undefined;
  kind: 'file' | 'folder' | 'link' | 'other';
  read(): Promise<Buffer>;
}

/** It is no zip file, damaged, or of a kind that is not read. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
}

const END = 0x06054b50;
const END_SIZE = 22;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const CENTRAL_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const FORMAT_MASK = 0o170000;
const KINDS: ReadonlyMap<number, ZipEntry['kind']> = new Map([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'link'],
]);

/**
 * Lists a zip file by its central directory (APPNOTE.TXT 4.3.12), as unzip does: what stands between is not looked at.
 * Nothing is unpacked before `read`, and never more than an entry claims. Throws BadArchive.
 */
export function readArchive(zip: Buffer, limits: { entries: number; bytes: number }): ZipEntry[] {
  const { count, offset } = findDirectory(zip);
  if (count > limits.entries) throw new BadArchive(`more than ${limits.entries} entries`);
  const entries: ZipEntry[] = [];
  let total = 0;
  let at = offset;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_SIZE > zip.length || zip.readUInt32LE(at) !== CENTRAL) throw new BadArchive('damaged');
    const nameLength = zip.readUInt16LE(at + 28);
    const extraLength = zip.readUInt16LE(at + 30);
    const end = at + CENTRAL_SIZE + nameLength + extraLength + zip.readUInt16LE(at + 32);
    if (end > zip.length) throw new BadArchive('damaged');
    const entry = readEntry(zip, at, nameLength, extraLength);
    total += entry.size;
    if (total > limits.bytes) throw new BadArchive(`more than ${limits.bytes} bytes unpacked`);
    entries.push(entry);
    at = end;
  }
  return entries;
}

function findDirectory(zip: Buffer): { count: number; offset: number } {
  const lowest = Math.max(0, zip.length - END_SIZE - LONGEST_COMMENT);
  for (let at = zip.length - END_SIZE; at >= lowest; at--) {
    if (zip.readUInt32LE(at) !== END) continue;
    const count = zip.readUInt16LE(at + 10);
    const offset = zip.readUInt32LE(at + 16);
    if (count !== 0xffff && offset !== 0xffffffff) return { count, offset };
    return findDirectory64(zip, at) ?? { count, offset };
  }
  throw new BadArchive('no zip file');
}

function findDirectory64(zip: Buffer, end: number): { count: number; offset: number } | undefined {
  const locator = end - 20;
  if (locator < 0 || zip.readUInt32LE(locator) !== END64_LOCATOR) return undefined;
  const at = Number(zip.readBigUInt64LE(locator + 8));
  if (at + 56 > zip.length || zip.readUInt32LE(at) !== END64) throw new BadArchive('damaged');
  return { count: Number(zip.readBigUInt64LE(at + 32)), offset: Number(zip.readBigUInt64LE(at + 48)) };
}

function readEntry(zip: Buffer, at: number, nameLength: number, extraLength: number): ZipEntry {
  const name = zip.toString('utf8', at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameLength).replaceAll('\\', '/');
  const extraFrom = at + CENTRAL_SIZE + nameLength;
  const { packed, size, offset } = readSizes(zip, at, zip.subarray(extraFrom, extraFrom + extraLength));
  const unix = zip[at + 5] === 3 || zip[at + 5] === 19;
  const attributes = zip.readUInt32LE(at + 38) >>> 16;
  const kind = unix ? (KINDS.get(attributes & FORMAT_MASK) ?? 'other') : 'file';
  const method = zip.readUInt16LE(at + 10);
  if ((zip.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw new BadArchive(`${name} is encrypted`);
  return {
    name,
    size,
    mode: unix && attributes !== 0 ? attributes & 0o777 : undefined,
    kind: name.endsWith('/') ? 'folder' : kind,
    read: async () => {
      const from = dataOffset(zip, offset);
      if (from + packed > zip.length) throw new BadArchive(`${name} is cut off`);
      const data = zip.subarray(from, from + packed);
      const content = method === STORED ? data : await unpack(data, method, size, name);
      if (content.length !== size) throw new BadArchive(`${name} is damaged`);
      return content;
    },
  };
}

async function unpack(data: Buffer, method: number, size: number, name: string): Promise<Buffer> {
  if (method !== DEFLATED) throw new BadArchive(`${name} is packed in a way that is not known`);
  if (size === 0) return Buffer.alloc(0);
  try {
    return await inflate(data, { maxOutputLength: size });
  } catch {
    throw new BadArchive(`${name} is damaged`);
  }
}

function dataOffset(zip: Buffer, offset: number): number {
  if (offset + LOCAL_SIZE > zip.length || zip.readUInt32LE(offset) !== LOCAL) throw new BadArchive('damaged');
  return offset + LOCAL_SIZE + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
}

/** Sizes that don't fit stand in the extra field of id 1, in this order, each only where its own place is full. */
function readSizes(zip: Buffer, at: number, extra: Buffer) {
  const wide = wideFields(extra);
  const take = (value: number) => (value === 0xffffffff && wide.length > 0 ? wide.shift()! : value);
  const size = take(zip.readUInt32LE(at + 24));
  const packed = take(zip.readUInt32LE(at + 20));
  const offset = take(zip.readUInt32LE(at + 42));
  return { packed, size, offset };
}

function wideFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    if (id === 1) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8)
        fields.push(Number(extra.readBigUInt64LE(field)));
      return fields;
    }
    at = end;
  }
  return [];
}
