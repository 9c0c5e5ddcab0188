import {
  type DecodeAuthorizationMessageCommandInput,
  type DecodeAuthorizationMessageCommandOutput,
  InvalidAuthorizationMessageException,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';

/**
 * Nothing here is ever refused for lack of rights, so that no message was ever encoded: each is one of somebody else's.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
export function decodeAuthorizationMessage(): Operation<
  DecodeAuthorizationMessageCommandInput,
  DecodeAuthorizationMessageCommandOutput
> {
  return () => {
    throw new InvalidAuthorizationMessageException({ message: 'Message is not valid', $metadata: {} });
  };
}
