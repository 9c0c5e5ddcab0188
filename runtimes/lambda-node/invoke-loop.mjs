import { whenIdle } from './before-exit.mjs';
import { endings } from './callbacks.mjs';
import { Invocation } from './context.mjs';
import { NodeJsExit } from './errors.mjs';

/** Calls a handler as Node.js 18 to 22 do on AWS. Names of classes and methods are AWS's where stacks show them. */
export class Runtime {
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

  start() {
    const begin = () => {
      const handled = this.#kind.streaming ? this.handleOnceStreaming() : this.handleOnceNonStreaming();
      handled.catch((error) => this.#onFatal.broken(error));
    };
    // An invocation that is there already has come long after what the last one left for the next turn of the event loop.
    if (this.#api.holdsNext) begin();
    else setImmediate(begin);
  }

  async handleOnceNonStreaming() {
    const invocation = await this.#next();
    const { requestId } = invocation;
    const { callback, context } = endings({
      succeed: (result) => this.#then(this.#respond(requestId, result)),
      fail: (error) => this.#fail(requestId, error),
    });
    try {
      whenIdle.set(() => this.#onNothingLeft(requestId));
      const merged = Object.assign(context, invocation.fromEnvironment(), invocation.fromEvent());
      const result = this.handler(JSON.parse(invocation.body), merged, callback);
      if (typeof result?.then === 'function') result.then(context.succeed, context.fail).catch(context.fail);
    } catch (error) {
      callback(error);
    }
  }

  async handleOnceStreaming() {
    const invocation = await this.#next();
    const { stream, answered } = this.#api.respondStreaming(invocation.requestId, this.#kind.streamOptions);
    const ended = answered.catch(() => {}); // whether the API is still there is seen when asking it for the next
    const fail = (error) => {
      this.#log.error('Invoke Error', error);
      if (!stream.writableEnded) stream.fail(error);
      return ended;
    };
    let waits = true;
    const context = {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
    };
    try {
      Object.assign(context, invocation.fromEnvironment(), invocation.fromEvent());
      const result = this.handler(JSON.parse(invocation.body), stream, context);
      if (typeof result?.then !== 'function') {
        await fail('Streaming does not support non-async handlers.');
      } else {
        if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
        await ended;
        if (!stream.writableFinished) await fail('Response stream is not finished.');
      }
    } catch (error) {
      await fail(error);
    }
    if (waits) whenIdle.set(() => this.start());
    else this.start();
  }

  async #next() {
    const invocation = new Invocation(await this.#api.next());
    this.#log.begin(invocation.requestId, invocation.tenantId);
    this.#onFatal.invocation = invocation.requestId;
    invocation.setTraceVariable();
    return invocation;
  }

  /** Not an async function: what can't be told is thrown to who calls, user code or the promise it returned. */
  #respond(requestId, result) {
    return this.#api.respond(requestId, result);
  }

  #fail(requestId, error) {
    this.#log.error('Invoke Error', error);
    this.#then(this.#api.fail(requestId, error));
  }

  #then(told) {
    told.then(
      () => this.start(),
      (error) => this.#onFatal.broken(error),
    );
  }

  /** The handler has neither ended its invocation nor left anything to wait for. */
  #onNothingLeft(requestId) {
    whenIdle.reset();
    if (this.#kind.isAsync) this.#fail(requestId, new NodeJsExit());
    else this.#then(this.#respond(requestId, null));
  }
}
