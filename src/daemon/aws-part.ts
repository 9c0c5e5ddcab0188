import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsHandler } from '../aws/handler.ts';
import type { WholeAnswer } from '../aws/protocols/protocol.ts';
import { readPlainInvoke } from '../services/lambda/plain-invoke.ts';
import type { SettingsTable } from '../storage/sqlite/settings-table.ts';
import type { LaneExchange } from './lane/exchange.ts';
import { awsWasUsed } from './remembered.ts';
import { Shutdown } from './shutdown.ts';

export interface AwsPartOptions {
  settings: SettingsTable;
  /** Puts the AWS API together. What it opens is closed with `shutdown`. */
  create(shutdown: Shutdown): Promise<AwsHandler>;
  /** Deletes all that it keeps, while none of it runs; returns how many functions there were. */
  wipe(): Promise<number>;
}

/** The AWS API with all behind it, which is opened with the first request, and anew after a reset. */
export class AwsPart implements AsyncDisposable {
  readonly #options: AwsPartOptions;
  #shutdown = new Shutdown();
  #opening: Promise<AwsHandler> | undefined;
  #handler: AwsHandler | undefined;
  #resetting: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: AwsPartOptions) {
    this.#options = options;
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const handler = this.#handler ?? (await this.open());
    return handler.handle(req, res);
  }

  /** A plain Invoke. Rejects where the API can't be opened. */
  async invoke(client: LaneExchange): Promise<WholeAnswer> {
    const handler = this.#handler ?? (await this.open());
    const { path, headers, body } = client;
    const input = readPlainInvoke(path, headers, body);
    return handler.answer({ service: 'lambda', operation: 'Invoke', input, headers, client });
  }

  async serve(service: string, ...request: [IncomingMessage, ServerResponse, boolean]): Promise<void> {
    const handler = this.#handler ?? (await this.open());
    return handler.serve(service, ...request);
  }

  /** Goes on with what an earlier daemon, or what was before a reset, has left. */
  async resume(): Promise<void> {
    if (awsWasUsed(this.#options.settings) && !this.#stopped) await (await this.open()).resume();
  }

  open(): Promise<AwsHandler> {
    if (!this.#opening) {
      const opening = this.#open();
      this.#opening = opening;
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined; // the next request tries again
      });
    }
    return this.#opening;
  }

  /** Ends what runs and deletes all that is kept; returns how many functions there were. Requests wait meanwhile. */
  async reset(): Promise<number> {
    if (!awsWasUsed(this.#options.settings)) return 0;
    const opening = this.#opening;
    this.#opening = undefined;
    this.#handler = undefined;
    const reset = this.#resetting.then(async () => {
      await opening?.catch(() => {}); // there is nothing of it then
      await this.#close();
      return this.#options.wipe();
    });
    this.#resetting = reset.catch(() => {}); // told to who asked for it
    const removed = await reset;
    await this.resume(); // what was deleted leaves packages behind
    return removed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#opening?.catch(() => {}); // told to who asked for it
    await this.#resetting;
    await this.#close();
  }

  async #open(): Promise<AwsHandler> {
    await this.#resetting;
    const handler = await this.#options.create(this.#shutdown);
    this.#handler = handler;
    return handler;
  }

  #close(): Promise<void> {
    const shutdown = this.#shutdown;
    this.#shutdown = new Shutdown();
    return shutdown[Symbol.asyncDispose]();
  }
}
