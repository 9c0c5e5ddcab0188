import type { Home } from './home.ts';
import type { Iam } from './iam.ts';
import type { PolicyUses } from './shapes.ts';

/** How often each managed policy of an account is attached, and is a boundary. */
export function usesOf({ store }: Iam, home: Home): (arn: string) => PolicyUses {
  const attached = store.attachments.counts(home);
  return (arn) => ({
    attached: attached.get(arn) ?? 0,
    boundaries: store.users.boundedBy(home, arn).length + store.roles.boundedBy(home, arn).length,
  });
}
