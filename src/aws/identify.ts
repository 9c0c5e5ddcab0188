import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from './credentials.ts';
import { WireError } from './errors.ts';
import type { ServiceEntry } from './service.ts';
import type { ProtocolName } from './shapes/model.ts';

/** What a request says of itself before its body is understood. */
export interface Signs {
  headers: IncomingHttpHeaders;
  path: string;
  /** Parameters of the query and, where the body is a form, of that. */
  parameters: ReadonlyMap<string, string>;
  credentials: Credentials | undefined;
}

/** A service's protocol, as the request speaks it. `operation` is undefined where path and method tell it. */
export interface Identified {
  entry: ServiceEntry;
  protocol: ProtocolName;
  operation: string | undefined;
}

const RPC_V2 = /^(?:\/[^?]*)?\/service\/([^/]+)\/operation\/([^/]+)\/?$/;

/** In which words to refuse a request whose service is not there. */
export function guessProtocol({ headers, parameters, credentials }: Signs): ProtocolName {
  if (headers['smithy-protocol'] !== undefined) return 'rpc-v2-cbor';
  if (headers['x-amz-target'] !== undefined) {
    return headers['content-type']?.includes('json-1.0') ? 'json-1.0' : 'json-1.1';
  }
  if (parameters.has('Action')) return credentials?.service === 'ec2' ? 'ec2-query' : 'query';
  return credentials?.service === 's3' ? 'rest-xml' : 'rest-json';
}

/**
 * The service and the protocol of a request, from what it is signed for, X-Amz-Target, the path of RPC v2, or Action.
 *
 * @throws WireError where there is no such service, or it does not speak so
 */
export function identify(entries: readonly ServiceEntry[], signs: Signs): Identified {
  const named = nameOperation(signs);
  const candidates = entries.filter(({ identity }) => fits(identity, signs, named));
  const version = signs.parameters.get('Version');
  const entry = candidates.find(({ identity }) => identity.version === version) ?? candidates[0];
  if (!entry) throw missingService(signs, named);
  const protocol = entry.identity.protocols.find((name) => named.protocols.includes(name));
  if (!protocol) {
    const spoken = entry.identity.protocols.join(', ');
    throw new WireError('UnknownOperationException', 400, `${entry.identity.sdkId} speaks ${spoken}`);
  }
  return { entry, protocol, operation: named.operation };
}

interface Named {
  protocols: readonly ProtocolName[];
  /** The service's name in front of the operation. */
  target: string | undefined;
  operation: string | undefined;
}

function nameOperation({ headers, path, parameters }: Signs): Named {
  const rpc = RPC_V2.exec(path);
  if (headers['smithy-protocol'] === 'rpc-v2-cbor' && rpc) {
    return { protocols: ['rpc-v2-cbor'], target: rpc[1], operation: rpc[2] };
  }
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const dot = target.lastIndexOf('.');
    const one = headers['content-type']?.includes('json-1.0');
    return {
      protocols: one ? ['json-1.0', 'json-1.1'] : ['json-1.1', 'json-1.0'],
      target: dot === -1 ? undefined : target.slice(0, dot),
      operation: target.slice(dot + 1),
    };
  }
  const action = parameters.get('Action');
  if (action !== undefined) {
    return { protocols: ['query', 'ec2-query'], target: undefined, operation: action };
  }
  return { protocols: ['rest-json', 'rest-xml'], target: undefined, operation: undefined };
}

function fits(
  identity: ServiceEntry['identity'],
  { credentials, parameters }: Signs,
  { target }: Named,
): boolean {
  if (target !== undefined) return identity.target === target;
  if (credentials) return identity.signingName === credentials.service;
  return identity.version === parameters.get('Version');
}

function missingService({ credentials, parameters }: Signs, { target, operation }: Named): WireError {
  const version = parameters.get('Version');
  const service =
    credentials?.service ?? target ?? (version === undefined ? undefined : `of version ${version}`);
  if (service === undefined) {
    return new WireError('MissingAuthenticationToken', 403, 'Missing Authentication Token');
  }
  const wanted = operation === undefined ? '' : ` (${operation})`;
  return new WireError('NotImplemented', 501, `lambdock has no service ${service}${wanted} yet`);
}
