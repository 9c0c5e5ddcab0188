import { type Iam, instanceProfileNamed } from '../iam.ts';
import type { InstanceProfile } from '../store/model.ts';
import {
  createAccountAlias,
  deleteAccountAlias,
  deleteAccountPasswordPolicy,
  getAccountPasswordPolicy,
  getAccountSummary,
  listAccountAliases,
  setSecurityTokenServicePreferences,
  updateAccountPasswordPolicy,
} from './account.ts';
import { getAccountAuthorizationDetails } from './authorization-details.ts';
import { getContextKeysForCustomPolicy, getContextKeysForPrincipalPolicy } from './context-keys.ts';
import { generateCredentialReport, getCredentialReport } from './credential-report.ts';
import { listEntitiesForPolicy } from './entities-for-policy.ts';
import {
  addRoleToInstanceProfile,
  createInstanceProfile,
  deleteInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  removeRoleFromInstanceProfile,
} from './instance-profiles.ts';
import {
  generateServiceLastAccessedDetails,
  getServiceLastAccessedDetails,
  getServiceLastAccessedDetailsWithEntities,
  listPoliciesGrantingServiceAccess,
} from './last-accessed.ts';
import { getOrganizationsAccessReport, withoutOrganization } from './organizations.ts';
import {
  createServiceLinkedRole,
  deleteServiceLinkedRole,
  getServiceLinkedRoleDeletionStatus,
} from './service-linked-roles.ts';
import { simulateCustomPolicy, simulatePrincipalPolicy } from './simulate.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';

/** What is of the account as a whole, and what looks at all of it. */
export function accountOperations(iam: Iam) {
  return {
    CreateAccountAlias: createAccountAlias(iam),
    ListAccountAliases: listAccountAliases(iam),
    DeleteAccountAlias: deleteAccountAlias(iam),
    UpdateAccountPasswordPolicy: updateAccountPasswordPolicy(iam),
    GetAccountPasswordPolicy: getAccountPasswordPolicy(iam),
    DeleteAccountPasswordPolicy: deleteAccountPasswordPolicy(iam),
    GetAccountSummary: getAccountSummary(iam),
    SetSecurityTokenServicePreferences: setSecurityTokenServicePreferences(iam),
    ListOrganizationsFeatures: withoutOrganization,
    EnableOrganizationsRootCredentialsManagement: withoutOrganization,
    DisableOrganizationsRootCredentialsManagement: withoutOrganization,
    EnableOrganizationsRootSessions: withoutOrganization,
    DisableOrganizationsRootSessions: withoutOrganization,
    GetOrganizationsAccessReport: getOrganizationsAccessReport,
    GetAccountAuthorizationDetails: getAccountAuthorizationDetails(iam),
    GenerateCredentialReport: generateCredentialReport(iam),
    GetCredentialReport: getCredentialReport(iam),
    GenerateServiceLastAccessedDetails: generateServiceLastAccessedDetails(iam),
    GetServiceLastAccessedDetails: getServiceLastAccessedDetails(iam),
    GetServiceLastAccessedDetailsWithEntities: getServiceLastAccessedDetailsWithEntities(iam),
    ListPoliciesGrantingServiceAccess: listPoliciesGrantingServiceAccess(iam),
    ListEntitiesForPolicy: listEntitiesForPolicy(iam),
    SimulateCustomPolicy: simulateCustomPolicy(),
    SimulatePrincipalPolicy: simulatePrincipalPolicy(iam),
    GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy(),
    GetContextKeysForPrincipalPolicy: getContextKeysForPrincipalPolicy(iam),
    CreateServiceLinkedRole: createServiceLinkedRole(iam),
    DeleteServiceLinkedRole: deleteServiceLinkedRole(iam),
    GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus(),
  };
}

export function instanceProfileOperations(iam: Iam) {
  const profiles: Taggable<{ InstanceProfileName: string | undefined }, InstanceProfile> = {
    table: iam.store.instanceProfiles,
    style: 'case-sensitive',
    find: (home, { InstanceProfileName }) => instanceProfileNamed(iam, home, InstanceProfileName!),
  };
  return {
    CreateInstanceProfile: createInstanceProfile(iam),
    GetInstanceProfile: getInstanceProfile(iam),
    ListInstanceProfiles: listInstanceProfiles(iam),
    ListInstanceProfilesForRole: listInstanceProfilesForRole(iam),
    DeleteInstanceProfile: deleteInstanceProfile(iam),
    AddRoleToInstanceProfile: addRoleToInstanceProfile(iam),
    RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile(iam),
    TagInstanceProfile: tag(profiles),
    UntagInstanceProfile: untag(profiles),
    ListInstanceProfileTags: listTags(profiles),
  };
}
