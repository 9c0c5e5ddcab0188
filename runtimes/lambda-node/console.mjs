import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { formatError, intoError } from './errors.mjs';
import { shown } from './shown-paths.mjs';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const TEXT_FRAME = 0xa55a0003;
const JSON_FRAME = 0xa55a0002;
const FRAME_HEAD = 16;

/** What every line of the log carries, and in which form it is written. */
export class Log {
  #requestId;
  #json;
  #write;
  #tenantId;

  /**
   * @param {object} options
   * @param {boolean} options.json AWS_LAMBDA_LOG_FORMAT
   * @param {string | undefined} options.level AWS_LAMBDA_LOG_LEVEL: what is below it is dropped
   * @param {number | undefined} options.descriptor takes frames that keep the lines of a message together
   * @param {string | undefined} options.noRequestId what stands for the id of a request while there is none
   */
  constructor({ json, level, descriptor, noRequestId }) {
    this.#requestId = noRequestId;
    this.#json = json;
    this.#write =
      descriptor === undefined ? toStandardOutput : toFrames(descriptor, json ? JSON_FRAME : TEXT_FRAME);
    for (const name of ['stdout', 'stderr']) writeAtOnce(name);
    this.#patchConsole(Math.max(0, LEVELS.indexOf(level?.toUpperCase())));
  }

  /** From here on lines belong to this invocation. */
  begin(requestId, tenantId) {
    this.#requestId = requestId;
    this.#tenantId = tenantId;
  }

  /** Writes what made an invocation fail, as AWS's runtime does. */
  error(title, error) {
    if (this.#json) console.error(intoError(error));
    else console.error(title, formatError(intoError(error)));
  }

  #patchConsole(least) {
    const methods = LEVELS.map((name, index) =>
      index < least ? () => {} : (...params) => this.#log(name, index + 1, params),
    );
    [console.trace, console.debug, console.info, console.warn, console.error, console.fatal] = methods;
    console.log = console.info;
  }

  #log(level, number, params) {
    const now = new Date();
    const time = now.toISOString();
    const line = this.#json
      ? this.#jsonLine(time, level, params)
      : `${time}\t${this.#requestId}\t${level}\t${params.length === 0 ? format(undefined) : format(...params)}`;
    const traced = params.some((param) => param instanceof Error);
    this.#write(traced ? shown(line) : line, number, now.getTime());
  }

  #jsonLine(timestamp, level, params) {
    const record = { timestamp, level, requestId: this.#requestId };
    if (this.#tenantId) record.tenantId = this.#tenantId;
    if (params.length <= 1) {
      record.message = params[0];
      try {
        return JSON.stringify(record, expandErrors);
      } catch {
        record.message = format(record.message);
        return JSON.stringify(record);
      }
    }
    record.message = format(...params);
    const error = params.find((param) => param instanceof Error);
    if (error) {
      record.errorType = error.constructor?.name ?? 'UnknownError';
      record.errorMessage = error.message;
      record.stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
    }
    return JSON.stringify(record);
  }
}

function expandErrors(_key, value) {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : value.stack,
    ...value,
  };
}

/**
 * What is printed and what is logged go to the same place. Node's streams would keep what the pipe can't take yet and let the log
 * go past it; and a program that the handler starts would find the pipe refusing what it writes. Looking at the stream costs
 * its making, so that is put off until user code does.
 */
function writeAtOnce(name) {
  const { get, ...descriptor } = Object.getOwnPropertyDescriptor(process, name);
  if (!get) return;
  const first = () => {
    const stream = get.call(process);
    stream._handle?.setBlocking?.(true);
    Object.defineProperty(process, name, { ...descriptor, get });
    return stream;
  };
  Object.defineProperty(process, name, { ...descriptor, get: first });
}

/** Where lines are all that tells messages apart, those within one are marked by carriage returns. */
function toStandardOutput(line) {
  process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
}

/** Each message as AWS frames it: type, length, time in microseconds, text. See docs/lambda-runtimes.md. */
function toFrames(descriptor, type) {
  return (line, level, time) => {
    const text = type === TEXT_FRAME ? `${line}\n` : line;
    const size = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(FRAME_HEAD + size);
    frame.writeUInt32BE((type | (level << 2)) >>> 0, 0);
    frame.writeUInt32BE(size, 4);
    frame.writeBigInt64BE(BigInt(time) * 1000n, 8);
    frame.write(text, FRAME_HEAD);
    writeAll(descriptor, frame);
  };
}

function writeAll(descriptor, bytes) {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // nobody reads any more
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
