import type { Call } from '../../aws/call.ts';
import { invalidParameter } from './errors.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, isVersionNumber, LATEST } from './names.ts';

const KINDS = /^arn:[^:]+:(lambda|sqs|sns|events|s3):([^:]*):([^:]*):(.+)$/;

/**
 * Whether a destination of asynchronous invocations can be one. Only functions are looked up.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function checkDestination(
  { functions, aliases }: Lambda,
  source: FunctionRef,
  arn: string,
  call: Call,
): void {
  const match = KINDS.exec(arn);
  if (!match) throw invalid(arn);
  const [, kind, region, account, rest] = match;
  if (kind !== 'lambda') {
    if (kind === 'sqs' && rest!.endsWith('.fifo')) throw invalid(arn);
    return;
  }
  const [type, name, qualifier = LATEST] = rest!.split(':');
  if (type !== 'function' || name === undefined || region !== call.region) throw invalid(arn);
  const key = { scope: { account: account!, region }, name };
  if (account === source.scope.account && name === source.name) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
  const version =
    qualifier === LATEST || isVersionNumber(qualifier) ? qualifier : aliases.get(key, qualifier)?.version;
  if (version === undefined || !functions.version(key, version)) throw invalid(arn);
}

function invalid(arn: string): Error {
  return invalidParameter(`The destination ARN ${arn} is invalid.`);
}
