// Bundles the daemon, the command line, the runtime servers and the web console into dist/.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildConsole } from './build-console.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const began = performance.now();

let results;
let consoleParts;
try {
  [consoleParts, ...results] = await Promise.all([buildConsole(root), buildProduct(), ...runtimeBuilds()]);
} catch (error) {
  // esbuild has said what is wrong, with file and line.
  if (!error.errors) console.error(error);
  process.exit(1);
}
chmodSync(join(dist, 'cli', 'main.js'), 0o755);
const written = new Set(
  results.flatMap(({ metafile }) => Object.keys(metafile.outputs)).map((path) => join(root, path)),
);
for (const path of consoleParts.outputs) written.add(join(root, path));
written.add(writeTypes()).add(writeLicenses()).add(copyAwsManagedPolicies());
removeOthers(dist);
console.log(`Built dist/ in ${Math.round(performance.now() - began)} ms`);

function buildProduct() {
  return build({
    absWorkingDir: root,
    entryPoints: { 'cli/main': 'src/cli/main.ts', index: 'src/index.ts' },
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    // What a start does not use stays in files that it does not read.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // better-sqlite3's addon is found by path, so `bindings` is never called; importing the package from an ES module
    // would have Node parse it for its exports, which takes longer than all the rest of a start.
    external: ['bindings', 'esbuild'],
    alias: {
      ...awsClients(),
      'body-parser': './scripts/stubs/unused.cjs',
      'serve-static': './scripts/stubs/unused.cjs',
      debug: './scripts/stubs/silent-debug.cjs',
      'readable-stream': './scripts/stubs/node-stream.cjs',
      // What dockerode would build with BuildKit and reach over SSH.
      '@grpc/grpc-js': './scripts/stubs/unused.cjs',
      '@grpc/proto-loader': './scripts/stubs/unused.cjs',
      protobufjs: './scripts/stubs/unused.cjs',
      ssh2: './scripts/stubs/unused.cjs',
      'split-ca': './scripts/stubs/no-split-ca.cjs',
      // With which dockerode would pack a folder itself.
      'tar-fs': './scripts/stubs/unused.cjs',
      '@balena/dockerignore': './scripts/stubs/unused.cjs',
    },
    plugins: [
      // What the MinIO client would guess types, upload in parts and listen for events with, and more than it needs.
      stubsWithin('minio', {
        'mime-types': 'unused.cjs',
        async: 'unused.cjs',
        'block-stream2': 'unused.cjs',
        'stream-json/jsonl/Parser.js': 'unused.cjs',
        lodash: 'lodash-of-minio.cjs',
        xml2js: 'xml-of-minio.cjs',
      }),
    ],
    // CommonJS packages in an ES module still call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
}

/** Replaces what one package imports; others may need the same packages whole. */
function stubsWithin(name, stubs) {
  const folder = join(root, 'node_modules', name) + sep;
  return {
    name: `stubs within ${name}`,
    setup({ onResolve }) {
      onResolve({ filter: /^[\w@]/ }, ({ path, importer }) => {
        const stub = importer.startsWith(folder) ? stubs[path] : undefined;
        return stub && { path: join(root, 'scripts', 'stubs', stub) };
      });
    },
  };
}

/**
 * Of AWS's clients we use schemas and exceptions only. Their ES modules let esbuild leave the rest out (77 kB for STS, where
 * the CommonJS that it takes for Node by default comes whole, with 1.1 MB).
 */
function awsClients() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = Object.keys(devDependencies).filter((name) => name.startsWith('@aws-sdk/client-'));
  return Object.fromEntries(names.map((name) => [name, `${name}/dist-es/index.js`]));
}

/** A runtime with a server in JavaScript says in its `build.mjs` how that is bundled. */
function runtimeBuilds() {
  return readdirSync(join(root, 'runtimes'))
    .filter((name) => existsSync(join(root, 'runtimes', name, 'build.mjs')))
    .map(async (name) => {
      const { buildOptions } = await import(pathToFileURL(join(root, 'runtimes', name, 'build.mjs')).href);
      return build({
        absWorkingDir: root,
        ...buildOptions,
        outdir: join(dist, 'runtimes', name),
        metafile: true,
      });
    });
}

/** What `import { defineConfig } from 'lambdock'` is to an editor: the entry without its one function's body. */
function writeTypes() {
  const source = readFileSync(join(root, 'src', 'index.ts'), 'utf8');
  const types = source.replace(/export function (.+) \{[^}]*\}/, 'export declare function $1;');
  return write('index.d.ts', types);
}

function writeLicenses() {
  const bundled = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const inputs = [...bundled, ...consoleParts.inputs];
  return write('THIRD_PARTY_LICENSES.txt', thirdPartyLicenses(root, inputs));
}

/** Its module asks for it beside itself, and ends up in a chunk. */
function copyAwsManagedPolicies() {
  const source = join(root, 'src', 'services', 'iam', 'aws-managed', 'policies.br');
  return write(join('chunks', 'policies.br'), readFileSync(source));
}

function write(name, content) {
  const path = join(dist, name);
  writeFileSync(path, content);
  return path;
}

/**
 * Removes what earlier builds left: chunks have a new name when they change, and all of them would be packed. Only
 * afterwards, so that a daemon that runs from dist/ finds the chunks that did not change.
 */
function removeOthers(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(path);
    else if (!written.has(path)) rmSync(path);
  }
}
