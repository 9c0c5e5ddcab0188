import { invalidParameter } from './errors.ts';

/** What an archive says of itself at its end: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 65_535;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_LENGTH = 20;
const ZIP64_END = 0x06064b50;
const ZIP64_END_LENGTH = 56;
const IN_ZIP64 = 0xffff_ffff;

export interface ZipSummary {
  entries: number;
  /** Of all files, unpacked. */
  bytes: number;
}

/** Limits of AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_UNZIPPED = 262_144_000;

const UNREADABLE = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

/**
 * Refuses what can't be unpacked or is too large when it is. Looks only at the list of files; who unpacks them has to keep
 * to the sizes that it says.
 *
 * @returns the bytes of all files
 * @throws InvalidParameterValueException
 */
export function checkZip(zip: Uint8Array, largest = LARGEST_UNZIPPED): number {
  const summary = summarize(zip);
  if (!summary) throw invalidParameter(UNREADABLE);
  if (summary.bytes >= largest) {
    throw invalidParameter(`Unzipped size must be smaller than ${largest} bytes`);
  }
  if (summary.entries === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  return summary.bytes;
}

/** What the list of files of an archive amounts to; undefined where there is no such list, or it is broken. */
export function summarize(zip: Uint8Array): ZipSummary | undefined {
  const file = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const directory = findDirectory(file);
  if (!directory) return undefined;
  let { offset } = directory;
  let bytes = 0;
  for (let index = 0; index < directory.entries; index++) {
    if (offset + ENTRY_LENGTH > file.length || file.readUInt32LE(offset) !== ENTRY) return undefined;
    const names = [28, 30, 32].map((at) => file.readUInt16LE(offset + at));
    const end = offset + ENTRY_LENGTH + names[0]! + names[1]! + names[2]!;
    if (end > file.length) return undefined;
    bytes += sizeOf(file, offset, names[0]!, names[1]!);
    offset = end;
  }
  return { entries: directory.entries, bytes };
}

function findDirectory(file: Buffer): { offset: number; entries: number } | undefined {
  const first = Math.max(0, file.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = file.length - END_LENGTH; at >= first; at--) {
    if (file.readUInt32LE(at) !== END) continue;
    return (
      zip64Directory(file, at) ?? { entries: file.readUInt16LE(at + 10), offset: file.readUInt32LE(at + 16) }
    );
  }
  return undefined;
}

function zip64Directory(file: Buffer, end: number): { offset: number; entries: number } | undefined {
  const locator = end - ZIP64_LOCATOR_LENGTH;
  if (locator < 0 || file.readUInt32LE(locator) !== ZIP64_LOCATOR) return undefined;
  const at = Number(file.readBigUInt64LE(locator + 8));
  if (at + ZIP64_END_LENGTH > file.length || file.readUInt32LE(at) !== ZIP64_END) return undefined;
  return { entries: Number(file.readBigUInt64LE(at + 32)), offset: Number(file.readBigUInt64LE(at + 48)) };
}

/** The unpacked size of an entry, which stands among its extra fields when it is over 4 GB. */
function sizeOf(file: Buffer, entry: number, nameLength: number, extraLength: number): number {
  const size = file.readUInt32LE(entry + 24);
  if (size !== IN_ZIP64) return size;
  const start = entry + ENTRY_LENGTH + nameLength;
  for (let at = start; at + 12 <= start + extraLength; at += 4 + file.readUInt16LE(at + 2)) {
    if (file.readUInt16LE(at) === 1) return Number(file.readBigUInt64LE(at + 4));
  }
  return size;
}
