import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../../aws/call.ts';
import type { Milliseconds } from '../../../clock/clock.ts';

/** Who signed a request. */
export type UrlCaller = Principal & { accessKeyId: string };

/** What an event is made of. */
export interface UrlEventSource {
  req: IncomingMessage;
  /** Path and query, percent-encoded. */
  target: string;
  body: Buffer;
  urlId: string;
  /** The URL's own host name. */
  domain: string;
  requestId: string;
  time: Milliseconds;
  /** Where the URL asks for a signature. */
  caller: UrlCaller | undefined;
  traceHeader: string;
}

/**
 * The event of a request to a function URL: payload format 2.0 of API Gateway.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlEvent(source: UrlEventSource): Record<string, unknown> {
  const { req, target, body, caller } = source;
  const question = target.indexOf('?');
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQueryString = question === -1 ? '' : target.slice(question + 1);
  const cookies = req.headers.cookie?.split(/; */).filter((cookie) => cookie !== '');
  const parameters = queryParameters(rawQueryString);
  const isBase64Encoded = body.length > 0 && !isText(req.headers['content-type']);
  const agent = req.headers['user-agent'];
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookies?.length ? { cookies } : {}),
    headers: eventHeaders(source),
    ...(parameters ? { queryStringParameters: parameters } : {}),
    requestContext: {
      accountId: caller?.account ?? 'anonymous',
      apiId: source.urlId,
      ...(caller ? { authorizer: { iam: authorizer(caller) } } : {}),
      domainName: source.domain,
      domainPrefix: source.urlId,
      http: {
        method: req.method,
        path: rawPath,
        protocol: `HTTP/${req.httpVersion}`,
        sourceIp: sourceIp(req),
        ...(agent === undefined ? {} : { userAgent: agent }),
      },
      requestId: source.requestId,
      routeKey: '$default',
      stage: '$default',
      time: logTime(source.time),
      timeEpoch: Math.floor(source.time),
    },
    ...(body.length > 0 ? { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
}

/** `Root=1-<time>-<id>`, as AWS gives to requests without one. */
export function newTraceHeader(time: Milliseconds): string {
  const seconds = Math.floor(time / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** Those of the connection at hand, and cookies, which have a place of their own. */
const LEFT_OUT = new Set(['connection', 'cookie', 'keep-alive', 'transfer-encoding']);

/** Names in lower case, several of a kind joined by commas, and what AWS's front adds. */
function eventHeaders({ req, traceHeader }: UrlEventSource): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index]!.toLowerCase();
    if (LEFT_OUT.has(name)) continue;
    const value = Buffer.from(req.rawHeaders[index + 1]!, 'latin1').toString('utf8');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return {
    ...Object.fromEntries(headers),
    'x-amzn-trace-id': traceHeader,
    'x-forwarded-for': sourceIp(req),
    'x-forwarded-port': String(req.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
}

function authorizer({ accessKeyId, account, userId, arn }: UrlCaller) {
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  };
}

/** Values of one name are joined by commas. */
function queryParameters(query: string): Record<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return parameters.size === 0 ? undefined : Object.fromEntries(parameters);
}

/** What else there is comes in base64. */
function isText(contentType: string | undefined): boolean {
  const type = contentType?.replace(/;.*/s, '').trim().toLowerCase();
  return type !== undefined && /^(text\/.*|application\/(json|javascript|xml|.+\+(json|xml)))$/.test(type);
}

function sourceIp(req: IncomingMessage): string {
  return (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(time: Milliseconds): string {
  const date = new Date(time);
  const [day, clock] = date.toISOString().split('T');
  const [year, , dayOfMonth] = day!.split('-');
  return `${dayOfMonth}/${MONTHS[date.getUTCMonth()]}/${year}:${clock!.slice(0, 8)} +0000`;
}
