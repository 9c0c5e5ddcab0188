import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { extname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { PLACE_PREFIX, sourcePlaceModule, withSourcePlace } from './import-meta.ts';

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.jsx': 'jsx',
};

/** Formats that only Node itself can load. */
const NATIVE = new Set(['.cjs', '.node', '.wasm']);
const BUILTINS = new Set(builtinModules);
/** Marks a question of ours to esbuild's own resolver, which would otherwise come back to us. */
const ASKED_BY_US = Symbol('asked by us');

/**
 * Bundles the function's own files and leaves packages to Node, by their absolute place: the bundle lies in a cache
 * folder, from where a bare `import 'lodash'` would find nothing.
 */
export function handlerPlugin(directory: string): Plugin {
  return {
    name: 'lambdock-handler',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolveImport(build, args, directory));
      build.onLoad({ filter: /\.(?:[cm]?ts|tsx|[m]?js|jsx)$/, namespace: 'file' }, async ({ path }) => ({
        contents: withSourcePlace(await readFile(path, 'utf8'), path),
        loader: LOADERS[extname(path)] ?? 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: 'source-place' }, ({ path }) => ({
        contents: sourcePlaceModule(path),
      }));
    },
  };
}

async function resolveImport(
  build: PluginBuild,
  args: OnResolveArgs,
  directory: string,
): Promise<OnResolveResult | undefined> {
  const { path, kind, importer, resolveDir, pluginData } = args;
  if (kind === 'entry-point' || pluginData === ASKED_BY_US) return undefined;
  if (path.startsWith(PLACE_PREFIX))
    return { path: path.slice(PLACE_PREFIX.length), namespace: 'source-place' };
  if (path.startsWith('node:') || BUILTINS.has(path) || /^(?:data|https?|file):/.test(path))
    return { path, external: true };
  const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: ASKED_BY_US });
  if (found.errors.length > 0)
    return isPackage(path)
      ? { errors: [missingPackage(path, directory, await listsPackage(directory, path))] }
      : undefined;
  if (found.external) return { path: found.path, external: true };
  const native = NATIVE.has(extname(found.path)) || (await looksCommonJs(found.path));
  if (!native && !found.path.includes(`${sep}node_modules${sep}`)) return { path: found.path };
  return { path: kind === 'require-call' ? found.path : pathToFileURL(found.path).href, external: true };
}

/** `tsconfig.json` may map such a path too, but then it was found. */
function isPackage(path: string): boolean {
  return !/^(?:\.{0,2}\/|\.{1,2}$|[a-zA-Z]:)/.test(path);
}

function missingPackage(path: string, directory: string, listed: boolean) {
  const name = packageName(path);
  const command = listed ? 'npm install' : `npm install ${name}`;
  return { text: `Cannot find package '${name}'. Run \`${command}\` in ${directory}` };
}

function packageName(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

async function listsPackage(directory: string, path: string): Promise<boolean> {
  const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '');
  return text.includes(JSON.stringify(packageName(path)));
}

/** CommonJS among the function's own files: bundled, its `require` would not work in a module. */
async function looksCommonJs(path: string): Promise<boolean> {
  if (extname(path) !== '.js' || path.includes(`${sep}node_modules${sep}`)) return false;
  const text = await readFile(path, 'utf8');
  return (
    /\b(?:module\.exports|exports\.\w|require\s*\()/.test(text) && !/^\s*(?:import|export)\b/m.test(text)
  );
}
