import type { Call, Principal } from '../../aws/call.ts';
import { RequestContext } from './policy/context.ts';

/**
 * The keys of conditions that a call has a value for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function callContext(
  { caller, service, clock, region }: Call,
  tags: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string | readonly string[]>> = {},
): RequestContext {
  const now = clock.now();
  return new RequestContext([
    ['aws:CurrentTime', new Date(now).toISOString()],
    ['aws:EpochTime', String(Math.floor(now / 1000))],
    ...(service
      ? ([
          ['aws:SourceArn', service.sourceArn],
          ['aws:SourceAccount', service.sourceAccount],
          ['aws:PrincipalIsAWSService', 'true'],
          ['aws:PrincipalServiceName', service.principals[0]],
          ['aws:PrincipalServiceNamesList', service.principals],
        ] as const)
      : ([
          ['aws:PrincipalArn', caller.arn],
          ['aws:PrincipalAccount', caller.account],
          ['aws:PrincipalType', TYPES[caller.kind]],
          ['aws:PrincipalIsAWSService', 'false'],
          ['aws:userid', caller.userId],
          [
            'aws:username',
            caller.kind === 'user' ? caller.arn.slice(caller.arn.lastIndexOf('/') + 1) : undefined,
          ],
        ] as const)),
    ['aws:RequestedRegion', region],
    ['aws:SourceIp', '127.0.0.1'],
    ['aws:SecureTransport', 'false'],
    ...Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const),
    ...Object.entries(more),
  ]);
}

const TYPES: Readonly<Record<Principal['kind'], string>> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
};
