import { addAbortSignal, type Readable } from 'node:stream';
import { statusOf } from '../engine/engine-errors.ts';

/** One message of a build or a pull. */
export interface EngineMessage {
  /** What a build writes. */
  stream?: string;
  /** What a pull does, with a layer `id`. */
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
  errorDetail?: { message?: string };
}

/** The engine says that its work failed. Everything else that goes wrong is the connection, or a bug. */
export class WorkFailed extends Error {
  override readonly name = 'WorkFailed';
}

/** Whether the engine refused or failed, as it says. */
export function isFailure(error: unknown): boolean {
  return error instanceof WorkFailed || statusOf(error) !== undefined;
}

/**
 * Reads the messages, one JSON object a line, that an engine sends while it works. Closing the connection makes the engine
 * stop its work, so that is what an abort does. Rejects with WorkFailed, with the signal's reason, or with
 * what broke the connection.
 */
export async function readMessages(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  onMessage: (message: EngineMessage) => void,
): Promise<void> {
  const readable = addAbortSignal(signal, stream as Readable);
  readable.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of readable) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line, onMessage);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  take(rest, onMessage);
}

function take(line: string, onMessage: (message: EngineMessage) => void): void {
  if (line.trim() === '') return;
  const message = JSON.parse(line) as EngineMessage;
  onMessage(message);
  if (message.error) throw new WorkFailed(message.errorDetail?.message ?? message.error);
}
