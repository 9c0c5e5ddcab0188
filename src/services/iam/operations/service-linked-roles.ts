import { randomUUID } from 'node:crypto';
import type {
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput,
  DeleteServiceLinkedRoleCommandInput,
  DeleteServiceLinkedRoleCommandOutput,
  GetServiceLinkedRoleDeletionStatusCommandInput,
  GetServiceLinkedRoleDeletionStatusCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { invalidInput, noSuchEntity } from '../errors.ts';
import { arnOf, homeOf } from '../home.ts';
import { type Iam, roleNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { isServiceLinked, SERVICE_ROLES } from '../protected-roles.ts';
import { mayHaveSuffix, serviceRole } from '../service-roles.ts';
import { toRole } from '../shapes.ts';
import type { Role } from '../store/model.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html */
export function createServiceLinkedRole({
  store,
}: Iam): Operation<CreateServiceLinkedRoleCommandInput, CreateServiceLinkedRoleCommandOutput> {
  return ({ AWSServiceName, Description, CustomSuffix }, call) => {
    const home = homeOf(call);
    const service = AWSServiceName!;
    if (!/^[\w.-]+\.amazonaws\.com(\.cn)?$/.test(service)) {
      throw invalidInput(`Service principal ${service} is not a valid principal.`);
    }
    if (CustomSuffix !== undefined && !mayHaveSuffix(service)) {
      throw invalidInput(`Custom suffix is not allowed for ${service}`);
    }
    const { name, policy } = serviceRole(service, CustomSuffix);
    if (store.roles.find(home, name)) {
      throw invalidInput(
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    }
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
    };
    const role: Role = {
      id: newId('AROA', home.account),
      name,
      path: `${SERVICE_ROLES}${service}/`,
      created: wholeSeconds(call.clock.now()),
      trust: JSON.stringify(trust),
      description: Description,
      maxSessionDuration: 3600,
      tags: [],
    };
    store.transaction(() => {
      store.roles.insert(home, role);
      if (policy !== undefined) {
        store.attachments.add(
          home,
          role,
          arnOf({ ...home, account: 'aws' }, 'policy', SERVICE_ROLES, policy),
        );
      }
    });
    return { Role: toRole(home, role) };
  };
}

/** Gone at once; the task only tells so. */
export function deleteServiceLinkedRole(
  iam: Iam,
): Operation<DeleteServiceLinkedRoleCommandInput, DeleteServiceLinkedRoleCommandOutput> {
  return ({ RoleName }, call) => {
    const role = roleNamed(iam, homeOf(call), RoleName!);
    if (!isServiceLinked(role)) {
      throw invalidInput(`The role ${role.name} is not a service-linked role.`);
    }
    iam.store.roles.remove(role);
    return { DeletionTaskId: `task${role.path}${role.name}/${randomUUID()}` };
  };
}

export function getServiceLinkedRoleDeletionStatus(): Operation<
  GetServiceLinkedRoleDeletionStatusCommandInput,
  GetServiceLinkedRoleDeletionStatusCommandOutput
> {
  return ({ DeletionTaskId }) => {
    if (!/^task\/aws-service-role\/[\w.-]+\/[\w+=,.@-]+\/[\da-f-]{36}$/.test(DeletionTaskId!)) {
      throw noSuchEntity(`Deletion task ${DeletionTaskId} cannot be found.`);
    }
    return { Status: 'SUCCEEDED' };
  };
}
