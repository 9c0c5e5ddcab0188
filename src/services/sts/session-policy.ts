import {
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  type PolicyDescriptorType,
} from '@aws-sdk/client-sts';
import type { Session } from '../../aws/session-token.ts';
import { validationError } from './errors.ts';

const LARGEST_POLICY = 2048;
const MOST_POLICIES = 10;

/**
 * Checks the policies that restrict a session. The answer tells how much of what may be passed they use, in per cent;
 * undefined where there are none.
 *
 * @throws MalformedPolicyDocumentException, PackedPolicyTooLargeException
 */
export function packedPolicySize(
  policy: string | undefined,
  policyArns: readonly PolicyDescriptorType[] | undefined,
  tagBytes = 0,
): number | undefined {
  if (policy !== undefined) checkPolicy(policy);
  if (policyArns && policyArns.length > MOST_POLICIES) {
    throw validationError(`Cannot pass more than ${MOST_POLICIES} managed session policies`);
  }
  const arns = (policyArns ?? []).reduce((sum, { arn = '' }) => sum + arn.length, 0);
  const bytes = (policy?.length ?? 0) + arns + tagBytes;
  if (bytes === 0) return undefined;
  const percent = Math.ceil((bytes / LARGEST_POLICY) * 100);
  if (percent > 100) {
    throw new PackedPolicyTooLargeException({
      message: `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
      $metadata: {},
    });
  }
  return percent;
}

/** How a session is to be restricted by the policies that were passed, if there were any. */
export function restrictionsOf(
  policy: string | undefined,
  policyArns: readonly PolicyDescriptorType[] | undefined,
): Pick<Session, 'restrictions'> {
  const arns = (policyArns ?? []).flatMap(({ arn }) => arn ?? []);
  const documents = policy === undefined ? [] : [policy];
  return documents.length + arns.length === 0 ? {} : { restrictions: [{ documents, arns }] };
}

function checkPolicy(policy: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || !('Statement' in parsed)) {
    throw malformed('Syntax errors in policy.');
  }
}

function malformed(message: string): MalformedPolicyDocumentException {
  return new MalformedPolicyDocumentException({ message, $metadata: {} });
}
