import type Docker from 'dockerode';
import type { DockerConfig } from '../engine/docker-config.ts';

const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * What `docker login` left in its configuration for the registry of an image. Undefined for a registry that nobody logged in
 * to, and where a credential helper keeps the password: public images need none.
 */
export function credentialsFor(
  reference: string,
  auths: DockerConfig['auths'],
): Docker.AuthConfigObject | undefined {
  const registry = registryOf(reference);
  const key = Object.keys(auths).find((name) => name === registry || hostOf(name) === registry);
  const entry = key === undefined ? undefined : auths[key];
  if (key === undefined || entry === undefined) return undefined;
  if (entry.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: key };
  const login = entry.auth ? Buffer.from(entry.auth, 'base64').toString('utf8') : '';
  const colon = login.indexOf(':');
  if (colon <= 0) return undefined;
  return { username: login.slice(0, colon), password: login.slice(colon + 1), serveraddress: key };
}

/** The first part of a reference is a registry only when it looks like a host. */
function registryOf(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? DOCKER_HUB : first;
}

function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
