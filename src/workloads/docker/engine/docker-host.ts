import type { EngineAddress, EngineTls } from './endpoint.ts';
import { EngineUnavailable, WITHOUT_DOCKER } from './engine-unavailable.ts';

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

export interface HostInput {
  /** As `DOCKER_HOST` and contexts write it: `unix:///run/docker.sock`, `tcp://build.test:2376`, `build.test`. */
  value: string;
  /** How errors name where it was said: `DOCKER_HOST`. */
  said: string;
  /** Where `unix://` without a path leads. */
  defaultPath: string;
  /** The certificates that go with it; asked for only where a host is spoken to over TCP. */
  tls: (https: boolean) => EngineTls | undefined;
}

/** Reads the address of an engine. Throws EngineUnavailable for one that lambdock can't speak to. */
export function parseHost({ value, said, defaultPath, tls }: HostInput): EngineAddress {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(value) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return { kind: 'socket', path: rest || defaultPath };
    case 'npipe':
      return { kind: 'socket', path: (rest || defaultPath).replaceAll('\\', '/') };
    case 'ssh':
      throw new EngineUnavailable(`${said} is ${value}, and lambdock does not speak to engines over SSH`, [
        `forward the engine's socket and name it: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${rest}, then DOCKER_HOST=unix:///tmp/docker.sock`,
        'use an engine on this machine',
        WITHOUT_DOCKER,
      ]);
    case 'tcp':
    case 'http':
    case 'https': {
      const https = scheme.toLowerCase() === 'https';
      return tcpAddress(value, rest, said, tls(https));
    }
    default:
      throw unreadable(value, said);
  }
}

function tcpAddress(value: string, rest: string, said: string, tls: EngineTls | undefined): EngineAddress {
  const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
  if (!url || url.hostname === '' || url.pathname !== '/' || url.search !== '') throw unreadable(value, said);
  // A port that is the scheme's own is empty here, although it was written.
  const port = url.port === '' ? Number(/:(\d+)\/?$/.exec(rest)?.[1] ?? 0) : Number(url.port);
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: port || (tls ? TLS_PORT : PLAIN_PORT),
    ...(tls && { tls }),
  };
}

function unreadable(value: string, said: string): EngineUnavailable {
  return new EngineUnavailable(`${said} is ${value}, which names no Docker engine`, [
    'write it as unix:///var/run/docker.sock or tcp://host:2375',
    WITHOUT_DOCKER,
  ]);
}
