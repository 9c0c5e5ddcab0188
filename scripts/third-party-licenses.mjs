import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the packages that `inputs` (paths relative to `root`, as esbuild's metafile names them) belong to. */
export function thirdPartyLicenses(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const sections = [...folders].sort().map((folder) => describePackage(join(root, folder)));
  return `lambdock contains the packages below, each under its own licence.\n\n${sections.join('\n')}`;
}

/** `node_modules/@scope/name` of the innermost package that a file belongs to. */
function packageFolder(input) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function describePackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifest;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : declaration(manifest);
  return `${'-'.repeat(80)}\n${name} ${version} (${license ?? 'see below'})\n\n${text}\n`;
}

/** Of a package that names its licence without bringing the text. */
function declaration({ license, author, repository }) {
  if (typeof license !== 'string') return 'No licence file in the package.';
  const by = typeof author === 'string' ? author : author?.name;
  const from = typeof repository === 'string' ? repository : repository?.url;
  const origin = [by && `by ${by}`, from && `from ${from}`].filter(Boolean).join(', ');
  return `Its package.json declares the licence ${license}, and brings no text of it${origin && ` (${origin})`}.`;
}
