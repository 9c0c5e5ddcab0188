import type { Home } from './home.ts';
import { groupNamed, type Iam, roleNamed, userNamed } from './iam.ts';
import { modifiableRole } from './protected-roles.ts';
import type { Entity } from './store/entities.ts';

/** A kind of what has policies, and how an input names one of it. */
export interface Owner<Input> {
  what: 'user' | 'group' | 'role';
  /** In quotas: `PoliciesPerRole`. */
  quota: 'User' | 'Group' | 'Role';
  /** What all inline policies of one may have together, without white space. */
  inlineBytes: number;
  /** @throws NoSuchEntityException */
  find(iam: Iam, home: Home, input: Input): Entity;
}

export const USER: Owner<{ UserName: string | undefined }> = {
  what: 'user',
  quota: 'User',
  inlineBytes: 2048,
  find: (iam, home, { UserName }) => userNamed(iam, home, UserName!),
};

export const GROUP: Owner<{ GroupName: string | undefined }> = {
  what: 'group',
  quota: 'Group',
  inlineBytes: 5120,
  find: (iam, home, { GroupName }) => groupNamed(iam, home, GroupName!),
};

export const ROLE: Owner<{ RoleName: string | undefined }> = {
  what: 'role',
  quota: 'Role',
  inlineBytes: 10_240,
  find: (iam, home, { RoleName }) => modifiableRole(iam, home, RoleName!),
};

/** As ROLE, for what changes nothing. */
export const ANY_ROLE: Owner<{ RoleName: string | undefined }> = {
  ...ROLE,
  find: (iam, home, { RoleName }) => roleNamed(iam, home, RoleName!),
};
