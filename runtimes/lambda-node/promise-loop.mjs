import { Invocation } from './context.mjs';

/** Calls a handler as Node.js 24 does on AWS: what it returns or resolves with is the answer, and it is sent at once. */
export class PromiseRuntime {
  #api;
  #log;
  #kind;
  #onFatal;

  constructor({ api, log, handler, kind, onFatal }) {
    this.#api = api;
    this.#log = log;
    this.handler = handler;
    this.#kind = kind;
    this.#onFatal = onFatal;
  }

  async start() {
    try {
      for (;;) await this.#handleOne();
    } catch (error) {
      this.#onFatal.broken(error);
    }
  }

  async #handleOne() {
    const invocation = new Invocation(await this.#api.next());
    this.#log.begin(invocation.requestId, invocation.tenantId);
    this.#onFatal.invocation = invocation.requestId;
    invocation.setTraceVariable();
    if (this.#kind.streaming) await this.#stream(invocation);
    else await this.processInvoke(invocation);
  }

  /** Its name is AWS's: stacks of handlers end with it. */
  async processInvoke(invocation) {
    let told;
    try {
      const result = await this.handler(JSON.parse(invocation.body), contextOf(invocation));
      await afterCallbacks();
      told = this.#api.respond(invocation.requestId, result);
    } catch (error) {
      await afterCallbacks();
      this.#log.error('Invoke Error', error);
      told = this.#api.fail(invocation.requestId, error);
    }
    await told;
  }

  async #stream(invocation) {
    const { stream, answered } = this.#api.respondStreaming(invocation.requestId, this.#kind.streamOptions);
    const ended = answered.catch(() => {}); // whether the API is still there is seen when asking it for the next
    try {
      const result = this.handler(JSON.parse(invocation.body), stream, contextOf(invocation));
      if (typeof result?.then !== 'function')
        throw new Error('Streaming does not support non-async handlers.');
      if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
      await ended;
      if (!stream.writableFinished) throw new Error('Response stream is not finished.');
    } catch (error) {
      await afterCallbacks();
      this.#log.error('Invoke Error', error);
      if (!stream.writableEnded) stream.fail(error);
      await ended;
    }
  }
}

const contextOf = (invocation) => ({ ...invocation.withTraceContext(), ...invocation.fromEnvironment() });

/** What the handler has left for the next turn of the event loop, like lines of the log, belongs to its invocation. */
const afterCallbacks = () => new Promise((resolve) => setImmediate(resolve));
