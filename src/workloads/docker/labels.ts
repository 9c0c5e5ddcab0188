import { createHash } from 'node:crypto';

/** Names the daemon that made a container, network or volume. By this label alone is anything found and removed. */
export const DAEMON_LABEL = 'io.lambdock.daemon';
/** What a container is for. */
export const ROLE_LABEL = 'io.lambdock.role';
/** For an execution environment of Lambda. */
export const LAMBDA_ROLE = 'lambda';
/** Digest of all that decided how a container was made: only one with the same can be used for a template. */
export const SPEC_LABEL = 'io.lambdock.spec';
/** Unique to a container; with the daemon's secret it gives the token that its agent takes. */
export const NONCE_LABEL = 'io.lambdock.nonce';
/** Runtime and version in words. */
export const RUNTIME_LABEL = 'io.lambdock.runtime';

/** What all that a daemon makes carries. */
export function labelOf(daemonId: string): string {
  return `${DAEMON_LABEL}=${daemonId}`;
}

/** The filter by which Docker lists what carries a daemon's label. */
export function ofDaemon(daemonId: string): { label: string[] } {
  return { label: [labelOf(daemonId)] };
}

/** A short digest of anything that JSON can hold. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
