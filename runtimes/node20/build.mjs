import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * esbuild options that make the one file a process or a container runs. Only Express's requests, responses and
 * application are used: its body parsers would make up half of the bundle and of the time to start.
 */
export const buildOptions = {
  entryPoints: {
    server: here('src/main.mjs'),
    'fetch-code': here('fetch-code.mjs'),
    agent: here('src/agent.mjs'),
  },
  alias: {
    'body-parser': here('src/unused.cjs'),
    'serve-static': here('src/unused.cjs'),
    debug: here('src/silent-debug.cjs'),
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  outExtension: { '.js': '.mjs' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};
