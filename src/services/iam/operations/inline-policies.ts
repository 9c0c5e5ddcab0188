import type { Operation } from '../../../aws/service.ts';
import { limitExceeded, noSuch } from '../errors.ts';
import { homeOf } from '../home.ts';
import { encodeDocument, type Iam } from '../iam.ts';
import type { Owner } from '../owners.ts';
import { pageOf } from '../paging.ts';
import { validateIdentityPolicy } from '../policy/validate.ts';
import { bytesOf } from '../sizes.ts';
import type { Entity } from '../store/entities.ts';

interface NamedInput {
  PolicyName: string | undefined;
}

interface PutInput extends NamedInput {
  PolicyDocument: string | undefined;
}

interface ListInput {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

interface ListOutput {
  PolicyNames: string[];
  IsTruncated: boolean;
  Marker?: string;
}

/** PutRolePolicy, PutUserPolicy, PutGroupPolicy. */
export function putPolicy<Input>(iam: Iam, owner: Owner<Input>): Operation<Input & PutInput, object> {
  const { inline } = iam.store;
  return (input, call) => {
    const home = homeOf(call);
    const name = input.PolicyName!;
    const document = input.PolicyDocument!;
    const entity = owner.find(iam, home, input);
    validateIdentityPolicy(document);
    const others = inline.of(entity).filter((policy) => policy.name.toLowerCase() !== name.toLowerCase());
    const bytes = others.reduce((sum, policy) => sum + bytesOf(policy.document), bytesOf(document));
    if (bytes > owner.inlineBytes) {
      throw limitExceeded(
        `Maximum policy size of ${owner.inlineBytes} bytes exceeded for ${owner.what} ${entity.name}`,
      );
    }
    inline.put(home, entity, { name, document });
    return {};
  };
}

/** GetRolePolicy, GetUserPolicy, GetGroupPolicy. `toOutput` adds whose it is. */
export function getPolicyOf<Input, Output>(
  iam: Iam,
  owner: Owner<Input>,
  toOutput: (entity: Entity, policy: { PolicyName: string; PolicyDocument: string }) => Output,
): Operation<Input & NamedInput, Output> {
  return (input, call) => {
    const entity = owner.find(iam, homeOf(call), input);
    const policy = iam.store.inline.find(entity, input.PolicyName!);
    if (!policy) throw noSuch(`${owner.what} policy`, input.PolicyName!);
    return toOutput(entity, {
      PolicyName: policy.name,
      PolicyDocument: encodeDocument(policy.document),
    }) as Omit<Output, '$metadata'>;
  };
}

/** DeleteRolePolicy, DeleteUserPolicy, DeleteGroupPolicy. */
export function deletePolicyOf<Input>(iam: Iam, owner: Owner<Input>): Operation<Input & NamedInput, object> {
  return (input, call) => {
    const entity = owner.find(iam, homeOf(call), input);
    if (!iam.store.inline.remove(entity, input.PolicyName!)) {
      throw noSuch(`${owner.what} policy`, input.PolicyName!);
    }
    return {};
  };
}

/** ListRolePolicies, ListUserPolicies, ListGroupPolicies. */
export function listPolicyNames<Input>(
  iam: Iam,
  owner: Owner<Input>,
): Operation<Input & ListInput, ListOutput> {
  return (input, call) => {
    const names = iam.store.inline.of(owner.find(iam, homeOf(call), input)).map(({ name }) => name);
    const { items, rest } = pageOf(names, input, (name) => name);
    return { PolicyNames: items, ...rest };
  };
}
