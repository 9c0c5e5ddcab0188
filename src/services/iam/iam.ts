import type { AwsManagedPolicies } from './aws-managed/aws-managed.ts';
import { noSuch, noSuchEntity } from './errors.ts';
import { arnOf, type Home } from './home.ts';
import type { Group, InstanceProfile, Role, User } from './store/model.ts';
import type { IamStore } from './store/store.ts';
import type { Usage } from './usage.ts';

/** What the operations of IAM share. */
export interface Iam {
  store: IamStore;
  awsManaged: AwsManagedPolicies;
  usage: Usage;
}

/** @throws NoSuchEntityException */
export function userNamed({ store }: Iam, home: Home, name: string): User {
  const user = store.users.find(home, name);
  if (!user) throw noSuch('user', name);
  return user;
}

/** @throws NoSuchEntityException */
export function groupNamed({ store }: Iam, home: Home, name: string): Group {
  const group = store.groups.find(home, name);
  if (!group) throw noSuch('group', name);
  return group;
}

/** @throws NoSuchEntityException */
export function roleNamed({ store }: Iam, home: Home, name: string): Role {
  const role = store.roles.find(home, name);
  if (!role) throw noSuch('role', name);
  return role;
}

/** @throws NoSuchEntityException */
export function instanceProfileNamed({ store }: Iam, home: Home, name: string): InstanceProfile {
  const profile = store.instanceProfiles.find(home, name);
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

export function userArn(home: Home, { path, name }: User): string {
  return arnOf(home, 'user', path, name);
}

export function groupArn(home: Home, { path, name }: Group): string {
  return arnOf(home, 'group', path, name);
}

export function roleArn(home: Home, { path, name }: Role): string {
  return arnOf(home, 'role', path, name);
}

/** Now, as far as IAM tells times: in whole seconds. */
export function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

/** A policy in an answer: percent-encoded, as RFC 3986 wants it. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
