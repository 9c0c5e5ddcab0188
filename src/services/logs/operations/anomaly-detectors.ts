import { randomUUID } from 'node:crypto';
import type {
  AnomalyDetector,
  CreateLogAnomalyDetectorCommandInput,
  CreateLogAnomalyDetectorCommandOutput,
  DeleteLogAnomalyDetectorCommandInput,
  DeleteLogAnomalyDetectorCommandOutput,
  GetLogAnomalyDetectorCommandInput,
  GetLogAnomalyDetectorCommandOutput,
  ListAnomaliesCommandInput,
  ListAnomaliesCommandOutput,
  ListLogAnomalyDetectorsCommandInput,
  ListLogAnomalyDetectorsCommandOutput,
  UpdateAnomalyCommandInput,
  UpdateAnomalyCommandOutput,
  UpdateLogAnomalyDetectorCommandInput,
  UpdateLogAnomalyDetectorCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { checkStandardClass, groupIdentified, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { anomalyDetectors } from '../stored.ts';

const USUAL_VISIBILITY_DAYS = 21;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogAnomalyDetector.html */
export function createLogAnomalyDetector(
  logs: Logs,
): Operation<CreateLogAnomalyDetectorCommandInput, CreateLogAnomalyDetectorCommandOutput> {
  return (input, call) => {
    const [groupArn, another] = input.logGroupArnList!;
    if (another !== undefined) {
      throw invalidParameter('Only 1 log group arn is supported in the list.');
    }
    if (groupArn !== undefined) checkStandardClass(groupIdentified(logs, call, groupArn));
    if (input.filterPattern !== undefined) readFilterPattern(input.filterPattern);
    const id = randomUUID();
    const anomalyDetectorArn = resourceArn(call, 'anomaly-detector', id);
    const now = call.clock.now();
    logs.database.transaction(() => {
      anomalyDetectors(logs).put(call, '', id, {
        anomalyDetectorArn,
        detectorName: input.detectorName,
        logGroupArnList: input.logGroupArnList,
        evaluationFrequency: input.evaluationFrequency ?? 'FIFTEEN_MIN',
        filterPattern: input.filterPattern,
        anomalyDetectorStatus: 'TRAINING',
        kmsKeyId: input.kmsKeyId,
        creationTimeStamp: now,
        lastModifiedTimeStamp: now,
        anomalyVisibilityTime: input.anomalyVisibilityTime ?? USUAL_VISIBILITY_DAYS,
      });
      logs.tags.put(call, anomalyDetectorArn, input.tags ?? {});
    });
    return { anomalyDetectorArn };
  };
}

function detectorAt(logs: Logs, call: Call, arn: string): { id: string; detector: AnomalyDetector } {
  const id = arn.split(':anomaly-detector:')[1] ?? '';
  const detector = anomalyDetectors(logs).get(call, '', id);
  if (detector?.anomalyDetectorArn !== arn) throw notFound('The specified anomaly detector does not exist.');
  return { id, detector };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogAnomalyDetector.html */
export function getLogAnomalyDetector(
  logs: Logs,
): Operation<GetLogAnomalyDetectorCommandInput, GetLogAnomalyDetectorCommandOutput> {
  return ({ anomalyDetectorArn }, call) => detectorAt(logs, call, anomalyDetectorArn!).detector;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogAnomalyDetectors.html */
export function listLogAnomalyDetectors(
  logs: Logs,
): Operation<ListLogAnomalyDetectorsCommandInput, ListLogAnomalyDetectorsCommandOutput> {
  return (input, call) => {
    const { filterLogGroupArn: group } = input;
    const found = anomalyDetectors(logs)
      .ofParent(call, '')
      .filter(({ logGroupArnList }) => group === undefined || logGroupArnList!.includes(group));
    const page = pageOf('ListLogAnomalyDetectors', found, (it) => it.anomalyDetectorArn!, input);
    return { anomalyDetectors: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateLogAnomalyDetector.html */
export function updateLogAnomalyDetector(
  logs: Logs,
): Operation<UpdateLogAnomalyDetectorCommandInput, UpdateLogAnomalyDetectorCommandOutput> {
  return (input, call) => {
    const { evaluationFrequency, filterPattern, anomalyVisibilityTime, enabled } = input;
    const { id, detector } = detectorAt(logs, call, input.anomalyDetectorArn!);
    if (filterPattern !== undefined) readFilterPattern(filterPattern);
    anomalyDetectors(logs).put(call, '', id, {
      ...detector,
      ...(evaluationFrequency && { evaluationFrequency }),
      ...(filterPattern !== undefined && { filterPattern }),
      ...(anomalyVisibilityTime !== undefined && { anomalyVisibilityTime }),
      anomalyDetectorStatus: enabled ? 'TRAINING' : 'PAUSED',
      lastModifiedTimeStamp: call.clock.now(),
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogAnomalyDetector.html */
export function deleteLogAnomalyDetector(
  logs: Logs,
): Operation<DeleteLogAnomalyDetectorCommandInput, DeleteLogAnomalyDetectorCommandOutput> {
  return ({ anomalyDetectorArn }, call) => {
    const { id } = detectorAt(logs, call, anomalyDetectorArn!);
    anomalyDetectors(logs).delete(call, '', id);
    logs.tags.deleteAll(call, anomalyDetectorArn!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListAnomalies.html */
export function listAnomalies(logs: Logs): Operation<ListAnomaliesCommandInput, ListAnomaliesCommandOutput> {
  return ({ anomalyDetectorArn }, call) => {
    if (anomalyDetectorArn !== undefined) detectorAt(logs, call, anomalyDetectorArn);
    return { anomalies: [] };
  };
}

/**
 * Checked, and never found, as no anomaly ever is.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateAnomaly.html
 */
export function updateAnomaly(logs: Logs): Operation<UpdateAnomalyCommandInput, UpdateAnomalyCommandOutput> {
  return ({ anomalyId, patternId, anomalyDetectorArn }, call) => {
    if ((anomalyId === undefined) === (patternId === undefined)) {
      throw invalidParameter('You must specify either anomalyId or patternId, but not both.');
    }
    detectorAt(logs, call, anomalyDetectorArn!);
    throw notFound(`The specified ${anomalyId === undefined ? 'pattern' : 'anomaly'} does not exist.`);
  };
}
