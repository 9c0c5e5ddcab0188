import type {
  DeleteFunctionEventInvokeConfigCommandInput,
  DeleteFunctionEventInvokeConfigCommandOutput,
  FunctionEventInvokeConfig,
  GetFunctionEventInvokeConfigCommandInput,
  GetFunctionEventInvokeConfigCommandOutput,
  ListFunctionEventInvokeConfigsCommandInput,
  ListFunctionEventInvokeConfigsCommandOutput,
  PutFunctionEventInvokeConfigCommandInput,
  PutFunctionEventInvokeConfigCommandOutput,
  PutFunctionEventInvokeConfigRequest,
  UpdateFunctionEventInvokeConfigCommandInput,
  UpdateFunctionEventInvokeConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { checkDestinations } from '../destination-check.ts';
import { invalidParameter, notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { type FunctionRef, functionArn } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { EventInvokeRecord, Resources } from '../resources.ts';
import { type ExistingTarget, lookUp, type Target } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export function putFunctionEventInvokeConfig(
  lambda: Lambda,
  { eventInvoke }: Resources,
): Operation<PutFunctionEventInvokeConfigCommandInput, PutFunctionEventInvokeConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = findConfigured(lambda, input, call, 'PutFunctionEventInvokeConfig');
    checkDestinations(lambda, ref, input.DestinationConfig ?? {}, call);
    const record = { ...given(input), lastModified: lambda.clock.now() };
    eventInvoke.put(ref, qualifier, record);
    return show(ref, qualifier, record);
  };
}

/** Members that are not given stay. https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html */
export function updateFunctionEventInvokeConfig(
  lambda: Lambda,
  { eventInvoke }: Resources,
): Operation<UpdateFunctionEventInvokeConfigCommandInput, UpdateFunctionEventInvokeConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = findConfigured(lambda, input, call, 'UpdateFunctionEventInvokeConfig');
    const before = eventInvoke.get(ref, qualifier);
    if (!before) throw withoutConfig(ref, qualifier);
    checkDestinations(lambda, ref, input.DestinationConfig ?? {}, call);
    const record = { ...before, ...given(input), lastModified: lambda.clock.now() };
    eventInvoke.put(ref, qualifier, record);
    return show(ref, qualifier, record);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
export function getFunctionEventInvokeConfig(
  lambda: Lambda,
  { eventInvoke }: Resources,
): Operation<GetFunctionEventInvokeConfigCommandInput, GetFunctionEventInvokeConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = lookUp(lambda, input, call, 'GetFunctionEventInvokeConfig');
    const record = eventInvoke.get(ref, qualifier);
    if (!record) throw withoutConfig(ref, qualifier);
    return show(ref, qualifier, record);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html */
export function deleteFunctionEventInvokeConfig(
  lambda: Lambda,
  { eventInvoke }: Resources,
): Operation<DeleteFunctionEventInvokeConfigCommandInput, DeleteFunctionEventInvokeConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = lookUp(lambda, input, call, 'DeleteFunctionEventInvokeConfig');
    if (!eventInvoke.delete(ref, qualifier)) throw withoutConfig(ref, qualifier);
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html */
export function listFunctionEventInvokeConfigs(
  lambda: Lambda,
  { eventInvoke }: Resources,
): Operation<ListFunctionEventInvokeConfigsCommandInput, ListFunctionEventInvokeConfigsCommandOutput> {
  return (input, call) => {
    const { ref, latest } = lookUp(lambda, input, call, 'ListFunctionEventInvokeConfigs');
    if (!latest) throw notFound("The function doesn't exist.");
    const { items, NextMarker } = pageOf(eventInvoke.ofFunction(ref), ({ qualifier }) => qualifier, input);
    return {
      NextMarker,
      FunctionEventInvokeConfigs: items.map(({ qualifier, record }) => show(ref, qualifier, record)),
    };
  };
}

function findConfigured(
  lambda: Lambda,
  input: PutFunctionEventInvokeConfigRequest,
  call: Call,
  action: string,
): ExistingTarget {
  const { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: retries, DestinationConfig } = input;
  if (age === undefined && retries === undefined && DestinationConfig === undefined) {
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  }
  const target: Target = lookUp(lambda, input, call, action);
  const { latest, record } = target;
  if (!latest || !record) throw notFound("The function doesn't exist.");
  return { ...target, latest, record };
}

function given({
  MaximumEventAgeInSeconds: maximumAge,
  MaximumRetryAttempts: retries,
  DestinationConfig: destinations,
}: PutFunctionEventInvokeConfigRequest): Omit<EventInvokeRecord, 'lastModified'> {
  return {
    ...(maximumAge === undefined ? {} : { maximumAge }),
    ...(retries === undefined ? {} : { retries }),
    ...(destinations === undefined ? {} : { destinations }),
  };
}

function show(ref: FunctionRef, qualifier: string, record: EventInvokeRecord): FunctionEventInvokeConfig {
  const { OnSuccess = {}, OnFailure = {} } = record.destinations ?? {};
  return {
    LastModified: new Date(record.lastModified),
    FunctionArn: functionArn(ref, qualifier),
    MaximumRetryAttempts: record.retries,
    MaximumEventAgeInSeconds: record.maximumAge,
    DestinationConfig: { OnSuccess, OnFailure },
  };
}

function withoutConfig(ref: FunctionRef, qualifier: string): Error {
  return notFound(`The function ${functionArn(ref, qualifier)} doesn't have an EventInvokeConfig`);
}
