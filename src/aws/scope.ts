import type { Clock } from '../clock/clock.ts';
import { type Principal, partitionOf } from './call.ts';
import type { Credentials } from './credentials.ts';
import { WireError } from './errors.ts';
import type { Identities } from './identities.ts';
import type { Session, SessionTokens } from './session-token.ts';

export interface ScopeOptions {
  clock: Clock;
  /** Whose everything is that no account's key signed. */
  defaultAccount: string;
  sessions: SessionTokens;
  identities: Identities;
}

/** Whose a call is. */
export interface CallerScope {
  account: string;
  region: string;
  partition: string;
  caller: Principal;
}

const DEFAULT_REGION = 'us-east-1';

/**
 * Account, region and caller of a request. A key of twelve digits is the account; credentials that we handed out, for a
 * time or for good, stand for who got them; anything else is the default account's root, whatever key a user happens to
 * have configured.
 *
 * @throws WireError ExpiredToken
 */
export function scopeOf(credentials: Credentials | undefined, options: ScopeOptions): CallerScope {
  const region = credentials?.region ?? DEFAULT_REGION;
  const partition = partitionOf(region);
  const session = credentials && ourSession(credentials, options);
  if (session) return { account: session.principal.account, region, partition, caller: session.principal };
  const key = credentials?.accessKeyId;
  const known = key === undefined ? undefined : options.identities.key(key);
  if (known) return { account: known.principal.account, region, partition, caller: known.principal };
  const account = key !== undefined && /^\d{12}$/.test(key) ? key : options.defaultAccount;
  return { account, region, partition, caller: rootOf(account, partition) };
}

function ourSession(credentials: Credentials, { clock, sessions }: ScopeOptions): Session | undefined {
  const { sessionToken, accessKeyId } = credentials;
  const session = sessionToken === undefined ? undefined : sessions.read(sessionToken);
  if (!session) return undefined;
  if (session.accessKeyId !== accessKeyId) {
    throw new WireError(
      'InvalidClientTokenId',
      403,
      'The security token included in the request is invalid.',
    );
  }
  if (session.expires <= clock.now()) {
    throw new WireError('ExpiredToken', 403, 'The security token included in the request is expired');
  }
  return session;
}

export function rootOf(account: string, partition: string): Principal {
  return { kind: 'root', account, arn: `arn:${partition}:iam::${account}:root`, userId: account };
}
