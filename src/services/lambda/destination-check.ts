import type { DestinationConfig } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import { invalidParameter } from './errors.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, isVersionNumber, LATEST } from './names.ts';

const KINDS = /^arn:[^:]+:(lambda|sqs|sns|events|s3):([^:]*):([^:]*):(.+)$/;

/**
 * Whether destinations of asynchronous invocations can be ones. Only functions are looked up.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @throws InvalidParameterValueException
 */
export function checkDestinations(
  lambda: Lambda,
  source: FunctionRef,
  config: DestinationConfig,
  call: Call,
): void {
  const { OnSuccess, OnFailure } = config;
  for (const destination of [OnSuccess, OnFailure]) {
    const arn = destination?.Destination;
    if (!arn) continue;
    const [, kind, region, account, rest] = KINDS.exec(arn) ?? [];
    if (kind === 'lambda') {
      checkFunction(lambda, source, { arn, region: region!, account: account!, rest: rest! }, call);
      continue;
    }
    if (kind === 'sns' && rest!.endsWith('.fifo')) {
      throw invalidParameter("FIFO-type Amazon SNS topics aren't supported as a destination.");
    }
    const supported =
      kind === 's3'
        ? destination === OnFailure
        : kind !== undefined && region === call.region && !(kind === 'sqs' && rest!.endsWith('.fifo'));
    if (!supported) {
      throw invalidParameter(`The provided destination config ${inJava(config)} is invalid.`);
    }
  }
}

interface FunctionDestination {
  arn: string;
  region: string;
  account: string;
  rest: string;
}

function checkFunction(
  { functions, aliases }: Lambda,
  source: FunctionRef,
  { arn, region, account, rest }: FunctionDestination,
  call: Call,
): void {
  const invalid = () => invalidParameter(`The destination ARN ${arn} is invalid.`);
  const [type, name, qualifier = LATEST] = rest.split(':');
  if (type !== 'function' || name === undefined || region !== call.region) throw invalid();
  const key = { scope: { account, region }, name };
  if (account === source.scope.account && name === source.name) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
  const version =
    qualifier === LATEST || isVersionNumber(qualifier) ? qualifier : aliases.get(key, qualifier)?.version;
  if (version === undefined || !functions.version(key, version)) throw invalid();
}

/** As AWS's message prints it. */
function inJava({ OnSuccess, OnFailure }: DestinationConfig): string {
  const shown = (name: string, destination: { Destination?: string | undefined } | undefined) =>
    destination ? `${name}(destination=${destination.Destination ?? 'null'})` : 'null';
  return `DestinationConfig(onSuccess=${shown('OnSuccess', OnSuccess)}, onFailure=${shown('OnFailure', OnFailure)})`;
}
