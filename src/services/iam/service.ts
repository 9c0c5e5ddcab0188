import { readConstraints } from '../../aws/constraints.ts';
import type { AnyOperation, Service } from '../../aws/service.ts';
import constraints from './constraints.json' with { type: 'json' };
import type { Iam } from './iam.ts';
import { checkNames, withoutNamePatterns } from './names.ts';
import { accountOperations, instanceProfileOperations } from './operations/all-account.ts';
import { credentialOperations } from './operations/all-credentials.ts';
import { groupOperations } from './operations/all-groups.ts';
import { policyOperations } from './operations/all-policies.ts';
import { providerOperations } from './operations/all-providers.ts';
import { roleOperations } from './operations/all-roles.ts';
import { userOperations } from './operations/all-users.ts';
import { iamPermission } from './permission.ts';
import { iamModel } from './schemas.ts';

/** Identity and Access Management: users, groups, roles, and what they may. */
export function createIam(iam: Iam): Service {
  const operations = {
    ...userOperations(iam),
    ...groupOperations(iam),
    ...roleOperations(iam),
    ...policyOperations(iam),
    ...instanceProfileOperations(iam),
    ...credentialOperations(iam),
    ...providerOperations(iam),
    ...accountOperations(iam),
  };
  return {
    model: iamModel(),
    permission: iamPermission(iam),
    constraints: withoutNamePatterns(readConstraints(constraints)),
    limits: {
      CreateOpenIDConnectProvider: 'without a thumbprint one is made up: the provider is not asked',
      CreateVirtualMFADevice: 'the picture is empty',
      EnableMFADevice: 'any codes are taken',
      GetServiceLastAccessedDetails: 'tells what policies allow, and of no access',
      GetServiceLastAccessedDetailsWithEntities: 'tells of no access',
      ListPolicies: 'of AWS’s own policies those that applications and templates attach',
      UploadServerCertificate: 'the private key is checked and not kept',
    },
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, checkNames(operation as AnyOperation)]),
    ),
  };
}
