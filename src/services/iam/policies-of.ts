import type { Home } from './home.ts';
import type { Iam } from './iam.ts';
import { defaultDocument, findManagedPolicy } from './managed-policies.ts';
import type { Entity } from './store/entities.ts';
import type { User } from './store/model.ts';

/** A policy that says what someone may. */
export interface NamedDocument {
  name: string;
  document: string;
}

/** The policies of a group or a role, or those of a user alone. */
export function policiesOf(iam: Iam, home: Home, entity: Entity): NamedDocument[] {
  const { attachments, inline } = iam.store;
  const managed = attachments.of(entity).flatMap((arn) => findManagedPolicy(iam, home, arn) ?? []);
  return [
    ...managed.map(({ policy }) => ({ name: policy.name, document: defaultDocument(policy) })),
    ...inline.of(entity),
  ];
}

/** With those of the user's groups. */
export function policiesOfUser(iam: Iam, home: Home, user: User): NamedDocument[] {
  const { members, groups } = iam.store;
  const around = members.around(user, groups.kind).flatMap((id) => groups.get(id) ?? []);
  return [user, ...around].flatMap((entity) => policiesOf(iam, home, entity));
}

/** The document of a permissions boundary; undefined where there is none, or it is gone. */
export function boundaryDocument(iam: Iam, home: Home, boundary: string | undefined): string | undefined {
  const managed = boundary === undefined ? undefined : findManagedPolicy(iam, home, boundary);
  return managed && defaultDocument(managed.policy);
}
