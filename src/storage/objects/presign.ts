import { timingSafeEqual } from 'node:crypto';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { ALGORITHM, amzDate, canonicalQuery, credentialScope, encodePath, signature } from './sigv4.ts';

const MINUTE: Milliseconds = 60_000;
/** In seconds. */
const LONGEST_LIFETIME = 7 * 24 * 60 * 60;
/** How far the clock of whoever signed may be ahead, as on AWS. */
const CLOCK_SKEW = 15 * MINUTE;
const DEFAULT_REGION = 'us-east-1';

export interface PresignerOptions {
  accessKeyId: string;
  secretAccessKey: string;
  clock: Clock;
  /** Where the objects are served, as `http://127.0.0.1:4566`; asked at each signing. */
  baseUrl: () => string;
  region?: string;
}

/** A request as it came in. */
export interface IncomingRequest {
  method: string;
  /** The Host header. */
  host: string;
  /** The request target, undecoded: `/bucket/key?X-Amz-…`. */
  url: string;
}

export type Verification =
  | { valid: true; bucket: string; key: string; expires: Milliseconds }
  | {
      valid: false;
      /** `malformed`: not a presigned URL. `signature`: not signed with our key, or changed since. */
      reason: 'malformed' | 'signature' | 'expired' | 'not-yet-valid';
      message: string;
    };

/**
 * Signs and verifies path-style S3 URLs by which anyone can GET one object for a while, with AWS's own algorithm
 * (SigV4 in the query), so that AWS SDKs with the same key pair make and accept the same URLs.
 */
export class Presigner {
  readonly #accessKeyId: string;
  readonly #secretAccessKey: string;
  readonly #clock: Clock;
  readonly #baseUrl: () => string;
  readonly #region: string;

  constructor(options: PresignerOptions) {
    this.#accessKeyId = options.accessKeyId;
    this.#secretAccessKey = options.secretAccessKey;
    this.#clock = options.clock;
    this.#baseUrl = options.baseUrl;
    this.#region = options.region ?? DEFAULT_REGION;
  }

  /**
   * A URL for GET, valid for `lifetime`, rounded up to whole seconds. `base` is where the reader reaches us, if it is
   * not by the usual URL.
   *
   * @throws RangeError when it is not 1 second to 7 days
   */
  signGet(bucket: string, key: string, lifetime: Milliseconds, base = this.#baseUrl()): string {
    const seconds = Math.ceil(lifetime / 1000);
    if (!(seconds >= 1 && seconds <= LONGEST_LIFETIME))
      throw new RangeError(`a presigned URL lives 1 second to 7 days, not ${lifetime} ms`);
    const { host, origin } = new URL(base);
    const path = `/${bucket}/${key}`;
    const date = amzDate(this.#clock.now());
    const query: [string, string][] = [
      ['X-Amz-Algorithm', ALGORITHM],
      ['X-Amz-Credential', `${this.#accessKeyId}/${credentialScope(date.slice(0, 8), this.#region)}`],
      ['X-Amz-Date', date],
      ['X-Amz-Expires', String(seconds)],
      ['X-Amz-SignedHeaders', 'host'],
    ];
    const signed = this.#sign({ method: 'GET', host, path, query, date, region: this.#region });
    return `${origin}${encodePath(path)}?${canonicalQuery(query)}&X-Amz-Signature=${signed}`;
  }

  /** Whether the request carries a signature of ours that holds now. Never throws on what a client sent. */
  verify(request: IncomingRequest): Verification {
    const parsed = parse(request.url);
    if (typeof parsed === 'string') return { valid: false, reason: 'malformed', message: parsed };
    const { path, query, accessKeyId, date, region } = parsed;
    const expected = this.#sign({ method: request.method, host: request.host, path, query, date, region });
    const genuine = timingSafeEqual(Buffer.from(parsed.signature), Buffer.from(expected));
    if (!genuine || accessKeyId !== this.#accessKeyId) {
      const message = 'The request signature we calculated does not match the signature you provided.';
      return { valid: false, reason: 'signature', message };
    }
    const expires = parsed.signedAt + parsed.seconds * 1000;
    const now = this.#clock.now();
    if (now >= expires) return { valid: false, reason: 'expired', message: 'Request has expired' };
    if (parsed.signedAt > now + CLOCK_SKEW)
      return { valid: false, reason: 'not-yet-valid', message: 'Request is not valid yet' };
    return { valid: true, bucket: parsed.bucket, key: parsed.key, expires };
  }

  #sign(request: Omit<Parameters<typeof signature>[0], 'secretAccessKey'>): string {
    return signature({ ...request, secretAccessKey: this.#secretAccessKey });
  }
}

interface ParsedUrl {
  /** Decoded. */
  path: string;
  bucket: string;
  key: string;
  /** Decoded, without the signature. */
  query: [string, string][];
  accessKeyId: string;
  date: string;
  region: string;
  signedAt: Milliseconds;
  seconds: number;
  signature: string;
}

/** The parts of a presigned URL, or what is wrong with it. */
function parse(url: string): ParsedUrl | string {
  const [rawPath = '', rawQuery = ''] = splitOnce(url, '?');
  const path = decode(rawPath);
  const [, bucket, key] = /^\/([^/]+)\/(.+)$/s.exec(path ?? '') ?? [];
  if (path === undefined || bucket === undefined || key === undefined) return 'the path is not /bucket/key';

  const query = [...new URLSearchParams(rawQuery)];
  const field = (name: string): string | undefined => {
    const values = query.filter(([candidate]) => candidate === name);
    return values.length === 1 ? values[0]![1] : undefined;
  };
  if (field('X-Amz-Algorithm') !== ALGORITHM) return `X-Amz-Algorithm must be ${ALGORITHM}`;
  if (field('X-Amz-SignedHeaders') !== 'host') return 'X-Amz-SignedHeaders must be host';
  const given = field('X-Amz-Signature');
  if (!given || !/^[0-9a-f]{64}$/.test(given)) return 'X-Amz-Signature must be 64 hex digits';
  const seconds = Number(field('X-Amz-Expires')?.match(/^\d{1,6}$/)?.[0]);
  if (!(seconds >= 1 && seconds <= LONGEST_LIFETIME))
    return `X-Amz-Expires must be 1 to ${LONGEST_LIFETIME} seconds`;
  const date = field('X-Amz-Date') ?? '';
  const signedAt = parseAmzDate(date);
  if (signedAt === undefined) return 'X-Amz-Date must look like 20130524T000000Z';
  const credential = /^(.+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/.exec(field('X-Amz-Credential') ?? '');
  const [, accessKeyId, day, region] = credential ?? [];
  if (!accessKeyId || !region || day !== date.slice(0, 8))
    return 'X-Amz-Credential must be <access key>/<day of X-Amz-Date>/<region>/s3/aws4_request';
  const covered = query.filter(([name]) => name !== 'X-Amz-Signature');
  return {
    path,
    bucket,
    key,
    query: covered,
    accessKeyId,
    date,
    region,
    signedAt,
    seconds,
    signature: given,
  };
}

function parseAmzDate(date: string): Milliseconds | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Refuses the 31st of June, which Date.UTC would read as the 1st of July.
  return amzDate(time) === date ? time : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
