import type { Readable } from 'node:stream';
import type { Member, Shape } from '../shapes/shape.ts';
import { writeText } from '../values/text.ts';
import { writeHeaderList } from './header-list.ts';
import type { AnswerBody } from './protocol.ts';

type Output = Readonly<Record<string, unknown>>;

/** Adds the headers to which the http traits bind members of an answer or an error. */
export function writeHttpHeaders(
  { bindings }: Shape,
  output: Output,
  headers: Record<string, string> = {},
): Record<string, string> {
  for (const [header, { name, shape }] of bindings.headers) {
    const value = output[name];
    if (value !== undefined && value !== null) headers[header] = headerText(shape, value);
  }
  for (const [prefix, { name }] of bindings.prefixes) {
    for (const [key, text] of Object.entries(output[name] ?? {})) {
      headers[prefix + key.toLowerCase()] = sendable(String(text));
    }
  }
  return headers;
}

/** The status that a member of the output asks for, else that of the operation. */
export function answerStatus({ bindings }: Shape, output: Output, usual: number): number {
  const status = bindings.status && output[bindings.status.name];
  return typeof status === 'number' ? status : usual;
}

/** A blob or a text that is the body; it may stream. Its type is a matter of the output, where that has a member for it. */
export function rawPayload(
  output: Shape,
  { shape }: Member,
  value: unknown,
  blobType = 'application/octet-stream',
): { body: AnswerBody; type: string | undefined } {
  const body = value as string | Uint8Array | Readable;
  if (output.bindings.tellsType) return { body, type: undefined };
  const usual = shape.kind === 'string' ? 'text/plain' : blobType;
  return { body, type: shape.traits.mediaType ?? usual };
}

function headerText(shape: Shape, value: unknown): string {
  if (shape.kind === 'list') {
    const items = (value as unknown[]).map((item) => writeText(shape.element, item, 'http-date'));
    return sendable(writeHeaderList(items, shape.element));
  }
  if (shape.traits.mediaType && shape.kind === 'string') return Buffer.from(String(value)).toString('base64');
  return sendable(writeText(shape, value, 'http-date'));
}

/** Node sends the characters of Latin-1; UTF-8 in a header is what AWS sends for all others. Line ends would end the header. */
function sendable(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text.replace(/[\r\n\0]+/g, ' ')).toString('latin1');
}
