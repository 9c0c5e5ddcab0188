import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const real = { xml: require('xml2js'), lodash: require('lodash') };
const stub = {
  xml: require('../../../scripts/stubs/xml-of-minio.cjs'),
  lodash: require('../../../scripts/stubs/lodash-of-minio.cjs'),
};

// As the client uses them: node_modules/minio/src/internal/client.ts, helper.ts.
const options = { renderOpts: { pretty: false }, headless: true };
const documents: [string, object, object][] = [
  ['versioning', { ...options, rootName: 'VersioningConfiguration' }, { Status: 'Suspended' }],
  [
    'a region',
    options,
    {
      CreateBucketConfiguration: {
        $: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' },
        LocationConstraint: 'eu-west-1',
      },
    },
  ],
];

test.each(documents)('the stand-in for xml2js writes %s as it does', (_what, settings, object) => {
  expect(new stub.xml.Builder(settings).buildObject(object)).toBe(
    new real.xml.Builder(settings).buildObject(object),
  );
});

test('the stand-in for lodash does what it does with headers', () => {
  const headers = { 'Content-Type': 'a', range: undefined, 'x-amz-meta-a': 1 };
  const uses = [
    (_: typeof real.lodash) => _.pickBy(headers, (value: unknown) => value !== undefined),
    (_: typeof real.lodash) => _.mapValues(headers, (value: unknown) => String(value)),
    (_: typeof real.lodash) => _.mapKeys(headers, (_value: unknown, key: string) => key.toLowerCase()),
    (_: typeof real.lodash) => _.pick(headers, ['range', 'none']),
    (_: typeof real.lodash) => [_.isEmpty({}), _.isEmpty(headers), _.isEmpty(undefined)],
  ];
  for (const use of uses) expect(use(stub.lodash)).toEqual(use(real.lodash));
});
