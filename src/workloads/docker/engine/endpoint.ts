/** Certificates for an engine behind TLS, in PEM. */
export interface EngineTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** False where the user said that the engine's certificate need not be checked. */
  verify: boolean;
}

export type EngineAddress =
  | {
      kind: 'socket';
      /** A Unix socket, or a named pipe on Windows. */
      path: string;
    }
  | { kind: 'tcp'; host: string; port: number; tls?: EngineTls };

/** A place where a Docker engine may be. */
export interface EngineEndpoint {
  address: EngineAddress;
  /** Who says that it is there: the user, by a variable or a context, or only custom. */
  source: { kind: 'variable' } | { kind: 'context'; name: string } | { kind: 'usual' };
}

/** As `DOCKER_HOST` would name it. */
export function addressText(address: EngineAddress): string {
  if (address.kind === 'socket')
    return address.path.startsWith('//./pipe/') ? `npipe://${address.path}` : `unix://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

/** A place that the user chose: no other will do. */
export function isNamed({ source }: EngineEndpoint): boolean {
  return source.kind !== 'usual';
}
