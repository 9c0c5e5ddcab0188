import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { WireError } from '../errors.ts';

/** A checksum that grows with the bytes it is given. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** In base64, as it stands in a header. */
  digest(): Promise<string>;
}

const PREFIX = 'x-amz-checksum-';

/** The checksum that a header or a trailer called `name` carries; undefined where it carries none that we know. */
export function checksumFor(name: string): RunningChecksum | undefined {
  switch (name.toLowerCase()) {
    case `${PREFIX}crc32`:
      return fromSdk(new Crc32());
    case `${PREFIX}crc32c`:
      return fromSdk(new Crc32c());
    case `${PREFIX}crc64nvme`:
      return fromSdk(new Crc64Nvme());
    case `${PREFIX}sha1`:
      return fromNode('sha1');
    case `${PREFIX}sha256`:
      return fromNode('sha256');
    case 'content-md5':
      return fromNode('md5');
    default:
      return undefined;
  }
}

export function badDigest(name: string): WireError {
  const algorithm = name.toLowerCase().replace(PREFIX, '');
  return new WireError(
    'BadDigest',
    400,
    algorithm === 'content-md5'
      ? 'The Content-MD5 you specified did not match what we received.'
      : `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  );
}

interface SdkChecksum {
  update(chunk: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

function fromSdk(checksum: SdkChecksum): RunningChecksum {
  return {
    update: (chunk) => checksum.update(chunk),
    digest: async () => Buffer.from(await checksum.digest()).toString('base64'),
  };
}

function fromNode(algorithm: string): RunningChecksum {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: async () => hash.digest('base64') };
}
