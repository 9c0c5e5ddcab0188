import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { Presigner } from '../../../src/storage/objects/presign.ts';
import { canonicalQuery, signature } from '../../../src/storage/objects/sigv4.ts';

const DAY = 24 * 60 * 60 * 1000;

function setUp(changes: { accessKeyId?: string; secretAccessKey?: string } = {}) {
  const clock = new ManualClock(Date.UTC(2026, 4, 6, 7, 8, 9));
  const presigner = new Presigner({
    accessKeyId: 'local',
    secretAccessKey: 'secret',
    clock,
    baseUrl: () => 'http://127.0.0.1:4566',
    ...changes,
  });
  const verify = (url: string, request: { method?: string; host?: string } = {}) =>
    presigner.verify({
      method: 'GET',
      host: '127.0.0.1:4566',
      url: url.replace('http://127.0.0.1:4566', ''),
      ...request,
    });
  return { clock, presigner, verify };
}

test("AWS's published example has the published signature", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const result = signature({
    method: 'GET',
    host: 'examplebucket.s3.amazonaws.com',
    path: '/test.txt',
    query: [
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
      ['X-Amz-Date', '20130524T000000Z'],
      ['X-Amz-Expires', '86400'],
      ['X-Amz-SignedHeaders', 'host'],
    ],
    date: '20130524T000000Z',
    region: 'us-east-1',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  expect(result).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
});

test('the canonical query sorts by name before value and encodes what URLs allow but AWS does not', () => {
  const query = canonicalQuery([
    ['ab', '1'],
    ['a', "!'()*"],
    ['a', ' '],
    ['a-b', ''],
    ['A', '~/+'],
  ]);
  expect(query).toBe('A=~%2F%2B&a=%20&a=%21%27%28%29%2A&a-b=&ab=1');
});

test('a signed URL has the shape that S3 gives it', () => {
  const { presigner } = setUp();
  const url = presigner.signGet('bucket', 'a b/ü', 60_000);
  expect(url).toMatch(
    /^http:\/\/127\.0\.0\.1:4566\/bucket\/a%20b\/%C3%BC\?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=local%2F20260506%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260506T070809Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=[0-9a-f]{64}$/,
  );
});

test('every key that is signed is verified and comes back, also through a URL parser', () => {
  const { presigner, verify } = setUp();
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((text) => !text.includes('\0'));
  const property = fc.property(key, (key) => {
    const url = presigner.signGet('my-bucket', key, 1000);
    expect(verify(url)).toMatchObject({ valid: true, bucket: 'my-bucket', key });
    if (key.split('/').some((segment) => segment === '.' || segment === '..')) return;
    const { pathname, search } = new URL(url);
    expect(verify(pathname + search)).toMatchObject({ valid: true, key });
  });
  fc.assert(property, { numRuns: 200 });
  for (const key of [
    '..',
    '../x',
    'a/../b',
    '//',
    '?',
    '#',
    '%',
    '%2F',
    '+',
    'a+b c',
    '\u{10ffff}',
    "!*'()~",
  ])
    expect(verify(presigner.signGet('my-bucket', key, 1000))).toMatchObject({ valid: true, key });
});

test('a URL holds until its lifetime has passed, and a part of a second counts as one', async () => {
  const { clock, presigner, verify } = setUp();
  const url = presigner.signGet('bucket', 'key', 1500);
  await clock.advance(1999);
  expect(verify(url)).toMatchObject({ valid: true });
  await clock.advance(1);
  expect(verify(url)).toMatchObject({ valid: false, reason: 'expired' });
});

test('lifetimes are 1 second to 7 days', () => {
  const { presigner, verify } = setUp();
  expect(verify(presigner.signGet('bucket', 'key', 7 * DAY))).toMatchObject({ valid: true });
  for (const lifetime of [0, -1, 7 * DAY + 1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => presigner.signGet('bucket', 'key', lifetime)).toThrow(RangeError);
});

test('a URL from a clock far ahead is not valid yet', async () => {
  const { clock, presigner, verify } = setUp();
  const early = setUp();
  await clock.advance(16 * 60_000);
  const url = presigner.signGet('bucket', 'key', 60_000);
  expect(verify(url)).toMatchObject({ valid: true });
  expect(early.verify(url)).toMatchObject({ valid: false, reason: 'not-yet-valid' });
});

test('any change to a signed request is seen', () => {
  const { presigner, verify } = setUp();
  const url = presigner.signGet('bucket', 'key', 60_000);
  const forged = [
    verify(url.replace('/key?', '/kez?')),
    verify(url.replace('/bucket/', '/bucke2/')),
    verify(url.replace('Expires=60', 'Expires=61')),
    verify(url.replace('T070809Z', 'T070808Z')),
    verify(url.replace('us-east-1', 'eu-west-1')),
    verify(url.replace('=local', '=other')),
    verify(`${url}&response-content-type=text/html`),
    verify(url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
    verify(url, { method: 'HEAD' }),
    verify(url, { method: 'PUT' }),
    verify(url, { host: 'localhost:4566' }),
    setUp({ secretAccessKey: 'another' }).verify(url),
    setUp({ accessKeyId: 'another' }).verify(url),
  ];
  for (const result of forged) expect(result).toMatchObject({ valid: false, reason: 'signature' });
});

test('an expired URL with a bad signature says nothing about expiry', async () => {
  const { clock, presigner, verify } = setUp();
  const url = presigner.signGet('bucket', 'key', 1000).replace('/key?', '/kez?');
  await clock.advance(DAY);
  expect(verify(url)).toMatchObject({ reason: 'signature' });
});

test('what is not a presigned URL is malformed', () => {
  const { presigner, verify } = setUp();
  const url = presigner.signGet('bucket', 'key', 60_000);
  const malformed = [
    '/bucket/key',
    '',
    '/',
    '/bucket',
    url.replace('/key?', '/?'),
    url.replace('/key?', '/%zz?'),
    url.replace('HMAC-SHA256', 'HMAC-SHA1'),
    url.replace('Headers=host', 'Headers=host%3Brange'),
    url.replace('Expires=60', 'Expires=0'),
    url.replace('Expires=60', 'Expires=604801'),
    url.replace('Expires=60', 'Expires=6e1'),
    url.replace('Expires=60', 'Expires=60&X-Amz-Expires=90'),
    url.replace('T070809Z', 'T070869Z'),
    url.replace('local%2F20260506', 'local%2F20260507'),
    url.replace('s3%2Faws4', 'ec2%2Faws4'),
    url.replace(/.$/, 'G'),
    url.slice(0, -1),
  ];
  for (const each of malformed) expect(verify(each)).toMatchObject({ valid: false, reason: 'malformed' });
});
