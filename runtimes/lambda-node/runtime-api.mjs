import { Connection, ConnectionLost } from './connection.mjs';
import { eventFrom } from './context.mjs';
import { describeError } from './errors.mjs';
import { EventChannel, LONGEST_ANSWER } from './event-channel.mjs';
import { ResponseStream } from './response-stream.mjs';

const ROOT = '/2018-06-01/runtime';
/** Asks lambdock's engine to answer with the next invocation: see docs/lambda-runtimes.md. Others pass it over. */
const AND_NEXT = 'Lambdock-And-Next: 1\r\n';

/** Speaks the Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export class RuntimeApi {
  #address;
  #connection;
  #channel;
  #nextHead;
  /** The next event, which came after an answer without being asked for. */
  #held;
  #common;

  /** `descriptor`: a socket by which events come, where there is one. */
  constructor(address, descriptor) {
    const colon = address.lastIndexOf(':');
    this.#address = [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
    this.#connection = new Connection(...this.#address);
    this.#channel = descriptor === undefined ? undefined : EventChannel.open(descriptor);
    const agent = `aws-lambda-nodejs/${process.version.slice(1)}-lambdock`;
    this.#common = `Host: ${address}\r\nUser-Agent: ${agent}\r\n`;
    this.#nextHead = `GET ${ROOT}/invocation/next HTTP/1.1\r\n${this.#common}\r\n`;
  }

  /** Whether the next invocation is there already. */
  get holdsNext() {
    return this.#held !== undefined;
  }

  /** The next event, as `eventFrom` makes it, however long it takes to come. */
  async next() {
    const held = this.#held ?? (await this.#channel?.next());
    this.#held = undefined;
    if (held) return held;
    this.#channel = undefined;
    const answer = await this.#connection.send(this.#nextHead);
    if (answer.status !== 200) throw new ConnectionLost(`the Runtime API answers ${answer.status}`);
    return eventFrom(answer);
  }

  /** Throws at once, and not by its promise, when the result can't be JSON: then there is an error to tell instead. */
  respond(id, result) {
    const body = serialize(result);
    if (this.#channel?.open && body.length <= LONGEST_ANSWER) return this.#answer(body);
    const andNext = this.#channel ? '' : AND_NEXT;
    return this.#tell('success', `/invocation/${encodeURIComponent(id)}/response`, body, andNext);
  }

  fail(id, error) {
    const described = describeError(error);
    const path = `/invocation/${encodeURIComponent(id)}/error`;
    return this.#tell('error', path, serialize(described), errorHeader(described));
  }

  async failInit(error) {
    const described = describeError(error);
    await this.#post('/init/error', serialize(described), errorHeader(described));
  }

  /** A stream to answer `id` with, and `answered`, which resolves when the API has taken all of it. */
  respondStreaming(id, options) {
    const head = `POST ${ROOT}/invocation/${encodeURIComponent(id)}/response HTTP/1.1\r\n${this.#common}`;
    const stream = new ResponseStream(head, options);
    const answered = this.#connection.stream((socket) => stream.attach(socket));
    return { stream, answered };
  }

  async #answer(body) {
    this.#held = await this.#channel.answer(body);
  }

  async #tell(kind, ...request) {
    const answer = await this.#post(...request);
    const { status, headers } = answer;
    if (status === 200 && headers.has('lambda-runtime-aws-request-id')) this.#held = eventFrom(answer);
    if (status < 300) return;
    // In the words of AWS's client, which writes to standard error.
    process.stderr.write(
      `[ERROR] [${Date.now()}] LAMBDA_RUNTIME Failed to post handler ${kind} response. Http response code: ${status}.\n`,
    );
  }

  #post(path, body, header) {
    const request = (more) =>
      `POST ${ROOT}${path} HTTP/1.1\r\n${this.#common}Content-Type: application/json\r\n${more}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    if (!this.#connection.busy) return this.#connection.send(request(header));
    // Code that runs on after its invocation may fail while the next one is awaited.
    const own = new Connection(...this.#address);
    return own.send(request(header === AND_NEXT ? '' : header)).finally(() => own.close());
  }
}

function serialize(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

const errorHeader = ({ errorType }) => `Lambda-Runtime-Function-Error-Type: ${asHeader(errorType)}\r\n`;
const asHeader = (text) => String(text).replace(/[^\x20-\x7e]/g, '?');
