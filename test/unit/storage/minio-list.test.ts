import { expect, test } from 'vitest';
import { listQuery, parseList } from '../../../src/storage/objects/minio-list.ts';

test('keys and metadata come back as they were put, numbers and special characters too', () => {
  const page = parseList(`<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>true</IsTruncated>
<Contents><Key>123456789012345678901234</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>12</Size>
<UserMetadata><X-Amz-Meta-Sha256>0012</X-Amz-Meta-Sha256><content-type>text/plain; charset=&#34;utf-8&#34;</content-type></UserMetadata></Contents>
<Contents><Key>a+b%2Bc%2F%3C%26%3E</Key><LastModified>2026-01-02T03:04:05Z</LastModified><Size>0</Size></Contents>
</ListBucketResult>`);
  expect(page).toEqual({
    truncated: true,
    objects: [
      {
        key: '123456789012345678901234',
        size: 12,
        lastModified: '2026-01-02T03:04:05.678Z',
        metadata: { 'x-amz-meta-sha256': '0012', 'content-type': 'text/plain; charset="utf-8"' },
      },
      { key: 'a b+c/<&>', size: 0, lastModified: '2026-01-02T03:04:05.000Z', metadata: {} },
    ],
  });
});

test('an empty list is one, anything else is not', () => {
  expect(parseList('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')).toEqual({
    objects: [],
    truncated: false,
  });
  expect(() => parseList('<html>')).toThrow('none');
});

test('the query is sorted and encoded, as signing needs it', () => {
  expect(listQuery('a b/', "x'&", 7)).toBe(
    'encoding-type=url&list-type=2&max-keys=7&metadata=true&prefix=a%20b%2F&start-after=x%27%26',
  );
});
