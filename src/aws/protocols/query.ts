import type { OperationModel } from '../shapes/model.ts';
import type { Member } from '../shapes/shape.ts';
import {
  AWS_QUERY,
  EC2_QUERY,
  parseParameters,
  type QueryStyle,
  queryTree,
  readQueryStructure,
} from '../values/query.ts';
import { element, escapeXml, writeXmlStructure } from '../values/xml.ts';
import { messageMember } from './error-members.ts';
import type { Failure, Input, Protocol, WireRequest } from './protocol.ts';

const HEADERS = { 'content-type': 'text/xml' };
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A form, or a query string, with the operation in `Action`. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const query: Protocol = {
  malformedCode: 'MalformedInput',
  validationCode: 'ValidationError',
  unknownOperationCode: 'InvalidAction',
  decode: (operation, request) => decodeQuery(AWS_QUERY, operation, request),
  encode: ({ name, output }, value, { service, requestId }) => {
    const result = output.kind === 'unit' ? undefined : writeXmlStructure(output, value);
    const body =
      (result ? element(`${name}Result`, result.content, result.attributes) : '') +
      element('ResponseMetadata', element('RequestId', requestId));
    return {
      status: 200,
      headers: { ...HEADERS, 'x-amzn-requestid': requestId },
      body: element(`${name}Response`, body, ` xmlns="${service.xmlNamespace}"`),
    };
  },
  encodeFailure: (failure, { service, requestId }) => {
    const type = element('Type', failure.fault === 'client' ? 'Sender' : 'Receiver');
    const error = element('Error', type + errorContent(failure));
    return {
      status: failure.status,
      headers: { ...HEADERS, 'x-amzn-requestid': requestId },
      body: element(
        'ErrorResponse',
        error + element('RequestId', requestId),
        ` xmlns="${service.xmlNamespace}"`,
      ),
    };
  },
};

/** EC2's own flavour. https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
export const ec2Query: Protocol = {
  malformedCode: 'InvalidParameterValue',
  validationCode: 'InvalidParameterValue',
  unknownOperationCode: 'InvalidAction',
  decode: (operation, request) => decodeQuery(EC2_QUERY, operation, request),
  encode: ({ name, output }, value, { service, requestId }) => {
    const { content } = output.kind === 'unit' ? { content: '' } : writeXmlStructure(output, value);
    return {
      status: 200,
      headers: { ...HEADERS, 'x-amzn-requestid': requestId },
      body:
        DECLARATION +
        element(
          `${name}Response`,
          element('requestId', requestId) + content,
          ` xmlns="${service.xmlNamespace}"`,
        ),
    };
  },
  encodeFailure: (failure, { requestId }) => ({
    status: failure.status,
    headers: { ...HEADERS, 'x-amzn-requestid': requestId },
    body:
      DECLARATION +
      element(
        'Response',
        element('Errors', element('Error', errorContent(failure))) + element('RequestID', requestId),
      ),
  }),
};

/** Parameters of the query string count as well: a presigned request has no others. */
function decodeQuery(style: QueryStyle, { input }: OperationModel, request: WireRequest): Input {
  const form = Buffer.from(request.body).toString('utf8');
  const parameters = [...parseParameters(request.query), ...parseParameters(form)];
  return readQueryStructure(style, input, queryTree(parameters));
}

/** A message may quote what was sent, of which Python's and Go's readers of XML refuse some characters. */
function readable(message: string): string {
  return message.replace(/[^\t\n\r\x20-\ufffd]/g, '\ufffd');
}

/** Code, message, and what else the error declares. */
export function errorContent(failure: Failure): string {
  const { shape, queryCode, message } = failure;
  // As in AWS's answers that have none: clients say "Unknown" then.
  const text = message === '' ? '' : element('Message', escapeXml(readable(message)));
  const basic = element('Code', escapeXml(queryCode)) + text;
  if (!shape) return basic;
  const said = messageMember(shape);
  const others = ({ name, shape: { traits } }: Member) =>
    name !== said && name !== 'Code' && name !== 'Type' && traits.httpHeader === undefined;
  return basic + writeXmlStructure(shape, failure.members, others).content;
}
