import type { IncomingMessage } from 'node:http';

/**
 * The text of a request that is signed. `raw` keeps the path as it is, as S3 does; all others normalize it and encode it
 * once more. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  req: IncomingMessage,
  signedHeaders: readonly string[],
  payloadHash: string,
  raw: boolean,
): string {
  const [path = '/', query = ''] = splitOnce(req.url!, '?');
  const headers = signedHeaders.map((name) => `${name}:${headerOf(req, name)}\n`).join('');
  return [
    req.method,
    raw ? encodeOnce(path) : encodeTwice(path),
    canonicalQuery(query),
    headers,
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** Values as they were sent, also those that Node joins differently or leaves out. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): string {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === name) {
      values.push(rawHeaders[index + 1]!.trim().replaceAll(/ {2,}/g, ' '));
    }
  }
  return values.join(',');
}

/** Sorted by encoded name, then value; without the signature itself. */
function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = splitOnce(part, '=');
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .filter(([name]) => name.toLowerCase() !== 'x-amz-signature')
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encodeOnce(path: string): string {
  return path
    .split('/')
    .map((part) => encode(decode(part)))
    .join('/');
}

function encodeTwice(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const end = parts.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${parts.map(encode).join('/')}${end}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function splitOnce(text: string, mark: string): [string, string] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
