import { encodeEvents, type WriteStructure, writesEvents } from '../event-stream.ts';
import { CBOR, encodeCbor, parseCbor } from '../values/cbor.ts';
import { readTree, writeStructure } from '../values/tree.ts';
import { errorTree, queryErrorHeader } from './error-members.ts';
import type { Input, Protocol } from './protocol.ts';

const write: WriteStructure = (shape, value, keep) => encodeCbor(writeStructure(CBOR, shape, value, keep));

const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/**
 * Smithy RPC v2 with CBOR: `POST /service/{service}/operation/{operation}`.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const rpcCbor: Protocol = {
  malformedCode: 'SerializationException',
  validationCode: 'ValidationException',
  unknownOperationCode: 'UnknownOperationException',
  decode: ({ input }, { body }) => readTree(CBOR, input, body.length === 0 ? {} : parseCbor(body)) as Input,
  encode: ({ output }, value, { requestId }) => {
    const headers = { ...HEADERS, 'x-amzn-requestid': requestId };
    if (writesEvents(output, value)) {
      const answer = { status: 200, headers, initial: true };
      return encodeEvents(output, value, write, 'application/cbor', answer);
    }
    const body = output.kind === 'unit' ? '' : encodeCbor(writeStructure(CBOR, output, value));
    return { status: 200, headers, body };
  },
  encodeFailure: (failure, { requestId, service }) => ({
    status: failure.status,
    headers: { ...HEADERS, 'x-amzn-requestid': requestId, ...queryErrorHeader(failure, service) },
    body: encodeCbor({ __type: `${service.namespace}#${failure.name}`, ...errorTree(CBOR, failure) }),
  }),
};
