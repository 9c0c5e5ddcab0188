import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { WireError } from '../../../aws/errors.ts';
import type { Operation } from '../../../aws/service.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function getCallerIdentity(): Operation<
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput
> {
  return (_input, { caller: { userId, account, arn }, accessKeyId }) => {
    if (accessKeyId === undefined) {
      throw new WireError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
    }
    return { UserId: userId, Account: account, Arn: arn };
  };
}
