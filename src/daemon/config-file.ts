import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closestName } from './closest-name.ts';
import { ConfigError } from './config-error.ts';
import { OPTION_NAMES, type OptionName } from './options.ts';

export interface ConfigFile {
  path: string;
  /** As errors name it: `lambdock.config.json`. */
  name: string;
  /** Not validated yet. */
  values: { readonly [K in OptionName]?: unknown };
}

const FILE_NAMES = ['lambdock.config.json', 'lambdock.config.ts'];

/** The configuration file of a folder, if there is one. Rejects with ConfigError when it can't be used. */
export async function readConfigFile(folder: string): Promise<ConfigFile | undefined> {
  const found = FILE_NAMES.filter((name) => existsSync(join(folder, name)));
  const name = found[0];
  if (name === undefined) return undefined;
  if (found.length > 1)
    throw new ConfigError(`${found.join(' and ')} both exist in ${folder}: keep one of them`);
  const path = join(folder, name);
  const content = name.endsWith('.ts') ? await evaluateTypeScript(path) : parseJson(path);
  return { path, name, values: checkKeys(name, content) };
}

function checkKeys(name: string, content: unknown): ConfigFile['values'] {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new ConfigError(`${name}: expected an object with options`);
  // "$schema" is what editors look for in JSON files.
  const { $schema: _, ...values } = content as Record<string, unknown>;
  for (const key of Object.keys(values)) {
    if ((OPTION_NAMES as string[]).includes(key)) continue;
    const meant = closestName(key, OPTION_NAMES);
    const hint = meant ? `Did you mean "${meant}"?` : `Known options: ${OPTION_NAMES.join(', ')}`;
    throw new ConfigError(`${name}: unknown option "${key}". ${hint}`);
  }
  return values;
}

function parseJson(path: string): unknown {
  const content = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  try {
    return JSON.parse(content);
  } catch (error) {
    const message = (error as SyntaxError).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    const before = content.slice(0, position === undefined ? content.length : Number(position)).split('\n');
    const place = `${before.length}:${before.at(-1)!.length + 1}`;
    throw new ConfigError(`${basename(path)}:${place}: not valid JSON: ${message.split(' in JSON')[0]}`);
  }
}

/** Bundles the file with what it imports and evaluates it. Its default export is the configuration. */
async function evaluateTypeScript(path: string): Promise<unknown> {
  const name = basename(path);
  const esbuild = await import('esbuild');
  try {
    const bundle = await esbuild.build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(path).href) },
      plugins: [
        {
          // A project need not have lambdock installed to say `import { defineConfig } from 'lambdock'`.
          name: 'lambdock',
          setup(build) {
            build.onResolve({ filter: /^lambdock$/ }, () => ({ path: 'lambdock', namespace: 'lambdock' }));
            build.onLoad({ filter: /.*/, namespace: 'lambdock' }, () => ({
              contents: 'export const defineConfig = (config) => config;',
            }));
          },
        },
      ],
    });
    const code = Buffer.from(bundle.outputFiles[0]!.contents).toString('base64');
    const module: { default?: unknown } = await import(`data:text/javascript;base64,${code}`);
    if (module.default === undefined) throw new ConfigError(`${name}: expected a default export`);
    return module.default;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(describeFailure(name, error));
  } finally {
    await esbuild.stop();
  }
}

function describeFailure(name: string, error: unknown): string {
  const first = (error as { errors?: { text: string; location?: { line: number; column: number } | null }[] })
    .errors?.[0];
  if (!first) return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  const place = first.location ? `:${first.location.line}:${first.location.column + 1}` : '';
  return `${name}${place}: ${first.text}`;
}
