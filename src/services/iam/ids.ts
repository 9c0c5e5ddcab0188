import { randomBytes } from 'node:crypto';
import { base32, newAccessKeyId } from '../../aws/access-key.ts';

/**
 * What AWS puts in front of ids.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export type IdPrefix =
  | 'ABIA'
  | 'ACCA'
  | 'AGPA'
  | 'AIDA'
  | 'AIPA'
  | 'ANPA'
  | 'ANVA'
  | 'APKA'
  | 'AROA'
  | 'ASCA';

/** Twenty-one characters that tell the account, as AWS's do. */
export function newId(prefix: IdPrefix, account: string): string {
  return newAccessKeyId(prefix, account) + base32(randomBytes(1))[0];
}
