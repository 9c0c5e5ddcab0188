import type { Call } from '../../aws/call.ts';
import type { Permission } from '../../aws/service.ts';

/** Those that anyone may call who has credentials, and AssumeRole, which looks at the role's trust by itself. */
const FREE = new Set([
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'GetCallerIdentity',
  'GetScopedCredentials',
  'GetSessionToken',
]);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export function stsPermission(operation: string, input: object, call: Call): Permission[] {
  if (FREE.has(operation)) return [];
  const action = `sts:${operation}`;
  if (operation === 'GetFederationToken' && 'Name' in input) {
    const { partition, account } = call;
    return [{ action, resource: `arn:${partition}:sts::${account}:federated-user/${String(input.Name)}` }];
  }
  return [{ action, resource: '*' }];
}
