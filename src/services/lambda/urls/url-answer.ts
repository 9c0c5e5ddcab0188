/** The head of an answer of a function URL. */
export interface UrlHead {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
}

export interface UrlAnswer extends UrlHead {
  body: Buffer;
}

/** What a function answered can't be made into an HTTP answer. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

const USUAL_TYPE = 'application/json';
export const USUAL_STREAM_TYPE = 'application/octet-stream';

/**
 * What a buffered function URL makes of a function's answer. One that has a statusCode says all by itself; any other is
 * the body of a 200 in JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 *
 * @throws UnusableAnswer
 */
export function bufferedAnswer(payload: Uint8Array): UrlAnswer {
  const answer = parse(payload);
  if (!isObject(answer) || answer.statusCode === undefined || answer.statusCode === null) {
    const headers = { 'content-type': USUAL_TYPE };
    return { status: 200, headers, cookies: [], body: Buffer.from(payload) };
  }
  const { body, isBase64Encoded } = answer;
  const head = readHead(answer, USUAL_TYPE);
  if (body === undefined || body === null) return { ...head, body: Buffer.alloc(0) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ...head, body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8') };
}

/**
 * The head of a streamed answer, which stands as JSON in front of its body.
 *
 * @throws UnusableAnswer
 */
export function streamedHead(prelude: Uint8Array): UrlHead {
  const answer = parse(prelude);
  if (!isObject(answer)) throw new UnusableAnswer('The prelude is not an object');
  return readHead(answer, USUAL_STREAM_TYPE);
}

function readHead(answer: Record<string, unknown>, usualType: string): UrlHead {
  const status = Number(answer.statusCode ?? 200);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new UnusableAnswer(`${String(answer.statusCode)} is no status`);
  }
  const headers: Record<string, string> = { 'content-type': usualType };
  for (const [name, value] of Object.entries(isObject(answer.headers) ? answer.headers : {})) {
    if (value === null || value === undefined) continue;
    const key = name.toLowerCase();
    if (!isHeaderName(key)) throw new UnusableAnswer(`${JSON.stringify(name)} is no header`);
    if (!OF_CONNECTION.has(key)) headers[key] = headerValue(value);
  }
  const cookies = Array.isArray(answer.cookies) ? answer.cookies.map(headerValue) : [];
  return { status, headers, cookies };
}

/** These are for the connection at hand, which is not the function's business. */
const OF_CONNECTION = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name);
}

/** In the bytes of UTF-8, and without what would end the header. */
function headerValue(value: unknown): string {
  const text = Array.isArray(value) ? value.map(String).join(',') : String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(text)) throw new UnusableAnswer('A header has control characters');
  return Buffer.from(text, 'utf8').toString('latin1');
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
