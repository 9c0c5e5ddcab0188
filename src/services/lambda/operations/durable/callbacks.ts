import {
  CallbackTimeoutException,
  type SendDurableExecutionCallbackFailureCommandInput,
  type SendDurableExecutionCallbackFailureCommandOutput,
  type SendDurableExecutionCallbackHeartbeatCommandInput,
  type SendDurableExecutionCallbackHeartbeatCommandOutput,
  type SendDurableExecutionCallbackSuccessCommandInput,
  type SendDurableExecutionCallbackSuccessCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../../aws/call.ts';
import type { Operation } from '../../../../aws/service.ts';
import { extendCallback, failCallback, succeedCallback } from '../../durable/completions.ts';
import { readCallbackId } from '../../durable/execution-arn.ts';
import type { ExecutionEdit } from '../../durable/execution-edit.ts';
import type { OperationRow } from '../../durable/records.ts';
import { checkError } from '../../durable/update-checks.ts';
import { invalidParameter, notFound } from '../../errors.ts';
import type { Lambda } from '../../lambda.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html */
export function sendDurableExecutionCallbackSuccess(
  lambda: Lambda,
): Operation<
  SendDurableExecutionCallbackSuccessCommandInput,
  SendDurableExecutionCallbackSuccessCommandOutput
> {
  return ({ CallbackId, Result }, call) => {
    const bytes = Result as Uint8Array | undefined;
    const result = bytes?.length ? Buffer.from(bytes).toString('utf8') : undefined;
    answer(lambda, CallbackId!, call, (edit, row) => succeedCallback(edit, row, result));
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackFailure.html */
export function sendDurableExecutionCallbackFailure(
  lambda: Lambda,
): Operation<
  SendDurableExecutionCallbackFailureCommandInput,
  SendDurableExecutionCallbackFailureCommandOutput
> {
  return ({ CallbackId, Error: error = {} }, call) => {
    checkError(error);
    answer(lambda, CallbackId!, call, (edit, row) => failCallback(edit, row, error));
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackHeartbeat.html */
export function sendDurableExecutionCallbackHeartbeat(
  lambda: Lambda,
): Operation<
  SendDurableExecutionCallbackHeartbeatCommandInput,
  SendDurableExecutionCallbackHeartbeatCommandOutput
> {
  return ({ CallbackId }, call) => {
    withCallback(lambda, CallbackId!, call, extendCallback);
    return {};
  };
}

function answer(
  lambda: Lambda,
  callbackId: string,
  call: Call,
  complete: (edit: ExecutionEdit, row: OperationRow) => void,
): void {
  withCallback(lambda, callbackId, call, (edit, row) => {
    complete(edit, row);
    edit.record.wanted = true;
  });
}

/** @throws InvalidParameterValueException, ResourceNotFoundException, CallbackTimeoutException */
function withCallback(
  { durable }: Lambda,
  callbackId: string,
  { account, region }: Call,
  change: (edit: ExecutionEdit, row: OperationRow) => void,
): void {
  const id = readCallbackId(callbackId);
  if (!id) throw invalidParameter('Invalid callback id');
  const record = durable.stores.executions.byId(id.id);
  const isOwn = record?.ref.scope.account === account && record.ref.scope.region === region;
  const known = isOwn ? durable.stores.operations.get(record.key, id.operation) : undefined;
  if (!record || known?.operation.Type !== 'CALLBACK') throw notFound('Callback does not exist');
  if (record.status !== 'RUNNING' || known.operation.Status !== 'STARTED') throw closed();
  durable.engine.change(record.key, (edit, { touched }) => {
    change(edit, edit.operation(id.operation)!);
    touched.add(record.key);
  });
}

function closed(): Error {
  const message =
    'The callback ID token has either expired or the callback associated with the token has already been closed.';
  return new CallbackTimeoutException({ message, Message: message, Type: 'User', $metadata: {} });
}
