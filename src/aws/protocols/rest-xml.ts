import { encodeEvents, type WriteStructure, writesEvents } from '../event-stream.ts';
import type { ServiceIdentity } from '../shapes/model.ts';
import { element, readXml, readXmlStructure, rootName, writeXmlStructure } from '../values/xml.ts';
import { parseXml } from '../values/xml-parser.ts';
import { errorMembers } from './error-members.ts';
import { answerStatus, rawPayload, writeHttpHeaders } from './http-answer.ts';
import { isBodyMember, readHttpBindings } from './http-request.ts';
import type { AnswerContext, Protocol } from './protocol.ts';
import { errorContent } from './query.ts';
import { decodePayload } from './rest-payload.ts';

const XML_TYPE = 'application/xml';
const write: WriteStructure = (shape, value, keep) => {
  const { attributes, content } = writeXmlStructure(shape, value, keep);
  return Buffer.from(content === '' ? '' : element(rootName(shape), content, attributes));
};
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Paths and headers by the http traits, XML in the body. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export const restXml: Protocol = {
  malformedCode: 'MalformedXML',
  validationCode: 'InvalidArgument',
  unknownOperationCode: 'MethodNotAllowed',
  decode: (operation, request) => {
    const input = readHttpBindings(operation, request);
    const payload = operation.input.bindings.payload;
    if (payload) {
      const value = decodePayload(payload, request, (body) => readXml(payload.shape, parse(body)));
      return value === undefined ? input : { ...input, [payload.name]: value };
    }
    if (request.body.length === 0 || !operation.input.members.some(isBodyMember)) return input;
    return { ...readXmlStructure(operation.input, parse(request.body), isBodyMember), ...input };
  },
  encode: ({ name, output, http }, value, context) => {
    const source = value as Readonly<Record<string, unknown>>;
    const headers: Record<string, string> = { ...requestIds(context), ...writeHttpHeaders(output, source) };
    const status = answerStatus(output, source, http![2]);
    if (writesEvents(output, value)) {
      return encodeEvents(output, value, write, 'text/xml', { status, headers, initial: false });
    }
    const payload = output.bindings.payload;
    const xml = { 'content-type': XML_TYPE, ...headers };
    if (!payload) {
      if (!output.members.some(isBodyMember)) return { status, headers, body: '' };
      const { attributes, content } = writeXmlStructure(output, value, isBodyMember);
      const root = output.traits.xmlName ?? resultName(name, output.name);
      return { status, headers: xml, body: document(root, content, attributes, context.service) };
    }
    const inner = source[payload.name];
    if (inner === undefined || inner === null) return { status, headers, body: '' };
    if (payload.shape.kind === 'blob' || payload.shape.kind === 'string') {
      const { body, type } = rawPayload(output, payload, inner, context.service.blobType);
      return { status, headers: type === undefined ? headers : { 'content-type': type, ...headers }, body };
    }
    const { attributes, content } = writeXmlStructure(payload.shape, inner);
    return {
      status,
      headers: xml,
      body: document(rootName(payload.shape), content, attributes, context.service),
    };
  },
  encodeFailure: (failure, context) => {
    const headers = {
      'content-type': XML_TYPE,
      ...requestIds(context),
      ...(failure.shape ? writeHttpHeaders(failure.shape, errorMembers(failure)) : {}),
    };
    const { requestId, service } = context;
    if (service.s3Like) {
      const ids = element('RequestId', requestId) + element('HostId', hostId(requestId));
      return {
        status: failure.status,
        headers,
        body: DECLARATION + element('Error', errorContent(failure) + ids),
      };
    }
    const type = element('Type', failure.fault === 'client' ? 'Sender' : 'Receiver');
    const body = element('Error', type + errorContent(failure)) + element('RequestId', requestId);
    return {
      status: failure.status,
      headers,
      body: element('ErrorResponse', body, ` xmlns="${service.xmlNamespace}"`),
    };
  },
};

/** S3's documents are called by the operation's result, `ListBucketResult`, where the shape is an `…Output`. */
function resultName(operation: string, shape: string): string {
  return shape.endsWith('Output') ? `${operation}Result` : shape;
}

function document(
  root: string,
  content: string,
  attributes: string,
  { xmlNamespace }: ServiceIdentity,
): string {
  const namespace = attributes.includes(' xmlns=') ? '' : ` xmlns="${xmlNamespace}"`;
  return DECLARATION + element(root, content, namespace + attributes);
}

function parse(body: Uint8Array) {
  return parseXml(Buffer.from(body).toString('utf8'));
}

function requestIds({ service, requestId }: AnswerContext): Record<string, string> {
  return service.s3Like
    ? { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) }
    : { 'x-amzn-requestid': requestId };
}

/** S3 names the machine beside the request; ours are all the same one. */
function hostId(requestId: string): string {
  return Buffer.from(`lambdock/${requestId}`).toString('base64');
}
