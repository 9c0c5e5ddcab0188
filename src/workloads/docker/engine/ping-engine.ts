import type { Milliseconds } from '../../../clock/clock.ts';
import { askEngine, EngineSilent } from './ask-engine.ts';
import type { EngineAddress, EngineEndpoint } from './endpoint.ts';

export interface EngineVersion {
  /** `20.10.24`. */
  version: string;
  /** `1.41`. */
  apiVersion: string;
  /** `linux`. */
  os: string;
  podman: boolean;
  /** It belongs to a user: root inside its containers is that user outside. */
  rootless: boolean;
}

export type EnginePing =
  | ({ state: 'answers' } & EngineVersion)
  | {
      state: /** nobody listens there */
        | 'absent'
        /** this user may not open the socket */
        | 'denied'
        /** somebody listens but does not answer, or the machine can't be reached */
        | 'silent'
        /** one side does not accept the other's certificate, or only one of them speaks TLS */
        | 'tls'
        /** what answers is no Docker engine */
        | 'foreign';
      reason: string;
    };

interface VersionAnswer {
  Version?: string;
  ApiVersion?: string;
  Os?: string;
  Components?: { Name?: string }[];
}

const PING_TIMEOUT: Milliseconds = 3_000;

/** Asks whether an engine answers at a place, and which. Never rejects. */
export async function pingEngine(
  { address }: EngineEndpoint,
  timeout: Milliseconds = PING_TIMEOUT,
): Promise<EnginePing> {
  try {
    const { status, body } = await askEngine(address, '/version', timeout);
    if (status === 400 && typeof body === 'string' && body.includes('HTTPS'))
      return { state: 'tls', reason: 'it only speaks TLS' };
    const answer = typeof body === 'object' && body !== null ? (body as VersionAnswer) : {};
    if (status !== 200 || typeof answer.ApiVersion !== 'string')
      return { state: 'foreign', reason: `it answered ${status} to GET /version` };
    const components = (answer.Components ?? []).map(({ Name }) => Name?.toLowerCase() ?? '');
    const podman = components.some((name) => name.includes('podman'));
    return {
      state: 'answers',
      version: answer.Version ?? 'of unknown version',
      apiVersion: answer.ApiVersion,
      os: answer.Os ?? 'unknown',
      podman,
      rootless: components.includes('rootlesskit') || (podman && (await isRootlessPodman(address, timeout))),
    };
  } catch (error) {
    return failure(error, address.kind === 'tcp');
  }
}

/** Docker tells it by its components, Podman by nothing in its version. */
async function isRootlessPodman(address: EngineAddress, timeout: Milliseconds): Promise<boolean> {
  const { body } = await askEngine(address, '/info', timeout);
  const { SecurityOptions: options } = (body ?? {}) as { SecurityOptions?: string[] | null };
  return options?.some((option) => option.includes('rootless')) ?? false;
}

function failure(error: unknown, remote: boolean): EnginePing {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code ?? message;
  if (error instanceof EngineSilent) return { state: 'silent', reason: message };
  if (code === 'EACCES' || code === 'EPERM') return { state: 'denied', reason };
  if (code === 'ENOENT' || code === 'ENOTSOCK' || code === 'ENOTDIR') return { state: 'absent', reason };
  // A socket that its engine left behind, or a port that nobody listens on.
  if (code === 'ECONNREFUSED') return { state: 'absent', reason };
  if (code?.startsWith('HPE_')) return { state: 'foreign', reason: 'it does not speak HTTP' };
  // OpenSSL's own messages are for its authors; the checks of Node's are for people.
  if (remote && isTls(code ?? ''))
    return { state: 'tls', reason: /^(ERR_|EPROTO)/.test(reason) ? reason : message };
  return { state: 'silent', reason };
}

/** Codes of OpenSSL and of Node's own checks: https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes */
function isTls(code: string): boolean {
  return /SSL|TLS|CERT|^EPROTO$|UNABLE_TO|^(INVALID|PATH_LENGTH|HOSTNAME)_/.test(code);
}
