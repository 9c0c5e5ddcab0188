import { randomUUID } from 'node:crypto';
import {
  type CancelExportTaskCommandInput,
  type CancelExportTaskCommandOutput,
  type CreateExportTaskCommandInput,
  type CreateExportTaskCommandOutput,
  type DescribeExportTasksCommandInput,
  type DescribeExportTasksCommandOutput,
  type ExportTask,
  InvalidOperationException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { limitExceeded, notFound } from '../errors.ts';
import { groupNamed, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { exportTasks } from '../stored.ts';

/** How long a task is said to be pending. */
const PENDING = 2_000;

/**
 * There is no S3 yet that logs could be written to: a task fails, and says so.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html
 */
export function createExportTask(
  logs: Logs,
): Operation<CreateExportTaskCommandInput, CreateExportTaskCommandOutput> {
  return (input, call) => {
    const { name: logGroupName } = groupNamed(logs, call, input.logGroupName!);
    const now = call.clock.now();
    const tasks = exportTasks(logs);
    const active = tasks.ofParent(call, '').some((task) => asOf(task, now).status!.code === 'PENDING');
    if (active) throw limitExceeded();
    const taskId = randomUUID();
    tasks.put(call, '', taskId, {
      taskId,
      taskName: input.taskName,
      logGroupName,
      from: input.from,
      to: input.to,
      destination: input.destination,
      destinationPrefix: input.destinationPrefix ?? 'exportedlogs',
      status: { code: 'PENDING' },
      executionInfo: { creationTime: now },
    });
    return { taskId };
  };
}

function asOf(task: ExportTask, now: number): ExportTask {
  const { creationTime = 0 } = task.executionInfo ?? {};
  if (task.status?.code !== 'PENDING' || now - creationTime < PENDING) return task;
  return {
    ...task,
    status: { code: 'FAILED', message: 'lambdock does not export logs to S3 yet' },
    executionInfo: { creationTime, completionTime: creationTime + PENDING },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeExportTasks.html */
export function describeExportTasks(
  logs: Logs,
): Operation<DescribeExportTasksCommandInput, DescribeExportTasksCommandOutput> {
  return (input, call) => {
    const now = call.clock.now();
    const found = exportTasks(logs)
      .ofParent(call, '')
      .map((task) => asOf(task, now))
      .filter(
        ({ taskId, status }) =>
          (input.taskId === undefined || taskId === input.taskId) &&
          (input.statusCode === undefined || status!.code === input.statusCode),
      );
    if (input.taskId !== undefined && found.length === 0 && input.statusCode === undefined) {
      throw notFound('The specified export task does not exist.');
    }
    const page = pageOf('DescribeExportTasks', found, ({ taskId }) => taskId!, input);
    return { exportTasks: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CancelExportTask.html */
export function cancelExportTask(
  logs: Logs,
): Operation<CancelExportTaskCommandInput, CancelExportTaskCommandOutput> {
  return ({ taskId }, call) => {
    const now = call.clock.now();
    const stored = exportTasks(logs).get(call, '', taskId!);
    if (!stored) throw notFound('The specified export task does not exist.');
    const task = asOf(stored, now);
    if (task.status!.code !== 'PENDING') {
      throw new InvalidOperationException({
        message: 'The specified export task has already finished',
        $metadata: {},
      });
    }
    exportTasks(logs).put(call, '', taskId!, {
      ...task,
      status: { code: 'CANCELLED', message: 'Cancelled by user' },
      executionInfo: { ...task.executionInfo, completionTime: now },
    });
    return {};
  };
}
