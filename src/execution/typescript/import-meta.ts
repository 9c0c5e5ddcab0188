import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = {
  url: '__source_url__',
  filename: '__source_filename__',
  dirname: '__source_dirname__',
} as const;

/** Replacements by which a module's place is looked up in what `withSourcePlace` adds to it. */
export const META_DEFINES: Record<string, string> = {
  'import.meta.url': NAMES.url,
  'import.meta.filename': NAMES.filename,
  'import.meta.dirname': NAMES.dirname,
  __filename: NAMES.filename,
  __dirname: NAMES.dirname,
};

/** Prefix of the virtual modules that know where a source file is. */
export const PLACE_PREFIX = 'lambdock-source-place:';

const MENTION = /\bimport\.meta\b|\b__(?:file|dir)name\b/;

/**
 * Adds the names above to a source that asks where it is. An import is in effect from the first line of a module
 * on, also when it is written behind the last: so no line and no column of the source moves.
 */
export function withSourcePlace(text: string, path: string): string {
  if (!MENTION.test(text)) return text;
  const { url, filename, dirname } = NAMES;
  const names = `url as ${url}, filename as ${filename}, dirname as ${dirname}`;
  return `${text}\nimport { ${names} } from ${JSON.stringify(PLACE_PREFIX + path)};`;
}

/** The virtual module for one source file. */
export function sourcePlaceModule(path: string): string {
  const exported = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
  return Object.entries(exported)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
    .join('\n');
}
