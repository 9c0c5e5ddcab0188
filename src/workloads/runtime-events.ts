import type { SourceError } from '../execution/source.ts';

/** What a runtime server says; see docs/runtime-protocol.md. */
export interface RuntimeEvents {
  listening(port: number): void;
  ready(): void;
  failed(error: SourceError): void;
  error(error: SourceError): void;
  pong(): void;
}

const KINDS: readonly SourceError['kind'][] = ['load', 'exit', 'timeout', 'setup', 'memory'];

/** Tells `events` what a message says. User code may write to the channel, too: what is not the protocol is not for us. */
export function dispatchRuntimeEvent(message: Record<string, unknown>, events: RuntimeEvents): void {
  switch (message.event) {
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
  }
}

/** A line as a JSON object; undefined for anything else. */
export function parseMessage(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

/** Takes from the wire only what a SourceError has, each member with its type checked. */
function sourceError(value: unknown, fallback: SourceError['kind']): SourceError {
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const error: SourceError = {
    kind: KINDS.find((kind) => kind === given.kind) ?? fallback,
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
