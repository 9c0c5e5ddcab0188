import type { AssumeRootCommandInput, AssumeRootCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied, validationError } from '../errors.ts';
import { callerSession, issue, type Sts } from '../sts.ts';

const USUAL_DURATION = 900;
const TASK_POLICY = /^arn:aws[\w-]*:iam::aws:policy\/root-task\/(\w+)$/;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html */
const TASKS: Readonly<Record<string, string>> = {
  IAMAuditRootUserCredentials:
    'iam:GetUser iam:GetLoginProfile iam:GetAccessKeyLastUsed iam:GetAccountSummary iam:ListAccessKeys iam:ListSigningCertificates iam:ListMFADevices',
  IAMCreateRootUserPassword: 'iam:CreateLoginProfile iam:GetLoginProfile',
  IAMDeleteRootUserCredentials:
    'iam:DeleteAccessKey iam:DeleteSigningCertificate iam:DeleteLoginProfile iam:DeactivateMFADevice iam:DeleteVirtualMFADevice iam:GetUser iam:GetLoginProfile iam:ListAccessKeys iam:ListSigningCertificates iam:ListMFADevices',
  S3UnlockBucketPolicy: 's3:DeleteBucketPolicy s3:PutBucketPolicy s3:GetBucketPolicy s3:ListAllMyBuckets',
  SQSUnlockQueuePolicy: 'sqs:SetQueueAttributes sqs:GetQueueAttributes sqs:ListQueues sqs:GetQueueUrl',
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
export function assumeRoot(sts: Sts): Operation<AssumeRootCommandInput, AssumeRootCommandOutput> {
  return (input, call) => {
    const { TargetPrincipal, TaskPolicyArn, DurationSeconds = USUAL_DURATION } = input;
    const account = /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(TargetPrincipal!)?.[1];
    if (account === undefined) throw validationError(`${TargetPrincipal} is not an account or its root`);
    const task = TASK_POLICY.exec(TaskPolicyArn?.arn ?? '')?.[1] ?? '';
    if (!Object.hasOwn(TASKS, task)) {
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
      session: {
        restrictions: [{ documents: [document(TASKS[task]!)], arns: [] }],
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      },
      minimumSize: input.MinimumSessionTokenSize,
    });
    return { ...issued, SourceIdentity: sourceIdentity };
  };
}

function document(actions: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions.split(' '), Resource: '*' }],
  });
}
