import {
  ExpiredTradeInTokenException,
  type GetDelegatedAccessTokenCommandInput,
  type GetDelegatedAccessTokenCommandOutput,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';

/**
 * Trade-in tokens come from AWS's partners, and none of them issues one for a local account: each is past its use.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html
 */
export function getDelegatedAccessToken(): Operation<
  GetDelegatedAccessTokenCommandInput,
  GetDelegatedAccessTokenCommandOutput
> {
  return () => {
    throw new ExpiredTradeInTokenException({ message: 'The trade-in token is expired', $metadata: {} });
  };
}
