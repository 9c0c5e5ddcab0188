import {
  type GetWebIdentityTokenCommandInput,
  type GetWebIdentityTokenCommandOutput,
  OutboundWebIdentityFederationDisabledException,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { validationError } from '../errors.ts';

const ALGORITHMS = ['RS256', 'ES384'];

/**
 * As in every account in which nobody has called IAM's EnableOutboundWebIdentityFederation.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function getWebIdentityToken(): Operation<
  GetWebIdentityTokenCommandInput,
  GetWebIdentityTokenCommandOutput
> {
  return ({ SigningAlgorithm }) => {
    if (!ALGORITHMS.includes(SigningAlgorithm!)) {
      throw validationError(`SigningAlgorithm must be one of ${ALGORITHMS.join(', ')}`);
    }
    throw new OutboundWebIdentityFederationDisabledException({
      message: 'Outbound web identity federation is not enabled for this account',
      $metadata: {},
    });
  };
}
