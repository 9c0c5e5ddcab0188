import type { StartLiveTailCommandInput, StartLiveTailCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { liveTail } from '../live-tail.ts';
import { groupIdentified, type Logs } from '../logs.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html */
export function startLiveTail(logs: Logs): Operation<StartLiveTailCommandInput, StartLiveTailCommandOutput> {
  return (input, call) => {
    const identifiers = input.logGroupIdentifiers!;
    const { logStreamNames = [], logStreamNamePrefixes = [], logEventFilterPattern = '' } = input;
    if (logStreamNames.length > 0 && logStreamNamePrefixes.length > 0) {
      throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
    }
    if (identifiers.length > 1 && logStreamNames.length + logStreamNamePrefixes.length > 0) {
      throw invalidParameter('Log streams can be specified only with exactly one log group.');
    }
    const notArn = identifiers.find((identifier) => !identifier.startsWith('arn:'));
    if (notArn !== undefined) throw invalidParameter(`Invalid log group ARN: ${notArn}`);
    const request = {
      groups: identifiers.map((identifier) => groupIdentified(logs, call, identifier)),
      identifiers,
      streamNames: logStreamNames,
      streamPrefixes: logStreamNamePrefixes,
      patternText: logEventFilterPattern,
      pattern: readFilterPattern(logEventFilterPattern),
    };
    return { responseStream: liveTail(logs, request, call) };
  };
}
