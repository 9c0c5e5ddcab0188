// What Invoke can't be quicker than with Node on both sides: Node's HTTP server hands each body to one of 16 processes over a
// socket pair, and its answer back. Nothing is checked, routed, timed, or logged. `node front.mjs <port>`
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const WORKERS = 16;
const file = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** @type {{ socket: import('node:net').Socket, done: (answer: Buffer) => void }[]} */
const idle = [];
for (let n = 0; n < WORKERS; n++) {
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ignore', 'pipe'],
  });
  const socket = /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (child.stdio[4]));
  const worker = { socket, done: (/** @type {Buffer} */ _answer) => {} };
  socket.on('data', (bytes) => {
    const { done } = worker;
    idle.push(worker);
    done(bytes.subarray(4));
  });
  idle.push(worker);
}

const server = createServer((req, res) => {
  /** @type {Buffer[]} */
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const body = Buffer.concat(parts);
    const worker = idle.pop();
    if (!worker) return void res.writeHead(429).end();
    worker.done = (answer) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    };
    const frame = Buffer.allocUnsafe(4 + body.length);
    frame.writeUInt32LE(body.length, 0);
    body.copy(frame, 4);
    worker.socket.write(frame);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
