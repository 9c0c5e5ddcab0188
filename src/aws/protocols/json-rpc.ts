import { encodeEvents, type WriteStructure, writesEvents } from '../event-stream.ts';
import { jsonFormat, parseJson } from '../values/json.ts';
import { readTree, writeStructure } from '../values/tree.ts';
import { errorTree, queryErrorHeader } from './error-members.ts';
import type { Input, Protocol } from './protocol.ts';

const FORMAT = jsonFormat(false);

const write: WriteStructure = (shape, value, keep) =>
  Buffer.from(JSON.stringify(writeStructure(FORMAT, shape, value, keep)));

/** JSON 1.0 and 1.1: `POST /` with the operation in X-Amz-Target. */
export function jsonRpc(version: '1.0' | '1.1'): Protocol {
  const contentType = `application/x-amz-json-${version}`;
  return {
    malformedCode: 'SerializationException',
    validationCode: 'ValidationException',
    unknownOperationCode: 'UnknownOperationException',
    decode: ({ input }, { body }) =>
      readTree(FORMAT, input, body.length === 0 ? {} : parseJson(body)) as Input,
    encode: ({ output }, value, { requestId }) => {
      const headers = { 'x-amzn-requestid': requestId };
      if (writesEvents(output, value)) {
        return encodeEvents(output, value, write, contentType, { status: 200, headers, initial: true });
      }
      const body = output.kind === 'unit' ? '' : JSON.stringify(writeStructure(FORMAT, output, value));
      return { status: 200, headers: { ...headers, 'content-type': contentType }, body };
    },
    encodeFailure: (failure, { requestId, service }) => {
      const type = version === '1.0' && failure.shape ? `${service.namespace}#${failure.name}` : failure.name;
      return {
        status: failure.status,
        headers: {
          'content-type': contentType,
          'x-amzn-requestid': requestId,
          ...queryErrorHeader(failure, service),
        },
        body: JSON.stringify({ __type: type, ...errorTree(FORMAT, failure) }),
      };
    },
  };
}
