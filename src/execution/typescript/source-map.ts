import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OutputFile } from 'esbuild';
import { PLACE_PREFIX } from './import-meta.ts';

interface SourceMap {
  sources: string[];
  sourcesContent?: (string | null)[];
}

/**
 * Joins a bundle with its source map. Sources get absolute URLs, so that stacks name the user's files wherever the
 * bundle lies and through whatever links it is reached, and the text the user wrote.
 */
export function finishSourceMap(files: readonly Pick<OutputFile, 'path' | 'text'>[]): string {
  const code = files.find(({ path }) => !path.endsWith('.map'));
  const mapFile = files.find(({ path }) => path.endsWith('.map'));
  if (!code || !mapFile) throw new Error('the bundle came without its source map');
  const map = JSON.parse(mapFile.text) as SourceMap;
  const folder = dirname(mapFile.path);
  map.sources = map.sources.map((source) =>
    source.includes(':') ? source : pathToFileURL(resolve(folder, source)).href,
  );
  map.sourcesContent = (map.sourcesContent ?? []).map((text) => text && withoutAddition(text));
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code.text}//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/** Takes off the import that was added behind the last line. */
function withoutAddition(text: string): string {
  const start = text.lastIndexOf('\nimport {');
  return start !== -1 && text.includes(PLACE_PREFIX, start) ? text.slice(0, start) : text;
}
