import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../storage/sqlite/database.ts';
import { AwsManagedPolicies } from './aws-managed/aws-managed.ts';
import type { Iam } from './iam.ts';
import { IamStore } from './store/store.ts';
import { Usage } from './usage.ts';

/** What IAM keeps, and who used it when. Costs nothing until it is asked something. */
export function openIam(database: Database, clock: Clock): Iam {
  const store = new IamStore(database);
  return { store, awsManaged: new AwsManagedPolicies(), usage: new Usage(store, clock) };
}
