import type { AssumeRootCommandInput, AssumeRootCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied, validationError } from '../errors.ts';
import { callerSession, issue, type Sts } from '../sts.ts';

const USUAL_DURATION = 900;
const TASK_POLICY =
  /^arn:aws[\w-]*:iam::aws:policy\/root-task\/(IAMAuditRootUserCredentials|IAMCreateRootUserPassword|IAMDeleteRootUserCredentials|S3UnlockBucketPolicy|SQSUnlockQueuePolicy)$/;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
export function assumeRoot(sts: Sts): Operation<AssumeRootCommandInput, AssumeRootCommandOutput> {
  return (input, call) => {
    const { TargetPrincipal, TaskPolicyArn, DurationSeconds = USUAL_DURATION } = input;
    const account = /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(TargetPrincipal!)?.[1];
    if (account === undefined) throw validationError(`${TargetPrincipal} is not an account or its root`);
    if (!TASK_POLICY.test(TaskPolicyArn?.arn ?? '')) {
      throw accessDenied(`${TaskPolicyArn?.arn} is not a policy that sessions of root may have`);
    }
    const sourceIdentity = callerSession(sts, call)?.sourceIdentity;
    const issued = issue(sts, {
      principal: {
        kind: 'root',
        account,
        arn: `arn:${call.partition}:iam::${account}:root`,
        userId: account,
      },
      expires: call.clock.now() + DurationSeconds * 1000,
      session: sourceIdentity === undefined ? {} : { sourceIdentity },
      minimumSize: input.MinimumSessionTokenSize,
    });
    return { ...issued, SourceIdentity: sourceIdentity };
  };
}
