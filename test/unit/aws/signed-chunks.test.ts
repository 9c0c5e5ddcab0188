import { describe, expect, test } from 'vitest';
import { unpackAwsChunked } from '../../../src/aws/body/aws-chunked.ts';
import { ChunkSignatures, Signer } from '../../../src/aws/signature/sign.ts';

/** AWS's own example: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
const FIRST = 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648';
const SECOND = '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497';
const LAST = 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9';

async function unpack(body: string, trailers: string[] = []): Promise<number> {
  const signer = new Signer(SECRET, '20130524T000000Z', '20130524/us-east-1/s3/aws4_request');
  const signatures = new ChunkSignatures(signer, SEED);
  async function* source() {
    yield Buffer.from(body);
  }
  let bytes = 0;
  for await (const part of unpackAwsChunked(source(), { length: undefined, trailers, signatures })) {
    bytes += part.length;
  }
  return bytes;
}

const chunk = (bytes: number, signature: string, letter = 'a') =>
  `${bytes.toString(16)};chunk-signature=${signature}\r\n${bytes === 0 ? '' : `${letter.repeat(bytes)}\r\n`}`;

describe('a body in signed chunks', () => {
  test('is taken where each is signed', async () => {
    const body = chunk(65_536, FIRST) + chunk(1_024, SECOND) + chunk(0, LAST);
    expect(await unpack(`${body}\r\n`)).toBe(66_560);
  });

  test.each([
    ['changed', chunk(65_536, FIRST) + chunk(1_024, SECOND, 'b') + chunk(0, LAST)],
    ['left out', chunk(65_536, FIRST) + chunk(0, LAST)],
    ['in another order', chunk(1_024, SECOND) + chunk(65_536, FIRST) + chunk(0, LAST)],
    ['not signed', `400\r\n${'a'.repeat(1_024)}\r\n0\r\n`],
  ])('is refused where a chunk is %s', async (_, body) => {
    await expect(unpack(`${body}\r\n`)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  test('is refused where its trailers are not signed', async () => {
    const body = chunk(65_536, FIRST) + chunk(1_024, SECOND) + chunk(0, LAST);
    await expect(
      unpack(`${body}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`, ['x-amz-checksum-crc32']),
    ).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});
