import type {
  AttachedPolicy,
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { type Home, homeOf } from '../home.ts';
import { encodeDocument, type Iam } from '../iam.ts';
import { findManagedPolicy, type ManagedPolicy } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import { usesOf } from '../policy-uses.ts';
import {
  boundaryOf,
  lastUsedOf,
  toGroup,
  toInstanceProfile,
  toPolicy,
  toPolicyVersion,
  toRole,
  toUser,
} from '../shapes.ts';
import type { Entity } from '../store/entities.ts';
import type { Group, Role, User } from '../store/model.ts';
import { toTags } from '../tags.ts';
import { groupsOf } from './groups.ts';
import { managedPolicies } from './policies.ts';

type Item =
  | { kind: 'User'; entity: User }
  | { kind: 'Group'; entity: Group }
  | { kind: 'Role'; entity: Role }
  | { kind: 'LocalManagedPolicy' | 'AWSManagedPolicy'; managed: ManagedPolicy };

/** All there is, a page at a time; of AWS's own policies those that are used. */
export function getAccountAuthorizationDetails(
  iam: Iam,
): Operation<GetAccountAuthorizationDetailsCommandInput, GetAccountAuthorizationDetailsCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const wanted = input.Filter ?? [];
    const all = allItems(iam, home).filter(({ kind }) => wanted.length === 0 || wanted.includes(kind));
    const { items, rest } = pageOf(all, input, keyOf);
    const details = new Details(iam, home);
    return {
      UserDetailList: items.flatMap((item) => (item.kind === 'User' ? [details.user(item.entity)] : [])),
      GroupDetailList: items.flatMap((item) => (item.kind === 'Group' ? [details.group(item.entity)] : [])),
      RoleDetailList: items.flatMap((item) => (item.kind === 'Role' ? [details.role(item.entity)] : [])),
      Policies: items.flatMap((item) => ('managed' in item ? [details.policy(item.managed)] : [])),
      ...rest,
    };
  };
}

function allItems(iam: Iam, home: Home): Item[] {
  const { users, groups, roles } = iam.store;
  const uses = usesOf(iam, home);
  const used = ({ arn, awsManaged }: ManagedPolicy) => {
    const { attached, boundaries } = uses(arn);
    return !awsManaged || attached + boundaries > 0;
  };
  return [
    ...users.list(home).map((entity) => ({ kind: 'User', entity }) as const),
    ...groups.list(home).map((entity) => ({ kind: 'Group', entity }) as const),
    ...roles.list(home).map((entity) => ({ kind: 'Role', entity }) as const),
    ...managedPolicies(iam, home, 'All')
      .filter(used)
      .map((managed) => {
        const kind = managed.awsManaged ? 'AWSManagedPolicy' : 'LocalManagedPolicy';
        return { kind, managed } as const;
      }),
  ];
}

function keyOf(item: Item): string {
  return 'managed' in item ? item.managed.arn : item.entity.id;
}

class Details {
  readonly #iam: Iam;
  readonly #home: Home;
  readonly #uses;

  constructor(iam: Iam, home: Home) {
    this.#iam = iam;
    this.#home = home;
    this.#uses = usesOf(iam, home);
  }

  user(user: User): UserDetail {
    const inline = this.#inline(user);
    return {
      ...toUser(this.#home, user),
      ...(inline.length === 0 ? {} : { UserPolicyList: inline }),
      GroupList: groupsOf(this.#iam, user).map(({ name }) => name),
      AttachedManagedPolicies: this.#attached(user),
      ...boundaryOf(user),
      Tags: toTags(user.tags),
    };
  }

  group(group: Group): GroupDetail {
    return {
      ...toGroup(this.#home, group),
      GroupPolicyList: this.#inline(group),
      AttachedManagedPolicies: this.#attached(group),
    };
  }

  role(role: Role): RoleDetail {
    const { members, instanceProfiles } = this.#iam.store;
    const profiles = members
      .around(role, instanceProfiles.kind)
      .flatMap((id) => instanceProfiles.get(id) ?? []);
    return {
      ...toRole(this.#home, role),
      InstanceProfileList: profiles.map((profile) => toInstanceProfile(this.#iam, this.#home, profile)),
      RolePolicyList: this.#inline(role),
      AttachedManagedPolicies: this.#attached(role),
      ...boundaryOf(role),
      Tags: toTags(role.tags),
      ...lastUsedOf(this.#iam, role),
    };
  }

  policy(managed: ManagedPolicy): ManagedPolicyDetail {
    const { policy } = managed;
    return {
      ...toPolicy(managed, this.#uses(managed.arn)),
      ...(policy.description === undefined ? {} : { Description: policy.description }),
      PolicyVersionList: policy.versions.toReversed().map((version) => ({
        Document: encodeDocument(version.document),
        ...toPolicyVersion(policy, version),
      })),
    };
  }

  #inline(entity: Entity): PolicyDetail[] {
    return this.#iam.store.inline
      .of(entity)
      .map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodeDocument(document) }));
  }

  #attached(entity: Entity): AttachedPolicy[] {
    return this.#iam.store.attachments
      .of(entity)
      .flatMap((arn) => findManagedPolicy(this.#iam, this.#home, arn) ?? [])
      .map(({ arn, policy }) => ({ PolicyName: policy.name, PolicyArn: arn }));
  }
}
