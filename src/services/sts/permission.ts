import type { GetWebIdentityTokenCommandInput } from '@aws-sdk/client-sts';
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

/** Of GetWebIdentityToken, in seconds, where nothing else is asked for. */
export const USUAL_TOKEN_DURATION = 300;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export function stsPermission(operation: string, input: object, call: Call): Permission[] {
  if (FREE.has(operation)) return [];
  const action = `sts:${operation}`;
  if (operation === 'GetFederationToken' && 'Name' in input) {
    const { partition, account } = call;
    return [{ action, resource: `arn:${partition}:sts::${account}:federated-user/${String(input.Name)}` }];
  }
  if (operation === 'GetWebIdentityToken') return tokenPermission(action, input);
  return [{ action, resource: '*' }];
}

/** Tags need a right of their own. */
function tokenPermission(action: string, input: Partial<GetWebIdentityTokenCommandInput>): Permission[] {
  const { Audience = [], SigningAlgorithm = '', DurationSeconds = USUAL_TOKEN_DURATION, Tags = [] } = input;
  const context = {
    'sts:IdentityTokenAudience': Audience,
    'sts:SigningAlgorithm': SigningAlgorithm,
    'sts:DurationSeconds': String(DurationSeconds),
    'sts:SubjectMode': input.SubjectMode ?? 'AWSIdentity',
    ...(Tags.length > 0 ? { 'aws:TagKeys': Tags.map(({ Key }) => Key!) } : {}),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value!])),
  };
  const actions = Tags.length > 0 ? [action, 'sts:TagGetWebIdentityToken'] : [action];
  return actions.map((one) => ({ action: one, resource: '*', context }));
}
