import { addAbortSignal, type Readable } from 'node:stream';

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

/**
 * Reads the messages, one JSON object a line, that an engine sends while it works. Closing the connection makes the engine
 * stop its work, so that is what an abort does. Rejects with the signal's reason, or with what broke the connection.
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
  if (line.trim() !== '') onMessage(JSON.parse(line) as EngineMessage);
}
