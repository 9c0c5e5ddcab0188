import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {'node' | 'python' | 'golang'} Language */

/** @type {Record<Language, { version: string, file: string, code: (text: string) => string }>} */
export const LANGUAGES = {
  node: {
    version: '20',
    file: 'handler.mjs',
    code: (text) => `export default function handler(req, res) {\n  res.end(${JSON.stringify(text)});\n}\n`,
  },
  python: {
    version: '3.12',
    file: 'handler.py',
    code: (text) => `def handler():\n    return ${JSON.stringify(text)}\n`,
  },
  golang: {
    version: '1.22',
    file: 'handler.go',
    code: (text) => `package main

import (
	"io"
	"net/http"
	"net/url"
)

func handler(params url.Values, w *http.ResponseWriter) {
	io.WriteString(*w, ${JSON.stringify(text)})
}
`,
  },
};

/** The handler of servers/bare.mjs. */
export const HELLO = `export default (req, res) => {
  res.setHeader('content-type', 'application/json');
  res.end('{"message":"Hello, world!"}');
};
`;

/** Making Python's environment or compiling Go's standard library, once. */
const SETUP_TIMEOUT = 180_000;

/**
 * `POST /lambda`; the new function's id.
 * @param {string} url
 * @param {{ runtime: Language, code: string }} input
 * @returns {Promise<string>}
 */
export function createFunction(url, { runtime, code }) {
  const { version } = LANGUAGES[runtime];
  return post(`${url}/lambda`, { title: 'bench', runtime, version, code });
}

/**
 * Runs the code at a path of this machine and reloads it on change, as `lambdock dev` does.
 * @param {string} url
 * @param {string} path
 * @returns {Promise<{ id: string }>}
 */
export function link(url, path) {
  return post(`${url}/_lambdock/link`, { path });
}

/**
 * Resolves with the first answer of 200: what a language needs for the first time may take a while.
 * @param {string} url
 */
export async function serving(url) {
  const end = performance.now() + SETUP_TIMEOUT;
  for (;;) {
    const response = await fetch(url);
    const text = await response.text();
    if (response.status === 200) return text;
    if (response.status !== 503 || performance.now() > end)
      throw new Error(`${url} answered ${response.status}: ${text}`);
    await sleep(50);
  }
}

/**
 * @param {string} url
 * @param {object} body
 */
async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status !== 200)
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
