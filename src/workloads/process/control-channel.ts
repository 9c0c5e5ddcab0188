import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { SourceError } from '../../execution/source.ts';
import type { LoadCommand } from '../workload.ts';
import { readLines } from './lines.ts';

/** What a runtime server says; see docs/runtime-protocol.md. */
export interface ControlEvents {
  listening(port: number): void;
  ready(): void;
  failed(error: SourceError): void;
  error(error: SourceError): void;
  pong(): void;
}

type Command = ({ command: 'load' } & LoadCommand) | { command: 'ping' };

/** File descriptor on which a runtime server writes its events. */
export const EVENT_FD = 3;

/** In characters. Runtime servers keep an error's message and stack well below it. */
const LONGEST_EVENT = 1024 * 1024;

/** The daemon's end of the runtime protocol: commands out on stdin, events in on fd 3. */
export class ControlChannel {
  readonly #commands: Writable;

  constructor(child: ChildProcess, events: ControlEvents) {
    this.#commands = child.stdin!;
    // A process that ended has closed its end; its exit tells more than the broken pipe does.
    this.#commands.on('error', () => {});
    readLines(child.stdio[EVENT_FD] as Readable, (line) => dispatch(line, events), LONGEST_EVENT);
  }

  send(command: Command): void {
    if (this.#commands.writable) this.#commands.write(`${JSON.stringify(command)}\n`);
  }
}

function dispatch(line: string, events: ControlEvents): void {
  const message = parse(line);
  switch (message?.event) {
    case 'listening':
      if (isPort(message.port)) events.listening(message.port);
      break;
    case 'ready':
      events.ready();
      break;
    case 'failed':
      events.failed(sourceError(message.error, 'load'));
      break;
    case 'error':
      events.error(sourceError(message.error, 'exit'));
      break;
    case 'pong':
      events.pong();
      break;
    // User code can write to fd 3 too: what is not the protocol is not for us.
  }
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Takes from the wire only what a SourceError has, each member with its type checked. */
function sourceError(value: unknown, kind: SourceError['kind']): SourceError {
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const error: SourceError = {
    kind,
    message: typeof given.message === 'string' ? given.message : 'unknown error',
  };
  for (const name of ['name', 'stack', 'file'] as const) {
    const member = given[name];
    if (typeof member === 'string' && member !== '') error[name] = member;
  }
  for (const name of ['line', 'column'] as const) {
    const member = given[name];
    if (typeof member === 'number' && Number.isInteger(member)) error[name] = member;
  }
  return error;
}
