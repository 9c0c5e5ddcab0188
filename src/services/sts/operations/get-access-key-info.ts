import type { GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput } from '@aws-sdk/client-sts';
import { accountOfAccessKey } from '../../../aws/access-key.ts';
import type { Operation } from '../../../aws/service.ts';
import { validationError } from '../errors.ts';

/**
 * The account is written into the key itself, so this also knows keys of real accounts.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
 */
export function getAccessKeyInfo(): Operation<GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput> {
  return ({ AccessKeyId }) => {
    const account = accountOfAccessKey(AccessKeyId!);
    if (account === undefined) throw validationError('Invalid Access Key');
    return { Account: account };
  };
}
