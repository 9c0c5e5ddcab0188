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
const ACCESS_KEY = /^[\w.@+=,-]{1,128}$/;
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
  const parts = credential.split('/');
  // An access key may contain slashes in theory; the scope behind it may not.
  const [last, service, third, fourth] = parts.reverse();
  const withRegion = regions === undefined;
  const region = withRegion ? third : firstRegion(regions);
  const key = parts
    .slice(withRegion ? 4 : 3)
    .reverse()
    .join('/');
  const day = withRegion ? fourth : third;
  const readable =
    last === 'aws4_request' &&
    NAME.test(service ?? '') &&
    NAME.test(region ?? '') &&
    /^\d{8}$/.test(day ?? '') &&
    ACCESS_KEY.test(key);
  if (!readable) {
    throw incomplete('Credential must have the form key/date/region/service/aws4_request.', credential);
  }
  return { accessKeyId: key, region: region!, service: service!, sessionToken };
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
