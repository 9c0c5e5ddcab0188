import type { Principal } from './call.ts';

/** A key that lasts, and whose it is. */
export interface KnownKey {
  secret: string;
  active: boolean;
  principal: Principal;
}

/** What the wire asks IAM of those who call. */
export interface Identities {
  /** Undefined for a key that was not made here. */
  key(accessKeyId: string): KnownKey | undefined;
  /** Takes note of who called what, for the answers that tell when something was used last. */
  used(caller: Principal, accessKeyId: string, region: string, service: string): void;
}
