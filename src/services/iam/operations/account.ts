import type {
  CreateAccountAliasCommandInput,
  DeleteAccountAliasCommandInput,
  DeleteAccountPasswordPolicyCommandInput,
  GetAccountPasswordPolicyCommandInput,
  GetAccountPasswordPolicyCommandOutput,
  GetAccountSummaryCommandInput,
  GetAccountSummaryCommandOutput,
  ListAccountAliasesCommandInput,
  ListAccountAliasesCommandOutput,
  SetSecurityTokenServicePreferencesCommandInput,
  UpdateAccountPasswordPolicyCommandInput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, noSuch, noSuchEntity } from '../errors.ts';
import { homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { pageOf } from '../paging.ts';
import type { PasswordPolicy } from '../store/settings.ts';

const SHORTEST_PASSWORD = 6;

/** A new alias takes the place of the old one, as an account has one at most. */
export function createAccountAlias({ store }: Iam): Operation<CreateAccountAliasCommandInput, object> {
  return ({ AccountAlias }, call) => {
    const home = homeOf(call);
    const owners = store.settings.owners('alias', AccountAlias!);
    if (owners.some(({ account, partition }) => partition === home.partition && account !== home.account)) {
      throw alreadyExists(`The account alias ${AccountAlias} already exists.`);
    }
    store.settings.set(home, 'alias', AccountAlias!);
    return {};
  };
}

export function listAccountAliases({
  store,
}: Iam): Operation<ListAccountAliasesCommandInput, ListAccountAliasesCommandOutput> {
  return (input, call) => {
    const alias = store.settings.get(homeOf(call), 'alias');
    const { items, rest } = pageOf(alias === undefined ? [] : [alias], input, (name) => name);
    return { AccountAliases: items, ...rest };
  };
}

export function deleteAccountAlias({ store }: Iam): Operation<DeleteAccountAliasCommandInput, object> {
  return ({ AccountAlias }, call) => {
    const home = homeOf(call);
    if (store.settings.get(home, 'alias') !== AccountAlias) {
      throw noSuch('Account Alias', AccountAlias!);
    }
    store.settings.remove(home, 'alias');
    return {};
  };
}

/** What is not said goes back to what it is without a policy. */
export function updateAccountPasswordPolicy({
  store,
}: Iam): Operation<UpdateAccountPasswordPolicyCommandInput, object> {
  return (input, call) => {
    const policy: PasswordPolicy = {
      minimumLength: input.MinimumPasswordLength ?? SHORTEST_PASSWORD,
      symbols: input.RequireSymbols ?? false,
      numbers: input.RequireNumbers ?? false,
      uppercase: input.RequireUppercaseCharacters ?? false,
      lowercase: input.RequireLowercaseCharacters ?? false,
      usersMayChange: input.AllowUsersToChangePassword ?? false,
      maxAge: input.MaxPasswordAge,
      reusePrevention: input.PasswordReusePrevention,
      hardExpiry: input.HardExpiry,
    };
    store.settings.set(homeOf(call), 'password-policy', policy);
    return {};
  };
}

export function getAccountPasswordPolicy({
  store,
}: Iam): Operation<GetAccountPasswordPolicyCommandInput, GetAccountPasswordPolicyCommandOutput> {
  return (_input, call) => {
    const policy = store.settings.get(homeOf(call), 'password-policy');
    if (!policy) {
      throw noSuchEntity(`The Password Policy with domain name ${call.account} cannot be found.`);
    }
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.minimumLength,
        RequireSymbols: policy.symbols,
        RequireNumbers: policy.numbers,
        RequireUppercaseCharacters: policy.uppercase,
        RequireLowercaseCharacters: policy.lowercase,
        AllowUsersToChangePassword: policy.usersMayChange,
        ExpirePasswords: policy.maxAge !== undefined && policy.maxAge > 0,
        MaxPasswordAge: policy.maxAge,
        PasswordReusePrevention: policy.reusePrevention,
        HardExpiry: policy.hardExpiry,
      },
    };
  };
}

export function deleteAccountPasswordPolicy({
  store,
}: Iam): Operation<DeleteAccountPasswordPolicyCommandInput, object> {
  return (_input, call) => {
    if (!store.settings.remove(homeOf(call), 'password-policy')) {
      throw noSuch('account policy', 'PasswordPolicy');
    }
    return {};
  };
}

export function setSecurityTokenServicePreferences({
  store,
}: Iam): Operation<SetSecurityTokenServicePreferencesCommandInput, object> {
  return ({ GlobalEndpointTokenVersion }, call) => {
    store.settings.set(homeOf(call), 'token-version', GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1);
    return {};
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const QUOTAS = {
  AccessKeysPerUserQuota: 2,
  AssumeRolePolicySizeQuota: 2048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  GroupPolicySizeQuota: 5120,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfilesQuota: 1000,
  PoliciesQuota: 1500,
  PolicySizeQuota: 6144,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: 10_240,
  RolesQuota: 1000,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2048,
  UsersQuota: 5000,
  VersionsPerPolicyQuota: 5,
};

export function getAccountSummary({
  store,
}: Iam): Operation<GetAccountSummaryCommandInput, GetAccountSummaryCommandOutput> {
  return (_input, call) => {
    const home = homeOf(call);
    const devices = store.mfaDevices.list(home);
    const attached = [...store.attachments.counts(home).keys()];
    return {
      SummaryMap: {
        ...QUOTAS,
        AccountAccessKeysPresent: store.accessKeys.of(home, undefined).length > 0 ? 1 : 0,
        AccountMFAEnabled: devices.some(({ user }) => user === home.account) ? 1 : 0,
        AccountPasswordPresent: 0,
        AccountSigningCertificatesPresent: 0,
        GlobalEndpointTokenVersion: store.settings.get(home, 'token-version') ?? 1,
        Groups: store.groups.count(home),
        InstanceProfiles: store.instanceProfiles.count(home),
        MFADevices: devices.length,
        MFADevicesInUse: devices.filter(({ user }) => user !== undefined).length,
        Policies: store.policies.count(home),
        PolicyVersionsInUse: attached.length,
        Providers: store.oidcProviders.count(home) + store.samlProviders.count(home),
        Roles: store.roles.count(home),
        ServerCertificates: store.serverCertificates.count(home),
        Users: store.users.count(home),
      } as GetAccountSummaryCommandOutput['SummaryMap'],
    };
  };
}
