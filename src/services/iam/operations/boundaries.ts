import type { Operation } from '../../../aws/service.ts';
import { noSuchEntity } from '../errors.ts';
import { type Home, homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { checkBoundary } from '../managed-policies.ts';
import type { Bounded, Entity, EntityTable } from '../store/entities.ts';

/** Users or roles, and how an input names one of them. */
export interface Boundable<Input, T extends Entity & Bounded> {
  table: EntityTable<T>;
  /** As messages call it. */
  what: 'user' | 'role';
  /** @throws NoSuchEntityException */
  find(home: Home, input: Input): T;
}

/** PutRolePermissionsBoundary, PutUserPermissionsBoundary. */
export function putBoundary<Input, T extends Entity & Bounded>(
  iam: Iam,
  { table, find }: Boundable<Input, T>,
): Operation<Input & { PermissionsBoundary: string | undefined }, object> {
  return (input, call) => {
    const home = homeOf(call);
    const entity = find(home, input);
    checkBoundary(iam, home, input.PermissionsBoundary!);
    table.update({ ...entity, boundary: input.PermissionsBoundary! });
    return {};
  };
}

/** DeleteRolePermissionsBoundary, DeleteUserPermissionsBoundary. */
export function deleteBoundary<Input, T extends Entity & Bounded>({
  table,
  what,
  find,
}: Boundable<Input, T>): Operation<Input, object> {
  return (input, call) => {
    const entity = find(homeOf(call), input);
    if (entity.boundary === undefined) {
      throw noSuchEntity(`The ${what} permissions boundary of ${entity.name} cannot be found.`);
    }
    table.update({ ...entity, boundary: undefined });
    return {};
  };
}
