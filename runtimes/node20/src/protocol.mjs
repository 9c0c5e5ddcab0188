import { writeSync } from 'node:fs';
import { describeError } from './describe-error.mjs';
import { describeLoadError } from './describe-load-error.mjs';
import { loadHandler } from './load.mjs';

const EVENT_FD = 3;

/** Serves the daemon: commands on stdin, events on fd 3; see docs/runtime-protocol.md. */
export function runForDaemon(server) {
  let directory = process.cwd();
  const listening = server
    .listen(Number(process.env.PORT ?? 0), process.env.HOST ?? '127.0.0.1')
    .then((port) => {
      emit({ event: 'listening', port });
    });
  readCommands((command) => {
    if (command.command === 'ping') emit({ event: 'pong' });
    if (command.command === 'load') {
      directory = command.directory;
      // Told before user code runs, which may keep this thread busy, or write events of its own.
      listening.then(() => load(server, command));
    }
  });
  // Unhandled rejections arrive here too.
  process.on('uncaughtException', (error) => {
    const described = describeError(error, directory);
    process.stderr.write(`${described.stack}\n`);
    emit({ event: 'error', error: described });
    process.exit(1);
  });
  process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
}

async function load(server, command) {
  let loaded;
  try {
    loaded = await loadHandler(command);
  } catch (error) {
    return emit({ event: 'failed', error: await describeLoadError(error, command) });
  }
  server.serve(loaded, command.directory);
  emit({ event: 'ready' });
}

/** Written at once, whatever user code does to the event loop next. */
function emit(event) {
  try {
    writeSync(EVENT_FD, `${JSON.stringify(event)}\n`);
  } catch (error) {
    process.stderr.write(`file descriptor 3, which the runtime needs, is closed or broken (${error.code})\n`);
    process.exit(1);
  }
}

function readCommands(onCommand) {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line !== '') onCommand(JSON.parse(line));
  });
  process.stdin.on('error', endWithDaemon);
  process.stdin.on('close', endWithDaemon);
  process.stdin.on('end', endWithDaemon);
}

/** The daemon is gone: whatever the function started goes with it. */
function endWithDaemon() {
  try {
    process.kill(-process.pid, 'SIGKILL'); // fails unless this process leads a group
  } finally {
    process.exit(1);
  }
}
