import type { Environment } from '../../../daemon/config.ts';
import { addressText, type EngineEndpoint, isNamed } from './endpoint.ts';
import { EngineUnavailable, WITHOUT_DOCKER } from './engine-unavailable.ts';
import { findEngine } from './find-engine.ts';
import { type EnginePing, type EngineVersion, pingEngine } from './ping-engine.ts';

export interface FoundEngine {
  endpoint: EngineEndpoint;
  version: EngineVersion;
}

type Failure = Exclude<EnginePing, { state: 'answers' }>;

/** The first candidate that answers. Rejects with EngineUnavailable, which says what is wrong and what helps. */
export async function locateEngine(env: Environment, home: string): Promise<FoundEngine> {
  return firstThatAnswers(findEngine(env, home));
}

/** As `locateEngine`, of these. */
export async function firstThatAnswers(candidates: readonly EngineEndpoint[]): Promise<FoundEngine> {
  const failures: { endpoint: EngineEndpoint; ping: Failure }[] = [];
  for (const endpoint of candidates) {
    const ping = await pingEngine(endpoint);
    if (ping.state !== 'answers') failures.push({ endpoint, ping });
    else if (ping.os === 'linux') return { endpoint, version: ping };
    else throw wrongSystem(endpoint, ping);
  }
  // An engine that is there but can't be used is a better clue than the places where there is none.
  const telling = failures.find(({ ping }) => ping.state !== 'absent') ?? failures[0];
  if (telling && (isNamed(telling.endpoint) || telling.ping.state !== 'absent'))
    throw explain(telling.endpoint, telling.ping);
  const places = candidates.map(({ address }) => (address.kind === 'socket' ? address.path : address.host));
  throw new EngineUnavailable('No Docker engine was found', [
    START,
    `if it runs, name its socket: DOCKER_HOST=unix:///path/of/docker.sock (none answered at ${places.join(', ')})`,
    WITHOUT_DOCKER,
  ]);
}

const START = 'start Docker (Docker Desktop, or: sudo systemctl start docker)';

/** Why an engine at this place can't be used, and the next step. */
export function explain(endpoint: EngineEndpoint, { state, reason }: Failure): EngineUnavailable {
  const { address } = endpoint;
  const place = address.kind === 'socket' ? address.path : addressText(address);
  const where = `${said(endpoint)}${isNamed(endpoint) ? addressText(address) : place}`;
  const ways = [...elsewhere(endpoint), WITHOUT_DOCKER];
  switch (state) {
    case 'absent':
      return new EngineUnavailable(`${where}, where no Docker engine answers (${reason})`, [
        address.kind === 'tcp' ? 'start the engine of that machine' : START,
        ...ways,
      ]);
    case 'denied':
      return new EngineUnavailable(`${where}, which this user may not open (${reason})`, [
        'join the docker group and log in again: sudo usermod -aG docker $USER',
        'use rootless Docker: dockerd-rootless-setuptool.sh install',
        ...ways,
      ]);
    case 'silent':
      return new EngineUnavailable(`${where}, where a Docker engine does not answer (${reason})`, [
        address.kind === 'tcp'
          ? 'see whether that machine can be reached and its engine runs'
          : 'restart Docker (Docker Desktop, or: sudo systemctl restart docker)',
        ...ways,
      ]);
    case 'tls':
      return new EngineUnavailable(`${where}, with which no TLS connection can be made (${reason})`, [
        'set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the folder with its ca.pem, cert.pem and key.pem',
        ...ways,
      ]);
    case 'foreign':
      return new EngineUnavailable(
        `${where}, where something else than a Docker engine answers (${reason})`,
        [...ways],
      );
  }
}

function wrongSystem(endpoint: EngineEndpoint, { os }: EngineVersion): EngineUnavailable {
  return new EngineUnavailable(
    `${said(endpoint)}${addressText(endpoint.address)}, which runs ${os} containers, and lambdock's are Linux ones`,
    ['switch Docker Desktop to Linux containers', WITHOUT_DOCKER],
  );
}

function said({ source }: EngineEndpoint): string {
  if (source.kind === 'variable') return 'DOCKER_HOST is ';
  if (source.kind === 'context') return `The Docker context "${source.name}" is `;
  return 'Docker’s socket is ';
}

/** How to have lambdock look at another place. */
function elsewhere({ source }: EngineEndpoint): string[] {
  if (source.kind === 'variable') return ['unset DOCKER_HOST, or set it to another engine'];
  if (source.kind === 'context') return ['choose another context: docker context use default'];
  return [];
}
