import { parse as parseForm } from 'node:querystring';

/** A larger body is left to the handler to read as a stream. */
const MAX_PARSED_BYTES = 6 * 1024 * 1024;

const PARSERS = { json: parseJson, form: parseForm, text: (text) => text };

/** Whether `req.body` is to be filled: a body is coming, not too large, of a type that is read whole. */
export function wantsParsedBody(request) {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined ? headers['transfer-encoding'] === undefined : length === '0') return false;
  if (length !== undefined && Number(length) > MAX_PARSED_BYTES) return false;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return false;
  return kindOf(headers['content-type']) !== undefined;
}

/**
 * Reads the whole body, sets `request.body`, puts the bytes back so that the request can still be read or piped as a
 * stream, and calls `next`. Answers 400 itself when the body is not what its type says. A chunked body that turns
 * out too large is put back unparsed.
 */
export function readBody(request, response, next) {
  const expected = Number(request.headers['content-length'] ?? Number.NaN);
  const chunks = [];
  let size = 0;
  const onReadable = () => {
    // Never an empty read: on a complete body it would schedule 'end', and nobody listens to that yet.
    while (request.readableLength > 0) {
      const chunk = request.read();
      chunks.push(chunk);
      size += chunk.length;
    }
    if (size !== expected && !request.complete && size <= MAX_PARSED_BYTES) return;
    request.off('readable', onReadable);
    request.off('close', onClose);
    const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
    if (size > 0) request.unshift(whole); // before 'end', which waits until this is read again
    // Taking the listener off works on the next tick; the handler must find the stream as untouched.
    process.nextTick(finish, size > MAX_PARSED_BYTES ? undefined : whole, request, response, next);
  };
  const onClose = () => request.off('readable', onReadable);
  request.on('readable', onReadable);
  request.once('close', onClose); // the client went away: there is nobody to answer
}

function finish(bytes, request, response, next) {
  if (bytes !== undefined) {
    const type = request.headers['content-type'];
    try {
      request.body = PARSERS[kindOf(type)](decode(bytes, type));
    } catch (error) {
      return void response.status(400).json({ error: `the request body is invalid: ${error.message}` });
    }
  }
  next();
}

function kindOf(contentType) {
  if (contentType === undefined) return undefined;
  const end = contentType.indexOf(';');
  const type = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  if (type === 'application/json') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  return type.startsWith('text/') ? 'text' : undefined;
}

function decode(bytes, contentType) {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  return new TextDecoder(charset).decode(bytes);
}

/** As Express's own parser, an empty body is an empty object. */
function parseJson(text) {
  return text === '' ? {} : JSON.parse(text);
}
