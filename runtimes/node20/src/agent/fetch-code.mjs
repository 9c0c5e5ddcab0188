import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { get, reason } from './get.mjs';

const LIMIT_MS = 30_000;
const PAUSES_MS = [100, 400];
const LARGEST = 64 * 1024 * 1024;

/** Puts code into a folder of its own. Rejects with an error whose message says what to tell. */
export async function fetchCode({ url, content, sha256 }, { directory, entry }, aborted) {
  const signal = AbortSignal.any([aborted, AbortSignal.timeout(LIMIT_MS)]);
  try {
    const bytes = url === undefined ? Buffer.from(content, 'base64') : await download(url, signal);
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== sha256) throw new Error(`its SHA-256 is ${actual}, not ${sha256}`);
    const path = join(directory, entry);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, bytes, { mode: 0o600, signal: aborted });
  } catch (error) {
    throw new Error(`can't fetch the code: ${reason(error)}`, { cause: error });
  }
}

/** Connections that fail and answers of 5xx may be of the moment; everything else is final. */
async function download(url, signal) {
  for (let attempt = 0; ; attempt++) {
    let response;
    try {
      response = await get(url, signal);
      if (response.statusCode === 200) return await read(response);
      response.destroy();
    } catch (error) {
      if (signal.aborted || error.final || attempt === PAUSES_MS.length) throw error;
    }
    if (response && (response.statusCode < 500 || attempt === PAUSES_MS.length))
      throw new Error(`the object store answered ${response.statusCode}`);
    await pause(PAUSES_MS[attempt], undefined, { signal });
  }
}

async function read(response) {
  const parts = [];
  let size = 0;
  for await (const part of response) {
    size += part.length;
    if (size > LARGEST) throw Object.assign(new Error('it has more than 64 MB'), { final: true });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
