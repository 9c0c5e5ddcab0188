import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { sendJson } from '../support/json-response.ts';
import { CONSOLE_FILES } from './paths.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Compressed when the console was built; the better one first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Stands in the built page for what each answer has of its own. */
const NONCE = '__LAMBDOCK_NONCE__';
const YEAR_SECONDS = 31_536_000;

/**
 * Serves the built console from a folder. Pages are one file, whose script looks at the address. Nothing is kept in memory: files
 * are read as they are asked for, which a browser does once, as their names change with their content.
 */
export class ConsoleFiles {
  readonly #folder: string;
  #assets: ReadonlySet<string> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) res.setHeader(name, value);
    const path = req.url!.split('?')[0]!;
    if (path.startsWith(CONSOLE_FILES)) this.#sendAsset(req, res, path.slice(CONSOLE_FILES.length));
    else this.#sendPage(req, res);
  }

  #sendPage(req: IncomingMessage, res: ServerResponse): void {
    const file = join(this.#folder, 'index.html');
    if (!existsSync(file)) {
      sendJson(res, 404, { error: 'the console is not built here; npm run build makes it' });
      return;
    }
    const nonce = randomBytes(18).toString('base64url');
    const page = Buffer.from(readFileSync(file, 'utf8').replaceAll(NONCE, nonce));
    res.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(nonce),
    });
    res.end(req.method === 'HEAD' ? undefined : page);
  }

  #sendAsset(req: IncomingMessage, res: ServerResponse, name: string): void {
    this.#assets ??= listAssets(this.#folder);
    if (!this.#assets.has(name)) {
      sendJson(res, 404, { error: 'no such file of the console' });
      return;
    }
    const accepted = String(req.headers['accept-encoding'] ?? '');
    const found = ENCODINGS.find(
      ([coding, suffix]) => accepted.includes(coding) && this.#assets!.has(name + suffix),
    );
    const body = readFileSync(join(this.#folder, name + (found?.[1] ?? '')));
    res.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': `public, max-age=${YEAR_SECONDS}, immutable`,
      vary: 'Accept-Encoding',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      ...(found ? { 'content-encoding': found[0] } : {}),
    });
    res.end(req.method === 'HEAD' ? undefined : body);
  }
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Nothing but our own files and this daemon. The nonce is for the style element that the code editor makes. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    // Blobs are pictures that a function answered with; as images they run nothing, SVG included.
    "img-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** Names relative to the folder. What is not in this list is not served, whatever the path says. */
function listAssets(folder: string): ReadonlySet<string> {
  const assets = join(folder, 'assets');
  return new Set(existsSync(assets) ? readdirSync(assets).map((name) => `assets/${name}`) : []);
}
