import type { Readable } from 'node:stream';
import type { Member, Shape } from '../shapes/shape.ts';
import { writeText } from '../values/text.ts';
import { writeHeaderList } from './header-list.ts';
import type { AnswerBody } from './protocol.ts';

type Output = Readonly<Record<string, unknown>>;

/** The headers to which the http traits bind members of an answer or an error. */
export function writeHttpHeaders(shape: Shape, output: Output): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, shape: member } of shape.members) {
    const value = output[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders } = member.traits;
    if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = headerText(member, value);
    else if (httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value)) {
        headers[(httpPrefixHeaders + key).toLowerCase()] = sendable(String(text));
      }
    }
  }
  return headers;
}

/** The status that a member of the output asks for, else that of the operation. */
export function answerStatus(shape: Shape, output: Output, usual: number): number {
  const member = shape.members.find((candidate) => candidate.shape.traits.httpResponseCode);
  const status = member && output[member.name];
  return typeof status === 'number' ? status : usual;
}

/** The member that is the whole body. */
export function payloadMember(shape: Shape): Member | undefined {
  return shape.members.find((member) => member.shape.traits.httpPayload);
}

/** A blob or a text that is the body; it may stream. Its type is a matter of the output, where that has a member for it. */
export function rawPayload(
  output: Shape,
  { shape }: Member,
  value: unknown,
  blobType = 'application/octet-stream',
): { body: AnswerBody; typeHeader: Record<string, string> } {
  const body = value as string | Uint8Array | Readable;
  if (output.members.some(({ shape: { traits } }) => traits.httpHeader?.toLowerCase() === 'content-type')) {
    return { body, typeHeader: {} };
  }
  const usual = shape.kind === 'string' ? 'text/plain' : blobType;
  return { body, typeHeader: { 'content-type': shape.traits.mediaType ?? usual } };
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
  return Buffer.from(text.replace(/[\r\n\0]+/g, ' ')).toString('latin1');
}
