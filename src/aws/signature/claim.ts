import type { IncomingMessage } from 'node:http';
import { WireError } from '../errors.ts';

/** What a request says of its signature (SigV4). */
export interface SignatureClaim {
  accessKeyId: string;
  /** `20260131/eu-west-1/sts/aws4_request`. */
  scope: string;
  day: string;
  region: string;
  service: string;
  /** As in X-Amz-Date: 20260131T120000Z. */
  date: string;
  signedHeaders: readonly string[];
  signature: string;
  /** In the query rather than in headers, and for how long. */
  presigned: { seconds: number } | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const USUAL_SECONDS = 900;
const LONGEST_SECONDS = 7 * 86_400;

/**
 * The signature of a request; undefined for an unsigned one.
 *
 * @throws WireError IncompleteSignature
 */
export function readClaim(req: IncomingMessage, query: URLSearchParams): SignatureClaim | undefined {
  const { authorization } = req.headers;
  if (authorization?.startsWith('AWS4-')) return fromHeader(req, authorization);
  const name = (wanted: string) => query.get(wanted) ?? query.get(wanted.toLowerCase()) ?? undefined;
  const signature = name('X-Amz-Signature');
  const credential = name('X-Amz-Credential');
  if (signature === undefined && credential === undefined) return undefined;
  const date = name('X-Amz-Date');
  const signedHeaders = name('X-Amz-SignedHeaders');
  if (name('X-Amz-Algorithm') !== ALGORITHM || !signature || !credential || !date || !signedHeaders) {
    throw incomplete(
      "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
  }
  const seconds = Number(name('X-Amz-Expires') ?? USUAL_SECONDS);
  const presigned = { seconds: Math.min(Number.isFinite(seconds) ? seconds : 0, LONGEST_SECONDS) };
  return { ...scopeOf(credential), date, signedHeaders: split(signedHeaders), signature, presigned };
}

function fromHeader({ headers }: IncomingMessage, authorization: string): SignatureClaim {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw incomplete(`Unsupported AWS 'algorithm': '${authorization.split(' ', 1)[0]}'.`);
  }
  const part = (name: string) => new RegExp(`[\\s,]${name}=([^,\\s]+)`).exec(authorization)?.[1];
  const credential = part('Credential');
  const signature = part('Signature');
  const signedHeaders = part('SignedHeaders');
  const date = dateOf(headers['x-amz-date'], headers.date);
  const missing = [
    ...(credential ? [] : ["Authorization header requires 'Credential' parameter."]),
    ...(signature ? [] : ["Authorization header requires 'Signature' parameter."]),
    ...(signedHeaders ? [] : ["Authorization header requires 'SignedHeaders' parameter."]),
    ...(date ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ];
  if (!credential || !signature || !signedHeaders || !date) {
    throw incomplete(`${missing.join(' ')} Authorization=${authorization.slice(0, 500)}`);
  }
  return {
    ...scopeOf(credential),
    date,
    signedHeaders: split(signedHeaders),
    signature,
    presigned: undefined,
  };
}

function dateOf(amz: string | string[] | undefined, date: string | undefined): string | undefined {
  if (typeof amz === 'string') return amz;
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time)
    ? undefined
    : `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function scopeOf(credential: string) {
  const parts = credential.split('/');
  const [day, region, service] = parts.slice(-4);
  const scope = parts.slice(-4).join('/');
  return {
    accessKeyId: parts.slice(0, -4).join('/'),
    scope,
    day: day ?? '',
    region: region ?? '',
    service: service ?? '',
  };
}

function split(headers: string): string[] {
  return headers.split(';').map((name) => name.toLowerCase());
}

function incomplete(message: string): WireError {
  return new WireError('IncompleteSignature', 400, message);
}
