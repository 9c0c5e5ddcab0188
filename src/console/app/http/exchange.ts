import { endpointOf } from '../api/functions.ts';
import type { Exchange, Message } from '../api/types.ts';
import type { Body } from './body-view.tsx';
import type { HttpRequest } from './curl.ts';
import { headerProblem } from './header-rules.ts';
import type { Sendable } from './send.ts';

/** What was kept of a message's body. */
export function bodyOf({ headers, body, bodyEncoding, bodyBytes }: Message): Body {
  return {
    contentType: headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '',
    bytes:
      bodyEncoding === 'base64'
        ? Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
        : (new TextEncoder().encode(body) as Uint8Array<ArrayBuffer>),
    length: bodyBytes,
  };
}

/** A request that was made, to be made again. */
export function again({ id, request }: Exchange, origin: string): HttpRequest {
  const { method, path, headers, body } = request;
  return {
    method,
    url: origin + endpointOf(id) + (path === '/' ? '' : path),
    headers: headers.filter(
      ([name]) => !/^(?:host|content-length|connection|transfer-encoding)$/i.test(name),
    ),
    ...(body === '' ? {} : { body }),
  };
}

/** The same as a browser can send it: what it sets itself is left to it. */
export function sendableAgain(exchange: Exchange, origin: string): Sendable {
  const { headers, ...rest } = again(exchange, origin);
  const { method, body, bodyEncoding } = exchange.request;
  return {
    ...rest,
    headers: headers.filter(([name, value]) => !headerProblem(name, value)),
    body:
      body === '' || method === 'GET' || method === 'HEAD'
        ? undefined
        : bodyEncoding === 'base64'
          ? bodyOf(exchange.request).bytes
          : body,
  };
}
