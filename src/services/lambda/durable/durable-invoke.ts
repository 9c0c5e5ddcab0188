import { Readable } from 'node:stream';
import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Outcome, StreamedOutcome } from '../../../execution/function-host.ts';
import { invalidParameter } from '../errors.ts';
import type { Target } from '../invoking.ts';
import type { FunctionRef } from '../names.ts';
import type { VersionRecord } from '../store/function-record.ts';
import type { Durable } from './durable.ts';
import { executionArn } from './execution-arn.ts';
import type { ExecutionRecord } from './records.ts';

/** Seconds that an invocation can be waited for. */
const LONGEST_SYNC = 900;

/** Which code an execution runs must not change under it. @throws InvalidParameterValueException */
export function checkQualified(ref: FunctionRef, { settings }: VersionRecord): void {
  if (settings.DurableConfig && ref.qualifier === undefined) {
    throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
  }
}

/** An execution's name for a function that has none. */
export function notDurable(): Error {
  return invalidParameter('DurableExecutionName is only supported for durable functions.');
}

/** @throws InvalidParameterValueException */
export function checkDurable({ ref, record }: Target, type: InvokeCommandInput['InvocationType']): void {
  checkQualified(ref, record);
  const { ExecutionTimeout } = record.settings.DurableConfig!;
  if (type !== 'Event' && ExecutionTimeout! > LONGEST_SYNC) {
    throw invalidParameter(
      'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
    );
  }
}

type Caller = Pick<Call, 'requestId' | 'traceHeader'>;

/** Starts an execution, or finds the one of this name. @throws DurableExecutionAlreadyStartedException */
export function startDurable(
  durable: Durable,
  target: Target,
  payload: Uint8Array,
  { requestId, traceHeader, name, isEvent }: Caller & { name?: string | undefined; isEvent: boolean },
): ExecutionRecord {
  checkDurable(target, isEvent ? 'Event' : 'RequestResponse');
  const { ref, record } = target;
  return durable.begin({
    ref: { scope: ref.scope, partition: ref.partition, name: ref.name, qualifier: ref.qualifier },
    version: record.version,
    config: record.settings.DurableConfig!,
    payload: Buffer.from(payload).toString('utf8'),
    name,
    requestId,
    traceHeader,
    isEvent,
  });
}

/** Starts an execution, and waits for its end. */
export function waitForDurable(
  durable: Durable,
  target: Target,
  payload: Uint8Array,
  call: Caller & Pick<Call, 'signal'>,
): Promise<Outcome> {
  const { requestId, traceHeader, signal } = call;
  const execution = startDurable(durable, target, payload, { requestId, traceHeader, isEvent: false });
  return durable.outcome(execution, signal);
}

/** What is known only at the end, as one that is passed on while it is written. */
export function streamed({ payload, functionError, logTail }: Outcome): StreamedOutcome {
  const failed = functionError && { errorCode: functionError, errorDetails: Buffer.from(payload).toString() };
  return {
    contentType: 'application/octet-stream',
    body: Readable.from(failed ? [] : [payload]),
    end: Promise.resolve({ logTail, ...failed }),
  };
}

/** Invoke of a durable function, whose answer is that of its execution. */
export async function invokeDurable(
  durable: Durable,
  target: Target,
  payload: Uint8Array,
  { DurableExecutionName, InvocationType, LogType }: InvokeCommandInput,
  call: Caller & Pick<Call, 'signal'>,
): Promise<Omit<InvokeCommandOutput, '$metadata'>> {
  if (InvocationType === 'DryRun') {
    checkDurable(target, InvocationType);
    return { StatusCode: 204 };
  }
  const { requestId, traceHeader, signal } = call;
  const isEvent = InvocationType === 'Event';
  const start = { requestId, traceHeader, name: DurableExecutionName, isEvent };
  const execution = startDurable(durable, target, payload, start);
  const DurableExecutionArn = executionArn(execution);
  if (isEvent) return { StatusCode: 202, DurableExecutionArn };
  const outcome = await durable.outcome(execution, signal);
  return {
    StatusCode: 200,
    Payload: outcome.payload as NonNullable<InvokeCommandOutput['Payload']>,
    ExecutedVersion: execution.version,
    DurableExecutionArn,
    ...(outcome.functionError ? { FunctionError: outcome.functionError } : {}),
    ...(LogType === 'Tail' ? { LogResult: Buffer.from(outcome.logTail).toString('base64') } : {}),
  };
}
