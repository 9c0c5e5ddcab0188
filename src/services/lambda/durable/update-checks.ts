import type { ErrorObject, OperationAction, OperationType, OperationUpdate } from '@aws-sdk/client-lambda';
import { invalidParameter } from '../errors.ts';
import type { ExecutionEdit } from './execution-edit.ts';
import type { StoredOperation } from './records.ts';

/** Bytes of what an operation takes or gives. */
export const LARGEST_PAYLOAD = 1_048_576;
const LARGEST_RESULT = 6_291_456;

const ACTIONS: Readonly<Record<OperationType, readonly OperationAction[]>> = {
  EXECUTION: ['SUCCEED', 'FAIL'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  STEP: ['START', 'SUCCEED', 'FAIL', 'RETRY'],
  WAIT: ['START', 'CANCEL'],
  CALLBACK: ['START'],
  CHAINED_INVOKE: ['START'],
};

/** What is wrong with the updates of a checkpoint, whatever state the execution is in. @throws InvalidParameterValueException */
export function checkBatch(updates: readonly OperationUpdate[]): void {
  const ends = updates.filter(({ Type }) => Type === 'EXECUTION');
  if (ends.length > 1) throw invalidParameter('Cannot checkpoint multiple EXECUTION updates.');
  if (ends.length === 1 && updates.at(-1) !== ends[0]) {
    throw invalidParameter('EXECUTION checkpoint must be the last update.');
  }
  const last = new Map<string, OperationUpdate>();
  for (const update of updates) {
    const before = last.get(update.Id!);
    if (before && !mayFollow(before, update)) {
      throw invalidParameter('Cannot checkpoint multiple operations with the same ID.');
    }
    last.set(update.Id!, update);
  }
}

/** A step or a context may start and end with one checkpoint. */
function mayFollow(before: OperationUpdate, update: OperationUpdate): boolean {
  const isShort = before.Type === 'STEP' || before.Type === 'CONTEXT';
  return isShort && before.Action === 'START' && update.Action !== 'START';
}

/** What is wrong with an update of an operation as it is now. @throws InvalidParameterValueException */
export function checkUpdate(
  edit: ExecutionEdit,
  update: OperationUpdate,
  current: StoredOperation | undefined,
): void {
  const { Type, Action, ParentId } = update;
  if (current) checkSame(update, current);
  if (ParentId !== undefined && edit.operation(ParentId)?.operation.Type !== 'CONTEXT') {
    throw invalidParameter('Invalid parent operation id.');
  }
  checkSizes(update, edit.record.isEvent || edit.record.parent !== undefined);
  if (!ACTIONS[Type!].includes(Action!)) {
    throw invalidParameter('Invalid action for the given operation type.');
  }
  if (Action === 'FAIL' && update.Payload !== undefined) {
    throw invalidParameter('Cannot provide a Payload for FAIL action.');
  }
  if (Action === 'SUCCEED' && update.Error !== undefined) {
    throw invalidParameter('Cannot provide an Error for SUCCEED action.');
  }
  if (Type === 'STEP') checkStep(update, current);
  else if (Action === 'START' && current) {
    throw invalidParameter(`Cannot start a ${Type} operation that already exists.`);
  } else if (Type === 'CONTEXT' && current && Action !== 'START' && current.Status !== 'STARTED') {
    throw invalidParameter('Invalid current CONTEXT state to close.');
  } else if (Action === 'CANCEL' && current?.Status !== 'STARTED') {
    throw invalidParameter('Cannot cancel a WAIT that does not exist or has already completed.');
  }
}

function checkSame({ Type, SubType, Name, ParentId }: OperationUpdate, current: StoredOperation): void {
  const differs = (given: string | undefined, known: string | undefined) =>
    given !== undefined && given !== known;
  if (differs(Type, current.Type)) throw invalidParameter('Inconsistent operation type.');
  if (differs(SubType, current.SubType)) throw invalidParameter('Inconsistent operation subtype.');
  if (differs(Name, current.Name)) throw invalidParameter('Inconsistent operation name.');
  if (differs(ParentId, current.ParentId)) throw invalidParameter('Inconsistent parent operation id.');
}

function checkStep(
  { Action, StepOptions, Error: error, Payload }: OperationUpdate,
  current: StoredOperation | undefined,
): void {
  const isOpen = current === undefined || current.Status === 'STARTED' || current.Status === 'READY';
  if (Action === 'START') {
    if (current && current.Status !== 'READY') throw invalidParameter('Invalid current STEP state to start.');
    return;
  }
  if (Action !== 'RETRY') {
    if (!isOpen) throw invalidParameter('Invalid current STEP state to close.');
    return;
  }
  if (!isOpen) throw invalidParameter('Invalid current STEP state to re-attempt.');
  if (StepOptions === undefined) throw invalidParameter('Invalid StepOptions for the given action.');
  if (error !== undefined && Payload !== undefined) {
    throw invalidParameter('Cannot provide both error and payload to RETRY a STEP.');
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_OperationUpdate.html */
function checkSizes({ Type, Action, Payload, Error: error }: OperationUpdate, isBehind: boolean): void {
  const most = Type === 'EXECUTION' && !isBehind ? LARGEST_RESULT : LARGEST_PAYLOAD;
  if (Payload !== undefined && Buffer.byteLength(Payload) > most) {
    const what = Type === 'EXECUTION' ? 'Execution' : Type;
    const direction = Action === 'START' ? 'input' : 'output';
    throw invalidParameter(`${what} ${direction} payload size must be less than or equal to ${most} bytes.`);
  }
  if (error !== undefined) checkError(error);
}

/** @throws InvalidParameterValueException */
export function checkError(error: ErrorObject): void {
  if (Buffer.byteLength(JSON.stringify(error)) > LARGEST_PAYLOAD) {
    throw invalidParameter(`Error object size must be less than ${LARGEST_PAYLOAD} bytes.`);
  }
}
