import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { readLines } from '../lines.ts';
import { dispatchRuntimeEvent, parseMessage, type RuntimeEvents } from '../runtime-events.ts';
import type { LoadCommand } from '../workload.ts';

type Command = ({ command: 'load' } & LoadCommand) | { command: 'ping' };

/** File descriptor on which a runtime server writes its events. */
export const EVENT_FD = 3;

/** In characters. Runtime servers keep an error's message and stack well below it. */
const LONGEST_EVENT = 1024 * 1024;

/** The daemon's end of the runtime protocol: commands out on stdin, events in on fd 3. */
export class ControlChannel {
  readonly #commands: Writable;

  constructor(child: ChildProcess, events: RuntimeEvents) {
    this.#commands = child.stdin!;
    // A process that ended has closed its end; its exit tells more than the broken pipe does.
    this.#commands.on('error', () => {});
    const onLine = (line: string) => {
      const message = parseMessage(line);
      if (message) dispatchRuntimeEvent(message, events);
    };
    readLines(child.stdio[EVENT_FD] as Readable, onLine, LONGEST_EVENT);
  }

  send(command: Command): void {
    if (this.#commands.writable) this.#commands.write(`${JSON.stringify(command)}\n`);
  }
}
