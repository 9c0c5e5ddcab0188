import { encodeEvents, type WriteStructure, writesEvents } from '../event-stream.ts';
import { jsonFormat, parseJson } from '../values/json.ts';
import { readTree, writeStructure, writeTree } from '../values/tree.ts';
import { errorMembers, errorTree } from './error-members.ts';
import { answerStatus, rawPayload, writeHttpHeaders } from './http-answer.ts';
import { isBodyMember, readHttpBindings } from './http-request.ts';
import type { Input, Protocol, WireAnswer } from './protocol.ts';
import { decodePayload } from './rest-payload.ts';

const FORMAT = jsonFormat(true);
const JSON_TYPE = 'application/json';

const write: WriteStructure = (shape, value, keep) =>
  Buffer.from(JSON.stringify(writeStructure(FORMAT, shape, value, keep)));

/** Paths and headers by the http traits, JSON in the body. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const restJson: Protocol = {
  malformedCode: 'SerializationException',
  validationCode: 'ValidationException',
  unknownOperationCode: 'UnknownOperationException',
  decode: (operation, request) => {
    const input = readHttpBindings(operation, request);
    const payload = operation.input.bindings.payload;
    if (payload) {
      const value = decodePayload(payload, request, (body) =>
        readTree(FORMAT, payload.shape, parseJson(body)),
      );
      return value === undefined ? input : { ...input, [payload.name]: value };
    }
    if (request.body.length === 0 || !operation.input.members.some(isBodyMember)) return input;
    return { ...(readTree(FORMAT, operation.input, parseJson(request.body)) as Input), ...input };
  },
  encode: ({ output, http }, value, { service, requestId }): WireAnswer => {
    const source = value as Readonly<Record<string, unknown>>;
    const headers = writeHttpHeaders(output, source, { 'x-amzn-requestid': requestId });
    const status = answerStatus(output, source, http![2]);
    if (writesEvents(output, value)) {
      return encodeEvents(output, value, write, JSON_TYPE, { status, headers, initial: false });
    }
    const payload = output.bindings.payload;
    if (!payload) {
      if (!output.members.some(isBodyMember)) return { status, headers, body: '' };
      const body = JSON.stringify(writeStructure(FORMAT, output, value, isBodyMember));
      return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body };
    }
    const content = source[payload.name];
    if (content === undefined || content === null) return { status, headers, body: '' };
    if (payload.shape.kind === 'blob' || payload.shape.kind === 'string') {
      const { body, type } = rawPayload(output, payload, content, service.blobType);
      if (type !== undefined) headers['content-type'] = type;
      return { status, headers, body };
    }
    const body = JSON.stringify(writeTree(FORMAT, payload.shape, content));
    return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body };
  },
  encodeFailure: (failure, { requestId }) => ({
    status: failure.status,
    headers: {
      'content-type': JSON_TYPE,
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': failure.name,
      ...(failure.shape ? writeHttpHeaders(failure.shape, errorMembers(failure)) : {}),
    },
    body: JSON.stringify(errorTree(FORMAT, failure)),
  }),
};
