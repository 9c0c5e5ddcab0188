import { randomUUID } from 'node:crypto';
import type { ErrorObject, OperationUpdate } from '@aws-sdk/client-lambda';
import { Throttled } from '../../../execution/function-host.ts';
import { invalidParameter } from '../errors.ts';
import { readyVersion, routeQualifier } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';
import { arnOf, type FunctionRef, resolveAnyFunction } from '../names.ts';
import type { VersionRecord } from '../store/function-record.ts';
import { backoff } from './backoff.ts';
import { completeChained } from './completions.ts';
import type { Durable } from './durable.ts';
import { checkQualified } from './durable-invoke.ts';
import type { Aftermath } from './engine-types.ts';
import { executionArn } from './execution-arn.ts';
import { type ExecutionEdit, eventError } from './execution-edit.ts';
import { errorOf } from './invocation.ts';
import type { DurableOutcome, OperationRow, StoredOperation } from './records.ts';
import { LARGEST_PAYLOAD } from './update-checks.ts';

/** What executions invoke other functions with: `context.invoke` of the SDKs. */
export class ChainedInvokes {
  readonly #lambda: Lambda;
  readonly #durable: Durable;

  constructor(lambda: Lambda, durable: Durable) {
    this.#lambda = lambda;
    this.#durable = durable;
  }

  /** Starts the function of an operation that begins, which fails at once where there is none. @throws InvalidParameterValueException */
  start(edit: ExecutionEdit, after: Aftermath, operation: StoredOperation, update: OperationUpdate): void {
    const { ChainedInvokeOptions, Payload = '{}' } = update;
    if (!ChainedInvokeOptions) {
      throw invalidParameter('Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.');
    }
    const { FunctionName, TenantId, XAmznTraceId } = ChainedInvokeOptions;
    const ref = targetOf(FunctionName!, edit);
    const details = { FunctionName, ...(TenantId === undefined ? {} : { TenantId }) };
    const found = this.#find(ref);
    if ('error' in found) {
      this.#refuse(edit, operation, details, found.error);
      return;
    }
    const { record } = found;
    const { version, settings } = record;
    const Input = { Payload, Truncated: false };
    const begin = { ...details, Input, ExecutedVersion: version };
    if (!settings.DurableConfig) {
      const target = { ref, version, payload: Payload, throttles: 0 };
      edit.add(operation, { target });
      edit.event('ChainedInvokeStarted', { ChainedInvokeStartedDetails: begin }, operation);
      after.chained.push({ key: edit.record.key, row: edit.operation(operation.Id!)! });
      return;
    }
    edit.add(operation);
    const child = this.#durable.add(
      {
        ref,
        version,
        config: settings.DurableConfig,
        payload: Payload,
        requestId: randomUUID(),
        traceHeader: XAmznTraceId ?? edit.record.traceHeader,
        isEvent: false,
        parent: { key: edit.record.key, operation: operation.Id! },
      },
      after,
    );
    const ChainedInvokeStartedDetails = { ...begin, DurableExecutionArn: executionArn(child) };
    edit.event('ChainedInvokeStarted', { ChainedInvokeStartedDetails }, operation);
  }

  /** Invokes a function that is no durable one. */
  async run(key: number, row: OperationRow): Promise<void> {
    const { engine } = this.#durable;
    const { ref, version, payload, throttles } = row.plan.target!;
    const record = this.#lambda.functions.version(ref, version);
    if (!record) {
      this.#complete(key, row, { error: notFound(ref) });
      return;
    }
    try {
      const outcome = await this.#lambda.host.invoke(await readyVersion(this.#lambda, { ref, record }), {
        requestId: randomUUID(),
        payload: Buffer.from(payload),
        invokedFunctionArn: arnOf(ref),
      });
      if (engine.isStopped) return;
      if (outcome.functionError) this.#complete(key, row, { error: errorOf(outcome.payload) });
      else this.#complete(key, row, resultOf(outcome.payload));
    } catch (error) {
      if (engine.isStopped) return;
      engine.change(key, (edit) => {
        const target = { ...row.plan.target!, throttles: throttles + 1 };
        edit.replan({ number: row.number, plan: { target }, due: edit.now + backoff(target.throttles) });
      });
      if (!(error instanceof Throttled)) throw error;
    }
  }

  #complete(key: number, { operation }: OperationRow, outcome: DurableOutcome): void {
    this.#durable.engine.change(key, (edit, after) => {
      const row = edit.operation(operation.Id!);
      if (!edit.isRunning || row?.operation.Status !== 'STARTED') return;
      completeChained(edit, row, outcome.error ? 'FAILED' : 'SUCCEEDED', outcome);
      edit.record.wanted = true;
      after.touched.add(key);
    });
  }

  #find(ref: FunctionRef): { record: VersionRecord } | { error: ErrorObject } {
    const record = routeQualifier(this.#lambda, ref);
    if (!record) return { error: notFound(ref) };
    try {
      checkQualified(ref, record);
    } catch (error) {
      return { error: { ErrorType: (error as Error).name, ErrorMessage: (error as Error).message } };
    }
    return { record };
  }

  #refuse(
    edit: ExecutionEdit,
    operation: StoredOperation,
    details: { FunctionName: string | undefined },
    error: ErrorObject,
  ): void {
    const ChainedInvokeDetails = { Error: error };
    edit.event('ChainedInvokeStarted', { ChainedInvokeStartedDetails: details }, operation);
    edit.add({ ...operation, Status: 'FAILED', EndTimestamp: edit.now, ChainedInvokeDetails });
    edit.event(
      'ChainedInvokeFailed',
      { ChainedInvokeFailedDetails: { Error: eventError(error) } },
      operation,
    );
  }
}

function targetOf(functionName: string, { record }: ExecutionEdit): FunctionRef {
  const { scope, partition } = record.ref;
  const [, region] = /^arn:[^:]*:lambda:([^:]*):/.exec(functionName) ?? [];
  if (region !== undefined && region !== scope.region) {
    throw invalidParameter('Cannot start a CHAINED_INVOKE on a function in another region.');
  }
  const ref = resolveAnyFunction(functionName, undefined, { ...scope, partition });
  if (ref.scope.account !== scope.account) {
    throw invalidParameter('Cannot start a CHAINED_INVOKE on a function in another account.');
  }
  return ref;
}

function notFound(ref: FunctionRef): ErrorObject {
  return { ErrorType: 'ResourceNotFoundException', ErrorMessage: `Function not found: ${arnOf(ref)}` };
}

function resultOf(payload: Uint8Array): DurableOutcome {
  if (payload.length > LARGEST_PAYLOAD) {
    const ErrorMessage = `CHAINED_INVOKE output payload size must be less than or equal to ${LARGEST_PAYLOAD} bytes.`;
    return { error: { ErrorMessage } };
  }
  return { result: Buffer.from(payload).toString('utf8') };
}
