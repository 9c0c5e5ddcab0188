import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { EngineAddress } from './endpoint.ts';

export interface EngineAnswer {
  status: number;
  /** Parsed where it is JSON. */
  body: unknown;
}

/** The engine did not answer within the time allowed. */
export class EngineSilent extends Error {
  override readonly name = 'EngineSilent';
  readonly code = 'ETIMEDOUT';
}

/** What Node's `request` needs to reach an engine. */
export function requestOptions(address: EngineAddress): RequestOptions {
  if (address.kind === 'socket') return { socketPath: address.path };
  const { host, port, tls } = address;
  if (!tls) return { host, port };
  const { ca, cert, key, verify } = tls;
  return {
    host,
    port,
    protocol: 'https:',
    ...({
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      rejectUnauthorized: verify,
    } as object),
  };
}

/**
 * One question that the engine answers with a little JSON, asked with what Node has loaded anyway: a start must not wait for
 * the client library only to learn that there is no engine. Rejects with what the connection failed of, or EngineSilent.
 */
export async function askEngine(
  address: EngineAddress,
  path: string,
  timeout: Milliseconds,
  headers: Readonly<Record<string, string>> = {},
): Promise<EngineAnswer> {
  const secure = address.kind === 'tcp' && address.tls !== undefined;
  const send = secure ? (await import('node:https')).request : request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = send({ ...requestOptions(address), path, headers, agent: false, timeout });
    call.on('response', resolve);
    call.on('timeout', () => call.destroy(new EngineSilent(`no answer within ${timeout / 1000} s`)));
    call.on('error', reject);
    call.end();
  });
  return { status: response.statusCode ?? 0, body: parse(await text(response)) };
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
