import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The daemon that `vite` in this folder, a server for work on the console, sends calls to. */
const DAEMON = 'http://127.0.0.1:4566';
const wantsJson = (accept: string | undefined) => !accept?.includes('text/html');

export default defineConfig({
  root: import.meta.dirname,
  base: '/_lambdock/console/',
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, '../../../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // Everything is a file of its own: the page's policy refuses data URLs and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '^/(endpoint|openapi.json|_lambdock/(?!console/))': DAEMON,
      '^/lambda': {
        target: DAEMON,
        bypass: ({ headers }) => (wantsJson(headers.accept) ? undefined : '/_lambdock/console/'),
      },
    },
  },
});
