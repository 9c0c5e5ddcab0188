import type {
  DeleteTransformerCommandInput,
  DeleteTransformerCommandOutput,
  GetTransformerCommandInput,
  GetTransformerCommandOutput,
  Processor,
  PutTransformerCommandInput,
  PutTransformerCommandOutput,
  TestTransformerCommandInput,
  TestTransformerCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { TimeGuard, TookTooLong } from '../insights/time-guard.ts';
import { checkStandardClass, groupIdentified, type Logs } from '../logs.ts';
import { transformers } from '../stored.ts';
import { TransformerProblem } from '../transform/event.ts';
import { EventTransformer } from '../transform/transformer.ts';

const LONGEST_TEST = 1_000;
const UNKNOWN = 'The specified transformer does not exist.';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutTransformer.html */
export function putTransformer(
  logs: Logs,
): Operation<PutTransformerCommandInput, PutTransformerCommandOutput> {
  return ({ logGroupIdentifier, transformerConfig }, call) => {
    const group = groupIdentified(logs, call, logGroupIdentifier!);
    checkStandardClass(group);
    readTransformer(transformerConfig!);
    const { name } = group;
    const now = call.clock.now();
    const before = transformers(logs).get(call, name, '');
    transformers(logs).put(call, name, '', {
      logGroupIdentifier: groupArn(call, name),
      creationTime: before?.creationTime ?? now,
      lastModifiedTime: now,
      transformerConfig: transformerConfig!,
    });
    logs.transformers.changed();
    return {};
  };
}

/** @throws InvalidParameterException for one that is no transformer */
function readTransformer(config: readonly Processor[]): EventTransformer {
  try {
    return new EventTransformer(config);
  } catch (error) {
    if (error instanceof TransformerProblem) throw invalidParameter(error.message);
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetTransformer.html */
export function getTransformer(
  logs: Logs,
): Operation<GetTransformerCommandInput, GetTransformerCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    const transformer = transformers(logs).get(call, name, '');
    if (!transformer) throw notFound(UNKNOWN);
    return transformer;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteTransformer.html */
export function deleteTransformer(
  logs: Logs,
): Operation<DeleteTransformerCommandInput, DeleteTransformerCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    if (!transformers(logs).delete(call, name, '')) throw notFound(UNKNOWN);
    logs.transformers.changed();
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestTransformer.html */
export function testTransformer(): Operation<TestTransformerCommandInput, TestTransformerCommandOutput> {
  const guard = new TimeGuard(LONGEST_TEST);
  return ({ transformerConfig, logEventMessages }, call) => {
    const transformer = readTransformer(transformerConfig!);
    const transform = (message: string) => transformer.transform({ message, ...placeOfTests(call) });
    try {
      const transformedLogs = guard.run(() =>
        logEventMessages!.map((eventMessage, index) => ({
          eventNumber: index + 1,
          eventMessage,
          transformedEventMessage: transform(eventMessage),
        })),
      );
      return { transformedLogs };
    } catch (error) {
      if (error instanceof TookTooLong) throw invalidParameter('The transformer takes too long.');
      throw error;
    }
  };
}

/** There is no group that the events could be of. */
function placeOfTests({ account, region }: Call) {
  return { account, region, group: 'TestLogGroup', stream: 'TestLogStream' };
}
