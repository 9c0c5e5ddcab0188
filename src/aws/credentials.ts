import type { IncomingHttpHeaders } from 'node:http';
import { WireError } from './errors.ts';

/** What a signature says of who signed, and for where. */
export interface Credentials {
  accessKeyId: string;
  region: string;
  /** The service's name in signatures. */
  service: string;
  sessionToken: string | undefined;
}

const HEADER = /^AWS4-(HMAC|ECDSA-P256)-SHA256\s/;
const NAME = /^[\w.-]{1,64}$/;
const SCOPE = /^([\w.@+=,-]{1,128})\/\d{8}\/([\w.-]{1,64})\/([\w.-]{1,64})\/aws4_request$/;
const SCOPE_OF_REGIONS = /^([\w.@+=,-]{1,128})\/\d{8}\/([\w.-]{1,64})\/aws4_request$/;
/** Where a signature for all regions is meant for one. */
const EVERYWHERE = 'us-east-1';

/**
 * The credentials of a signed request, by header or by query; undefined for an unsigned one.
 *
 * @throws WireError IncompleteSignature for a signature that can't be read
 */
export function readCredentials(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): Credentials | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && HEADER.test(authorization)) {
    const credential = /[\s,]Credential=([^,\s]+)/.exec(authorization)?.[1];
    if (credential === undefined) {
      throw incomplete("Authorization header requires 'Credential' parameter.", authorization);
    }
    const regions = single(headers['x-amz-region-set']);
    return parseScope(credential, regions, single(headers['x-amz-security-token']));
  }
  const credential = parameter(query, 'X-Amz-Credential');
  if (credential === undefined) return undefined;
  const token = parameter(query, 'X-Amz-Security-Token') ?? single(headers['x-amz-security-token']);
  return parseScope(credential, parameter(query, 'X-Amz-Region-Set'), token);
}

/** `key/20260131/eu-west-1/sts/aws4_request`; signatures for several regions (SigV4A) leave the region out. */
function parseScope(
  credential: string,
  regions: string | undefined,
  sessionToken: string | undefined,
): Credentials {
  const match = (regions === undefined ? SCOPE : SCOPE_OF_REGIONS).exec(credential);
  const region = regions === undefined ? match?.[2] : firstRegion(regions);
  if (!match || region === undefined || !NAME.test(region)) {
    throw incomplete('Credential must have the form key/date/region/service/aws4_request.', credential);
  }
  return { accessKeyId: match[1]!, region, service: match.at(-1)!, sessionToken };
}

function firstRegion(regions: string): string {
  const [first = '*'] = regions.split(',').map((region) => region.trim());
  return first.includes('*') ? EVERYWHERE : first;
}

function parameter(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) ?? query.get(name.toLowerCase()) ?? undefined;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function incomplete(message: string, given: string): WireError {
  return new WireError('IncompleteSignature', 400, `${message} Got: ${given.slice(0, 200)}`);
}
