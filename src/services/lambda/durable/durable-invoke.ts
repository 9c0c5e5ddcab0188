import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import { invalidParameter } from '../errors.ts';
import type { Target } from '../invoking.ts';
import type { FunctionRef } from '../names.ts';
import type { VersionRecord } from '../store/function-record.ts';
import type { Durable } from './durable.ts';
import { executionArn } from './execution-arn.ts';

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

/** Invoke of a durable function, whose answer is that of its execution. */
export async function invokeDurable(
  durable: Durable,
  target: Target,
  payload: Uint8Array,
  { DurableExecutionName, InvocationType, LogType }: InvokeCommandInput,
  call: Pick<Call, 'requestId' | 'traceHeader' | 'signal'>,
): Promise<Omit<InvokeCommandOutput, '$metadata'>> {
  const { ref, record } = target;
  const isEvent = InvocationType === 'Event';
  checkDurable(target, InvocationType);
  if (InvocationType === 'DryRun') return { StatusCode: 204 };
  const execution = durable.begin({
    ref,
    version: record.version,
    config: record.settings.DurableConfig!,
    payload: Buffer.from(payload).toString('utf8'),
    name: DurableExecutionName,
    requestId: call.requestId,
    traceHeader: call.traceHeader,
    isEvent,
  });
  const DurableExecutionArn = executionArn(execution);
  if (isEvent) return { StatusCode: 202, DurableExecutionArn };
  const outcome = await durable.outcome(execution, call.signal);
  return {
    StatusCode: 200,
    Payload: outcome.payload as NonNullable<InvokeCommandOutput['Payload']>,
    ExecutedVersion: execution.version,
    DurableExecutionArn,
    ...(outcome.functionError ? { FunctionError: outcome.functionError } : {}),
    ...(LogType === 'Tail' ? { LogResult: '' } : {}),
  };
}
