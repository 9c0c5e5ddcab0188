import type {
  ListEntitiesForPolicyCommandInput,
  ListEntitiesForPolicyCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { attachablePolicy } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import type { Bounded, Entity, EntityTable } from '../store/entities.ts';

type Kind = 'Group' | 'User' | 'Role';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export function listEntitiesForPolicy(
  iam: Iam,
): Operation<ListEntitiesForPolicyCommandInput, ListEntitiesForPolicyCommandOutput> {
  const { store } = iam;
  return (input, call) => {
    const home = homeOf(call);
    const { EntityFilter, PathPrefix = '/', PolicyUsageFilter } = input;
    const { arn } = attachablePolicy(iam, home, input.PolicyArn!);
    const attached =
      PolicyUsageFilter === 'PermissionsBoundary' ? new Set() : store.attachments.to(home, arn);
    const withBoundary = PolicyUsageFilter !== 'PermissionsPolicy';
    const found = <T extends Entity & Bounded>(kind: Kind, table: EntityTable<T>) => {
      if (EntityFilter !== undefined && EntityFilter !== kind) return [];
      return table
        .list(home, PathPrefix)
        .filter(({ id, boundary }) => attached.has(id) || (withBoundary && boundary === arn))
        .map(({ id, name }) => ({ kind, id, name }));
    };
    const all = [
      ...found('Group', store.groups),
      ...found('User', store.users),
      ...found('Role', store.roles),
    ];
    const { items, rest } = pageOf(all, input, ({ id }) => id);
    const of = (wanted: Kind) => items.filter(({ kind }) => kind === wanted);
    return {
      PolicyGroups: of('Group').map(({ id, name }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of('User').map(({ id, name }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('Role').map(({ id, name }) => ({ RoleName: name, RoleId: id })),
      ...rest,
    };
  };
}
