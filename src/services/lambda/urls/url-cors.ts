import type { IncomingMessage } from 'node:http';
import type { Cors } from '@aws-sdk/client-lambda';

/** Whether a URL's configuration lets pages of this origin read its answers. */
export function allowsOrigin({ AllowOrigins = [] }: Cors, origin: string): boolean {
  return AllowOrigins.some((allowed) => allowed === '*' || wildcard(allowed).test(origin));
}

/** `https://*.example.com`, `http://localhost:*` */
function wildcard(allowed: string): RegExp {
  const parts = allowed.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`, 'i');
}

/** Whether a browser asks if it may send a request. */
export function isPreflight({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const { origin, 'access-control-request-method': asked } = headers;
  return method === 'OPTIONS' && origin !== undefined && asked !== undefined;
}

/** What the answer to a request of a page says, in place of what the function says of it. */
export function corsHeaders(cors: Cors, origin: string): Record<string, string> {
  if (!allowsOrigin(cors, origin)) return {};
  const { AllowOrigins = [], AllowCredentials, ExposeHeaders } = cors;
  const any = AllowOrigins.includes('*') && !AllowCredentials;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(any ? {} : { vary: 'Origin' }),
    ...(AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(ExposeHeaders?.length ? { 'access-control-expose-headers': ExposeHeaders.join(',') } : {}),
  };
}

/** What a browser is told that asks; the function is not asked. */
export function preflightHeaders(cors: Cors, origin: string): Record<string, string> {
  if (!allowsOrigin(cors, origin)) return {};
  const { AllowMethods, AllowHeaders, MaxAge } = cors;
  return {
    ...corsHeaders(cors, origin),
    ...(AllowMethods?.length ? { 'access-control-allow-methods': AllowMethods.join(',') } : {}),
    ...(AllowHeaders?.length ? { 'access-control-allow-headers': AllowHeaders.join(',') } : {}),
    ...(MaxAge === undefined ? {} : { 'access-control-max-age': String(MaxAge) }),
  };
}
