import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipContent {
  content: string | Uint8Array;
  /** Permission bits, or a whole st_mode; 0o644 when absent. */
  mode?: number;
}

const REGULAR = 0o100000;

/** A zip file as Info-ZIP would write it on Unix. */
export function makeZip(files: Readonly<Record<string, string | Uint8Array | ZipContent>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, given] of Object.entries(files)) {
    const { content, mode = 0o644 }: ZipContent =
      typeof given === 'string' || given instanceof Uint8Array ? { content: given } : given;
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const bytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(bytes.length, 22);
    bodies.push(Buffer.from('PK\x03\x04'), common, bytes, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((mode & 0o170000 ? mode : mode | REGULAR) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, rest, bytes);
    offset += 30 + bytes.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}
