import type {
  DestinationConfiguration,
  ExecutionStatus,
  GetScheduledQueryCommandOutput,
  TriggerHistoryRecord,
} from '@aws-sdk/client-cloudwatch-logs';
import { partitionOf } from '../../aws/call.ts';
import type { ClockTimer } from '../../clock/clock.ts';
import type { Scope } from '../../storage/scope.ts';
import { parseGroupArn } from './arns.ts';
import type { LogsEngine } from './engine.ts';
import { QueryError } from './insights/lexer.ts';
import { putLookupTable, resultsAsCsv } from './lookup-tables.ts';
import type { StoredQuery } from './queries.ts';
import { readSchedule } from './schedule.ts';
import { scheduledQueries, scheduledRuns } from './stored.ts';

export type ScheduledQuery = Omit<GetScheduledQueryCommandOutput, '$metadata'>;

/** One time that it ran. Times are in seconds. */
export type ScheduledRun = TriggerHistoryRecord;

const MINUTE = 60_000;
/** Runs of each that are remembered. */
const KEPT = 1_000;

/** Starts the queries whose minute has come. What a daemon that did not run has missed is not made up for. */
export class ScheduledQueries {
  readonly #logs: LogsEngine;
  readonly #onError: (error: unknown) => void;
  readonly #timer: ClockTimer;
  readonly #running = new Set<Promise<void>>();
  #minute: number;

  constructor({ logs, onError }: { logs: LogsEngine; onError(error: unknown): void }) {
    this.#logs = logs;
    this.#onError = onError;
    this.#minute = this.#now();
    this.#timer = logs.clock.every(MINUTE / 2, () => this.#tick());
  }

  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#timer.cancel();
    await this.settle();
  }

  #now(): number {
    return Math.floor(this.#logs.clock.now() / MINUTE);
  }

  #tick(): void {
    const now = this.#now();
    if (now === this.#minute) return;
    this.#minute = now;
    for (const { scope, document } of scheduledQueries(this.#logs).everywhere()) {
      if (!isDue(document, now)) continue;
      try {
        this.#start(scope, document, now * 60);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #start(scope: Scope, query: ScheduledQuery, seconds: number): void {
    const groups = (query.logGroupIdentifiers ?? []).flatMap(
      (identifier) => this.#logs.groups.get(scope, parseGroupArn(identifier)?.name ?? identifier) ?? [],
    );
    const run: ScheduledRun = { executionStatus: 'Running', triggeredTimestamp: seconds };
    if (groups.length === 0 || !this.#logs.queries.room) {
      const errorMessage =
        groups.length === 0 ? 'There is no such log group.' : 'Too many queries are running.';
      this.#note(scope, query, { ...run, executionStatus: 'Failed', errorMessage });
      return;
    }
    try {
      const started = this.#logs.queries.start(scope, {
        text: query.queryString!,
        groups,
        start: (seconds - Math.abs(query.startTimeOffset ?? 0)) * 1000,
        end: (seconds - Math.abs(query.endTimeOffset ?? 0)) * 1000,
        limit: undefined,
        caller: query.executionRoleArn!,
      });
      this.#note(scope, query, { ...run, queryId: started.id });
      const ending: Promise<void> = started.done
        .then(() => this.#note(scope, query, this.#ended(scope, query, run, started)))
        .catch(this.#onError)
        .finally(() => this.#running.delete(ending));
      this.#running.add(ending);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      this.#note(scope, query, { ...run, executionStatus: 'InvalidQuery', errorMessage: error.message });
    }
  }

  #ended(scope: Scope, query: ScheduledQuery, run: ScheduledRun, started: StoredQuery): ScheduledRun {
    const { status, id } = started;
    const executionStatus: ExecutionStatus =
      status === 'Complete' || status === 'Timeout' ? status : 'Failed';
    const done: ScheduledRun = { ...run, queryId: id, executionStatus };
    const { destinationConfiguration } = query;
    if (status !== 'Complete' || !destinationConfiguration) return done;
    return { ...done, destinations: this.#deliver(scope, destinationConfiguration, started) };
  }

  #deliver(
    { account, region }: Scope,
    { s3Configuration, lookupTableConfiguration }: DestinationConfiguration,
    { results }: StoredQuery,
  ): ScheduledRun['destinations'] {
    const delivered: NonNullable<ScheduledRun['destinations']> = [];
    if (s3Configuration) {
      delivered.push({
        destinationType: 'S3',
        destinationIdentifier: s3Configuration.destinationIdentifier,
        status: 'FAILED',
        errorMessage: 'lambdock has no S3 yet.',
      });
    }
    if (lookupTableConfiguration && results.length > 0) {
      const { tableName, description, kmsKeyId } = lookupTableConfiguration;
      const place = { account, region, partition: partitionOf(region) };
      const body = resultsAsCsv(results);
      const table = putLookupTable(this.#logs, place, { name: tableName!, body, description, kmsKeyId });
      delivered.push({
        destinationType: 'LOOKUP_TABLE',
        destinationIdentifier: tableName,
        status: 'COMPLETE',
        processedIdentifier: table.lookupTableArn,
      });
    }
    return delivered;
  }

  /** It may have been deleted, or changed, meanwhile. */
  #note(scope: Scope, { name, scheduledQueryArn }: ScheduledQuery, run: ScheduledRun): void {
    const now = scheduledQueries(this.#logs).get(scope, '', name!);
    if (!now || now.scheduledQueryArn !== scheduledQueryArn) return;
    const { triggeredTimestamp: time, executionStatus } = run;
    const runs = scheduledRuns(this.#logs);
    this.#logs.database.transaction(() => {
      scheduledQueries(this.#logs).put(scope, '', name!, {
        ...now,
        lastTriggeredTime: time,
        lastExecutionStatus: executionStatus,
      });
      runs.put(scope, name!, keyOf(time!), run);
      const all = runs.ofParent(scope, name!);
      for (const old of all.slice(0, -KEPT)) runs.delete(scope, name!, keyOf(old.triggeredTimestamp!));
    });
  }
}

/** So that names are in the order of times. */
function keyOf(seconds: number): string {
  return String(seconds).padStart(12, '0');
}

function isDue(query: ScheduledQuery, minute: number): boolean {
  const { state, scheduleStartTime: from = 0, scheduleEndTime: to = Number.POSITIVE_INFINITY } = query;
  const seconds = minute * 60;
  if (state !== 'ENABLED' || seconds < from || seconds > to) return false;
  return readSchedule(query.scheduleExpression!, query.timezone)?.includes(minute) ?? false;
}
