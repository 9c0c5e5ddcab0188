import type { Milliseconds } from '../../clock/clock.ts';
import type { Scope } from '../../storage/scope.ts';
import { LIMITS } from './limits.ts';
import type { Resources } from './resources.ts';

export interface ReservedRecord {
  reserved: number;
}

export interface ProvisionedRecord {
  requested: number;
  /** How many environments are ready. */
  available: number;
  status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  reason?: string;
  lastModified: Milliseconds;
}

/**
 * What functions without a reservation share: the account's limit without what is reserved and, for functions that
 * reserve nothing, provisioned. `except` is a function that is left out of account.
 */
export function unreservedConcurrency(
  { concurrency, provisioned }: Pick<Resources, 'concurrency' | 'provisioned'>,
  scope: Scope,
  except?: string,
): number {
  const reserved = new Map(concurrency.ofScope(scope).map(({ key, record }) => [key.name, record.reserved]));
  let taken = 0;
  for (const [name, count] of reserved) if (name !== except) taken += count;
  for (const { key, record } of provisioned.ofScope(scope)) {
    if (key.name !== except && !reserved.has(key.name)) taken += record.requested;
  }
  return LIMITS.concurrency - taken;
}
