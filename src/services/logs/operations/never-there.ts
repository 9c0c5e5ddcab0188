import type {
  CancelImportTaskCommandInput,
  DeleteSyslogConfigurationCommandInput,
  DescribeImportTaskBatchesCommandInput,
  DescribeImportTasksCommandInput,
  DescribeImportTasksCommandOutput,
  ListSyslogConfigurationsCommandInput,
  ListSyslogConfigurationsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AnyOperation, Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { groupIdentified, type Logs } from '../logs.ts';

/**
 * About what nothing makes here: imports from CloudTrail Lake, receivers of syslog, S3 tables, sources of logs, large objects. What
 * is listed is empty, and what is named is not there.
 */
export function neverThereOperations(logs: Logs) {
  return {
    DescribeImportTasks: describeImportTasks(),
    DescribeImportTaskBatches: noImportTask,
    CancelImportTask: noImportTask,
    ListSyslogConfigurations: listSyslogConfigurations(logs),
    DeleteSyslogConfiguration: deleteSyslogConfiguration(logs),
    AssociateSourceToS3TableIntegration: noIntegration,
    ListSourcesForS3TableIntegration: noIntegration,
    DisassociateSourceFromS3TableIntegration: noIntegration,
    GetLogFields: () => {
      throw notFound('The specified data source does not exist.');
    },
    GetLogObject: () => {
      throw invalidParameter('The specified log object pointer is invalid.');
    },
  } satisfies Record<string, AnyOperation>;
}

function describeImportTasks(): Operation<DescribeImportTasksCommandInput, DescribeImportTasksCommandOutput> {
  return ({ nextToken }) => {
    refuseToken(nextToken);
    return { imports: [] };
  };
}

function noImportTask(_input: CancelImportTaskCommandInput | DescribeImportTaskBatchesCommandInput): never {
  throw notFound('The specified import task does not exist.');
}

function listSyslogConfigurations(
  logs: Logs,
): Operation<ListSyslogConfigurationsCommandInput, ListSyslogConfigurationsCommandOutput> {
  return ({ logGroupIdentifier, nextToken }, call) => {
    if (logGroupIdentifier !== undefined) groupIdentified(logs, call, logGroupIdentifier);
    refuseToken(nextToken);
    return { syslogConfigurations: [] };
  };
}

function deleteSyslogConfiguration(logs: Logs): Operation<DeleteSyslogConfigurationCommandInput, object> {
  return ({ logGroupIdentifier }, call) => {
    groupIdentified(logs, call, logGroupIdentifier!);
    throw notFound('The specified syslog configuration does not exist.');
  };
}

function noIntegration(): never {
  throw notFound('The specified integration does not exist.');
}

/** Of an empty list none was ever given out. */
function refuseToken(nextToken: string | undefined): void {
  if (nextToken !== undefined) throw invalidParameter('The specified nextToken is invalid.');
}
