import { type AttachedPolicy, PolicyNotAttachableException } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { noSuchEntity, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { attachablePolicy, checkArn, findManagedPolicy } from '../managed-policies.ts';
import type { Owner } from '../owners.ts';
import { pageOf } from '../paging.ts';
import { SERVICE_ROLES } from '../protected-roles.ts';

const MOST_ATTACHED = 10;

interface PolicyInput {
  PolicyArn: string | undefined;
}

interface ListInput {
  PathPrefix?: string | undefined;
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

interface ListOutput {
  AttachedPolicies: AttachedPolicy[];
  IsTruncated: boolean;
  Marker?: string;
}

/** AttachRolePolicy, AttachUserPolicy, AttachGroupPolicy. Attaching again changes nothing. */
export function attachPolicy<Input>(iam: Iam, owner: Owner<Input>): Operation<Input & PolicyInput, object> {
  const { attachments } = iam.store;
  return (input, call) => {
    const home = homeOf(call);
    const { arn, policy } = attachablePolicy(iam, home, input.PolicyArn!);
    const entity = owner.find(iam, home, input);
    if (policy.path === SERVICE_ROLES) {
      const message = 'Cannot attach a Service Role Policy to a Customer Role.';
      throw new PolicyNotAttachableException({ message, $metadata: {} });
    }
    const attached = attachments.of(entity);
    if (!attached.includes(arn) && attached.length >= MOST_ATTACHED) {
      throw quotaExceeded(`PoliciesPer${owner.quota}`, MOST_ATTACHED);
    }
    attachments.add(home, entity, arn);
    return {};
  };
}

/** DetachRolePolicy, DetachUserPolicy, DetachGroupPolicy. */
export function detachPolicy<Input>(iam: Iam, owner: Owner<Input>): Operation<Input & PolicyInput, object> {
  return (input, call) => {
    const arn = input.PolicyArn!;
    checkArn(arn);
    const entity = owner.find(iam, homeOf(call), input);
    if (!iam.store.attachments.remove(entity, arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    return {};
  };
}

/** ListAttachedRolePolicies, ListAttachedUserPolicies, ListAttachedGroupPolicies. */
export function listAttachedPolicies<Input>(
  iam: Iam,
  owner: Owner<Input>,
): Operation<Input & ListInput, ListOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const all = iam.store.attachments
      .of(owner.find(iam, home, input))
      .flatMap((arn) => findManagedPolicy(iam, home, arn) ?? [])
      .filter(({ policy }) => policy.path.startsWith(input.PathPrefix ?? '/'));
    const { items, rest } = pageOf(all, input, ({ arn }) => arn);
    return {
      AttachedPolicies: items.map(({ arn, policy }) => ({ PolicyName: policy.name, PolicyArn: arn })),
      ...rest,
    };
  };
}
