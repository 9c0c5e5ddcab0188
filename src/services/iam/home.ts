import type { Call } from '../../aws/call.ts';

/** Whose users and roles: an account's, in all regions of a partition. */
export interface Home {
  account: string;
  partition: string;
}

export function homeOf({ account, partition }: Call): Home {
  return { account, partition };
}

/** What stands in the column `region`. */
export function regionOf({ partition }: Home): string {
  return `${partition}-global`;
}

export function homeIn(account: string, region: string): Home {
  return { account, partition: region.replace(/-global$/, '') };
}

/** `arn:aws:iam::123456789012:role/team/Deploy` of the resource `role`, the path `/team/` and the name. */
export function arnOf({ account, partition }: Home, resource: string, path: string, name: string): string {
  return `arn:${partition}:iam::${account}:${resource}${path}${name}`;
}
