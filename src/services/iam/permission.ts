import type { Call } from '../../aws/call.ts';
import type { Permission } from '../../aws/service.ts';
import { arnOf, type Home, homeOf } from './home.ts';
import { groupArn, type Iam, roleArn, userArn } from './iam.ts';
import { policyArn } from './managed-policies.ts';

type Input = Readonly<Record<string, unknown>>;

/** The member that says what an operation is about, in the order in which they are looked for, and its ARN. */
const RESOURCES: readonly (readonly [
  member: string,
  arn: (iam: Iam, home: Home, name: string, path: string) => string,
])[] = [
  [
    'RoleName',
    (iam, home, name, path) => {
      const role = iam.store.roles.find(home, name);
      return role ? roleArn(home, role) : arnOf(home, 'role', path, name);
    },
  ],
  [
    'GroupName',
    (iam, home, name, path) => {
      const group = iam.store.groups.find(home, name);
      return group ? groupArn(home, group) : arnOf(home, 'group', path, name);
    },
  ],
  [
    'UserName',
    (iam, home, name, path) => {
      const user = iam.store.users.find(home, name);
      return user ? userArn(home, user) : arnOf(home, 'user', path, name);
    },
  ],
  [
    'InstanceProfileName',
    (iam, home, name, path) => {
      const profile = iam.store.instanceProfiles.find(home, name);
      return arnOf(home, 'instance-profile', profile?.path ?? path, profile?.name ?? name);
    },
  ],
  [
    'ServerCertificateName',
    (iam, home, name, path) => {
      const found = iam.store.serverCertificates.find(home, name);
      return arnOf(home, 'server-certificate', found?.path ?? path, found?.name ?? name);
    },
  ],
  ['PolicyArn', (_iam, _home, arn) => arn],
  ['PolicySourceArn', (_iam, _home, arn) => arn],
  ['OpenIDConnectProviderArn', (_iam, _home, arn) => arn],
  ['SAMLProviderArn', (_iam, _home, arn) => arn],
  ['SerialNumber', (_iam, _home, arn) => arn],
  [
    'PolicyName',
    (iam, home, name, path) => {
      const policy = iam.store.policies.find(home, name);
      return policy ? policyArn(home, policy) : arnOf(home, 'policy', path, name);
    },
  ],
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export function iamPermission(iam: Iam): (operation: string, input: Input, call: Call) => Permission[] {
  return (operation, input, call) => {
    const home = homeOf(call);
    const path = typeof input.Path === 'string' ? input.Path : '/';
    for (const [member, arn] of RESOURCES) {
      const name = input[member];
      if (typeof name !== 'string') continue;
      return [{ action: `iam:${operation}`, resource: arn(iam, home, name, path) }];
    }
    return [{ action: `iam:${operation}`, resource: ownResource(operation, call) }];
  };
}

/** What is left out stands for the caller, as far as it can. */
function ownResource(operation: string, { caller }: Call): string {
  const own =
    /^(GetUser|(Create|List|Delete|Update)(AccessKeys?|LoginProfile|SigningCertificates?)|ChangePassword|ListMFADevices)$/;
  return caller.kind === 'user' && own.test(operation) ? caller.arn : '*';
}
