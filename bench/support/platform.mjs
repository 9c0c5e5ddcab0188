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
  return send('POST', `${url}/lambda`, { title: 'bench', runtime, version, code });
}

/**
 * `PATCH /lambda` with new code.
 * @param {string} url
 * @param {{ id: string, code: string }} input
 */
export function updateFunction(url, input) {
  return send('PATCH', `${url}/lambda`, input);
}

/**
 * @param {string} url
 * @param {string} id
 */
export function removeFunction(url, id) {
  return send('DELETE', `${url}/lambda?id=${id}`);
}

/**
 * Runs the code at a path of this machine and reloads it on change, as `lambdock dev` does.
 * @param {string} url
 * @param {string} path
 * @returns {Promise<{ id: string }>}
 */
export function link(url, path) {
  return send('POST', `${url}/_lambdock/link`, { path });
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
 * Creates a function and asks it at once.
 * @param {string} url
 * @param {Language} runtime
 * @param {string} text what it answers
 * @returns ms to the answer of the creation, and to the first one of the function
 */
export async function createAndAsk(url, runtime, text) {
  const code = LANGUAGES[runtime].code(text);
  const start = performance.now();
  const id = await createFunction(url, { runtime, code });
  const created = performance.now() - start;
  const answer = await serving(`${url}/endpoint/${id}`);
  const first = performance.now() - start;
  if (answer !== text) throw new Error(`a new ${runtime} function answered "${answer}", not "${text}"`);
  return { id, created, first };
}

/**
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 */
async function send(method, url, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (response.status !== 200)
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
