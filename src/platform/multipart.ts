import { Busboy } from '@fastify/busboy';
import { RequestError } from './functions.ts';

/** Parsed at a time, so that a body of a million parts is refused at the first ones and delays nobody else. */
const SLICE_BYTES = 64 * 1024;
const LIMITS = { parts: 64, headerPairs: 32, headerSize: 16 * 1024 };

/**
 * The fields of a multipart/form-data body (RFC 7578) whose names are in `wanted`, as text. Whether a part is a field or an
 * uploaded file makes no difference, and a file's name is never looked at, except that a form whose file was not
 * chosen sends an empty one without a name. Rejects with RequestError 400.
 */
export function parseMultipart(
  contentType: string,
  body: Buffer,
  wanted: ReadonlySet<string>,
): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    let failed = false;
    const fail = (message: string) => {
      failed = true;
      reject(new RequestError(400, message));
    };
    const malformed = () =>
      fail('the body is not complete multipart/form-data as its content-type announces');

    const parser = createParser(contentType);
    if (!parser) return fail('content-type multipart/form-data has no valid boundary');
    // The listener stays: the parser can complain again after its first error.
    parser.on('error', malformed);
    parser.on('partsLimit', () => fail(`the body has more than ${LIMITS.parts} parts`));
    parser.on('file', (name: string | undefined, stream, fileName) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('error', malformed);
      stream.on('end', () => {
        if (name === undefined || !wanted.has(name)) return;
        const bytes = Buffer.concat(chunks);
        if (bytes.length === 0 && fileName === '') return;
        const text = decode(bytes);
        if (text === undefined) return fail(`${name} must be text in UTF-8`);
        const other = fields.get(name);
        if (other !== undefined && other !== text) return fail(`${name} is given twice, and differently`);
        fields.set(name, text);
      });
    });
    parser.on('finish', () => resolve(Object.fromEntries(fields)));
    feed(0);

    function feed(from: number) {
      if (failed) return;
      if (from >= body.length) return parser!.end();
      parser!.write(body.subarray(from, from + SLICE_BYTES));
      setImmediate(feed, from + SLICE_BYTES);
    }
  });
}

function createParser(contentType: string) {
  try {
    // All parts are read as files are, byte for byte, so that their encoding can be checked here.
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS, isPartAFile: () => true });
  } catch {
    return undefined;
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
