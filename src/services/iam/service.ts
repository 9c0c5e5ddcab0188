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
import { outboundOperations } from './operations/outbound-federation.ts';
import type { TokenIssuers } from './outbound/token-issuers.ts';
import { iamPermission } from './permission.ts';
import { iamModel } from './schemas.ts';

/** Identity and Access Management: users, groups, roles, and what they may. */
export function createIam(iam: Iam, issuers: TokenIssuers): Service {
  const operations = {
    ...userOperations(iam),
    ...groupOperations(iam),
    ...roleOperations(iam),
    ...policyOperations(iam),
    ...instanceProfileOperations(iam),
    ...credentialOperations(iam),
    ...providerOperations(iam),
    ...accountOperations(iam),
    ...outboundOperations(issuers),
  };
  return {
    model: iamModel(),
    permission: iamPermission(iam),
    constraints: withoutNamePatterns(readConstraints(constraints)),
    limits: LIMITS,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, checkNames(operation as AnyOperation)]),
    ),
  };
}

const NO_ORGANIZATION = 'always OrganizationNotFoundException: there are no organizations';
const NO_DELEGATION = 'requests of partners of AWS’s: nobody makes any here';
const NO_REPORT = 'needs AWS Organizations';
const NO_PROPERTIES = 'which properties there are is not documented';

const LIMITS: NonNullable<Service['limits']> = {
  AcceptDelegationRequest: NO_DELEGATION,
  AcquireRole: NO_DELEGATION,
  AssociateDelegationRequest: NO_DELEGATION,
  CreateDelegationRequest: NO_DELEGATION,
  CreateOpenIDConnectProvider: 'without a thumbprint one is made up: the provider is not asked',
  CreateVirtualMFADevice: 'the picture is empty',
  DisableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  DisableOrganizationsRootSessions: NO_ORGANIZATION,
  EnableMFADevice: 'any codes are taken',
  EnableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  EnableOrganizationsRootSessions: NO_ORGANIZATION,
  GenerateOrganizationsAccessReport: NO_REPORT,
  GetAccountProperties: NO_PROPERTIES,
  GetDelegationRequest: NO_DELEGATION,
  GetHumanReadableSummary: NO_DELEGATION,
  GetOrganizationsAccessReport: NO_REPORT,
  GetRoleTemplateVersion: NO_DELEGATION,
  GetServiceLastAccessedDetails: 'tells what policies allow, and of no access',
  GetServiceLastAccessedDetailsWithEntities: 'tells of no access',
  ListDelegationRequests: NO_DELEGATION,
  ListOrganizationsFeatures: NO_ORGANIZATION,
  PutAccountProperties: NO_PROPERTIES,
  RejectDelegationRequest: NO_DELEGATION,
  SendDelegationToken: NO_DELEGATION,
  UpdateDelegationRequest: NO_DELEGATION,
  UploadServerCertificate: 'the private key is checked and not kept',
};
