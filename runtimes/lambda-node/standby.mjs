import { closeSync, openSync, readSync } from 'node:fs';
import Module from 'node:module';
// What handlers load anyway. In standby it costs nobody's time.
import 'node:async_hooks';
import 'node:buffer';
import 'node:crypto';
import 'node:dns';
import 'node:events';
import 'node:fs/promises';
import 'node:http';
import 'node:https';
import 'node:os';
import 'node:path';
import 'node:stream';
import 'node:stream/promises';
import 'node:timers/promises';
import 'node:url';
import 'node:util';
import 'node:zlib';

const NEWLINE = 10;

/**
 * Waits until standard input tells which function this process will be, and turns into what it would be had it been
 * started for it. Waiting blocks the only thread: there is nothing else to do, and the line is acted on at once.
 */
export function awaitAssignment() {
  const line = readLine();
  if (line === undefined) process.exit(0);
  const { env, cwd } = JSON.parse(line);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  // NODE_PATH was read when the process started.
  Module._initPaths();
  closeInput();
}

function readLine() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const size = readInput(chunk);
    if (size === 0) return undefined;
    const end = chunk.subarray(0, size).indexOf(NEWLINE);
    chunks.push(chunk.subarray(0, end < 0 ? size : end));
    if (end >= 0) return Buffer.concat(chunks).toString('utf8');
  }
}

function readInput(chunk) {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      if (error.code === 'EOF') return 0;
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Like every process started without input: whoever reads it finds its end. */
function closeInput() {
  closeSync(0);
  openSync('/dev/null', 'r');
}
