import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { findDurableSdks } from '../../setup/durable-sdks.mjs';
import { STRICT } from '../aws/run-client.ts';
import { CACHE_DIR } from '../daemon.ts';

const FOLDER = findDurableSdks(CACHE_DIR);

/** False where tests with AWS's durable execution SDKs are skipped. With CI=true they run, and fail without. */
export const HAS_DURABLE_SDKS = FOLDER !== undefined || STRICT;

function folder(): string {
  if (!FOLDER) throw new Error('there are no SDKs: node test/setup/durable-sdks.mjs installs them');
  return FOLDER;
}

/** What `handler` says, as a function's file with AWS's SDK in it, the way that its users bundle theirs. */
export async function nodeFunction(handler: string): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    stdin: {
      contents: `const { withDurableExecution } = require('@aws/durable-execution-sdk-js');
exports.handler = withDurableExecution(${handler});`,
      resolveDir: folder(),
    },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  return { 'index.js': outputFiles[0]!.text };
}

/** Of boto3 a function needs the models of these. */
const MODELS = ['lambda', 'sts', 'sso', 'sso-oidc', 'signin'];

/** A function's folder with this code and AWS's SDK for Python. */
export function pythonFunction(code: string): Record<string, string | Uint8Array> {
  const root = join(folder(), 'python');
  const files: Record<string, string | Uint8Array> = { 'index.py': code };
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path);
    const [, service] = /^boto(?:core|3)\/data\/([^/]+)\//.exec(name) ?? [];
    const isUnused = service !== undefined && !MODELS.includes(service);
    if (!entry.isFile() || isUnused || /__pycache__|\.dist-info|^bin\//.test(name)) continue;
    files[name] = readFileSync(path);
  }
  return files;
}
