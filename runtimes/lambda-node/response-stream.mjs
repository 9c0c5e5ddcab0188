import { Writable } from 'node:stream';
import { describeError, InvalidStreamingOperation } from './errors.mjs';

const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const CRLF = Buffer.from('\r\n');

/**
 * What a streaming handler writes its answer to: the body of a chunked POST to the Runtime API, which begins with the first
 * byte and may end with an error in its trailers.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export class ResponseStream extends Writable {
  /** Set by HttpResponseStream.from, under the name that AWS's has. */
  _onBeforeFirstWrite;
  #head;
  #contentType = 'application/octet-stream';
  #socket;
  #begun = false;
  #written = false;
  #trailers = '';

  constructor(head, options) {
    super({ ...options, decodeStrings: true });
    this.#head = head;
    this.on('error', () => {}); // told by the request that breaks with it
  }

  attach(socket) {
    this.#socket = socket;
  }

  setContentType(contentType) {
    if (this.#written) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  write(chunk, encoding, callback) {
    const bytes = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    if (!this.#written) {
      this.#written = true;
      this._onBeforeFirstWrite?.((prelude) => super.write(prelude));
    }
    return super.write(bytes, encoding, callback);
  }

  /** Ends the answer with an error. What was written before stays valid. */
  fail(error) {
    const described = describeError(error);
    const body = Buffer.from(JSON.stringify(described)).toString('base64');
    const type = String(described.errorType).replace(/[^\x20-\x7e]/g, '?');
    this.#trailers = `${ERROR_TYPE}: ${type}\r\n${ERROR_BODY}: ${body}\r\n`;
    this.end();
  }

  _write(chunk, _encoding, callback) {
    this.#begin();
    // An empty chunk would end the body.
    if (chunk.length === 0) return callback();
    this.#socket.cork();
    this.#socket.write(`${chunk.length.toString(16)}\r\n`);
    this.#socket.write(chunk);
    this.#socket.write(CRLF, callback);
    this.#socket.uncork();
  }

  _final(callback) {
    this.#begin();
    this.#socket.write(`0\r\n${this.#trailers}\r\n`, callback);
  }

  _destroy(error, callback) {
    // Given up by user code: an answer without an end tells so.
    if (!this.writableFinished) this.#socket?.destroy();
    callback(error);
  }

  #begin() {
    if (this.#begun) return;
    this.#begun = true;
    this.#socket.write(
      `${this.#head}Content-Type: ${this.#contentType}\r\n` +
        'Lambda-Runtime-Function-Response-Mode: streaming\r\n' +
        `Transfer-Encoding: chunked\r\nTrailer: ${ERROR_TYPE}\r\nTrailer: ${ERROR_BODY}\r\n\r\n`,
    );
  }
}

/** Gives a streamed answer a status and headers: JSON before the body, and eight NUL bytes between them. */
// biome-ignore lint/complexity/noStaticOnlyClass: it is one on AWS, and libraries may ask
export class HttpResponseStream {
  static from(underlyingStream, prelude) {
    underlyingStream.setContentType(PRELUDE_TYPE);
    const metadata = JSON.stringify(prelude);
    underlyingStream._onBeforeFirstWrite = (write) => {
      write(metadata);
      write(new Uint8Array(8));
    };
    return underlyingStream;
  }
}
