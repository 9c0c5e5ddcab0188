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
import { delegationOperations } from './operations/delegation.ts';
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
    ...delegationOperations(),
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
const NO_REQUEST = 'always NoSuchEntityException: nobody makes delegation requests here';
const NO_TEMPLATE = 'always NoSuchEntityException: there are no templates of roles';
const NO_REPORT = 'needs AWS Organizations';
const NO_PROPERTIES = 'which properties there are is not documented';

const LIMITS: NonNullable<Service['limits']> = {
  AcceptDelegationRequest: NO_REQUEST,
  AcquireRole: NO_TEMPLATE,
  AssociateDelegationRequest: NO_REQUEST,
  CreateDelegationRequest: 'for partners of AWS’s',
  CreateOpenIDConnectProvider: 'without a thumbprint one is made up: the provider is not asked',
  CreateVirtualMFADevice: 'the picture is empty',
  DisableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  DisableOrganizationsRootSessions: NO_ORGANIZATION,
  EnableMFADevice: 'any codes are taken',
  EnableOrganizationsRootCredentialsManagement: NO_ORGANIZATION,
  EnableOrganizationsRootSessions: NO_ORGANIZATION,
  GenerateOrganizationsAccessReport: NO_REPORT,
  GetAccountProperties: NO_PROPERTIES,
  GetDelegationRequest: NO_REQUEST,
  GetHumanReadableSummary: NO_REQUEST,
  GetOrganizationsAccessReport: 'always NoSuchEntityException: there are no organizations',
  GetRoleTemplateVersion: NO_TEMPLATE,
  GetServiceLastAccessedDetails: 'tells what policies allow, and of no access',
  GetServiceLastAccessedDetailsWithEntities: 'tells of no access',
  ListDelegationRequests: 'always empty',
  ListOrganizationsFeatures: NO_ORGANIZATION,
  PutAccountProperties: NO_PROPERTIES,
  RejectDelegationRequest: NO_REQUEST,
  SendDelegationToken: NO_REQUEST,
  UpdateDelegationRequest: NO_REQUEST,
  UploadServerCertificate: 'the private key is checked and not kept',
};
