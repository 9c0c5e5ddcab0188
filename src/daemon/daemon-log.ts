import type { Logger } from 'pino';

/** The daemon's own log, for bugs of ours: JSON lines in a file of the data folder. Opened at the first line. */
export class DaemonLog {
  readonly file: string;
  #logger: Promise<Logger> | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** Never rejects: where the disk is full or gone, nothing can be kept. `requestId` is what the caller was told to look for. */
  async error(error: unknown, requestId?: string): Promise<void> {
    try {
      this.#logger ??= open(this.file);
      (await this.#logger).error(requestId === undefined ? error : { err: error, requestId });
    } catch {
      this.#logger = undefined; // may be there again for the next one
    }
  }
}

async function open(file: string): Promise<Logger> {
  // In the bundle a CommonJS package has only its default export.
  const { default: pino } = await import('pino');
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
  // A line that can't be written must not end the daemon, which an error without a listener would.
  destination.on('error', () => {});
  return pino({}, destination);
}
