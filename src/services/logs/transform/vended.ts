import { isObject, type ProcessorStep, setAt, type TransformedEvent, TransformFailure } from './event.ts';
import { jsonObject } from './parsers.ts';

/** The parsers of what AWS's services write, which take no settings. */
export const VENDED: Readonly<Record<string, () => ProcessorStep>> = {
  parseVPC: () => fieldsInOrder(VPC, (name, text) => (VPC_NUMBERS.has(name) ? wholeNumber(text) : text)),
  parseRoute53: () =>
    fieldsInOrder(ROUTE_53, (name, text) => (name === 'version' ? Number(text) : decode(text))),
  parseCloudfront: () => fieldsInOrder(CLOUDFRONT, (_, text) => anyNumber(decode(text))),
  parsePostgres: () => parsePostgres,
  parseWAF: () => parseWaf,
  // Nothing is mapped to that schema: such events have no transformed version.
  parseToOCSF: () => () => {
    throw new TransformFailure('OCSF is not known');
  },
};

const VPC =
  'version accountId interfaceId srcAddr dstAddr srcPort dstPort protocol packets bytes start end action logStatus'.split(
    ' ',
  );
const VPC_NUMBERS = new Set('version srcPort dstPort protocol packets bytes start end'.split(' '));
const ROUTE_53 =
  'version queryTimestamp hostZoneId queryName queryType responseCode protocol edgeLocation resolverIp ednsClientSubnet'.split(
    ' ',
  );
const CLOUDFRONT =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end'.split(
    ' ',
  );

function fieldsInOrder(
  names: readonly string[],
  read: (name: string, text: string) => unknown,
): ProcessorStep {
  return (event, { message }) => {
    const values = message.trim().split(/\s+/);
    if (values.length !== names.length) {
      throw new TransformFailure(`it has ${values.length} fields, and not ${names.length}`);
    }
    for (const [index, name] of names.entries()) setAt(event, [name], read(name, values[index]!));
  };
}

function wholeNumber(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function anyNumber(text: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const POSTGRES = /^(\S+ \S+ \S+):([^:]*):([^@:]*)@([^:]*):\[(\d+)\]:(\w+):/;

const parsePostgres: ProcessorStep = (event, { message }) => {
  const found = POSTGRES.exec(message);
  if (!found) throw new TransformFailure('it is no line of PostgreSQL');
  const names = ['logTime', 'srcIp', 'userName', 'dbName', 'processId', 'logLevel'];
  for (const [index, name] of names.entries()) setAt(event, [name], found[index + 1]);
};

const parseWaf: ProcessorStep = (event, { message }) => {
  const log = jsonObject(message);
  const { httpRequest, labels } = log;
  if (isObject(httpRequest) && Array.isArray(httpRequest.headers)) {
    httpRequest.headers = joined(httpRequest.headers);
  }
  if (Array.isArray(labels)) log.labels = joined(labels);
  for (const [key, value] of Object.entries(log)) setAt(event, [key], value);
};

/** A list of names with values as one object; what else is in the list adds what it has. */
function joined(list: readonly unknown[]): TransformedEvent {
  const all: TransformedEvent = {};
  for (const item of list) {
    if (!isObject(item)) continue;
    if (typeof item.name === 'string' && item.value !== undefined) setAt(all, [item.name], item.value);
    else for (const [key, value] of Object.entries(item)) setAt(all, [key], value);
  }
  return all;
}
