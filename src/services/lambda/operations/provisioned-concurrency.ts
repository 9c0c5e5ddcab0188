import {
  type DeleteProvisionedConcurrencyConfigCommandInput,
  type DeleteProvisionedConcurrencyConfigCommandOutput,
  type GetProvisionedConcurrencyConfigCommandInput,
  type GetProvisionedConcurrencyConfigCommandOutput,
  type ListProvisionedConcurrencyConfigsCommandInput,
  type ListProvisionedConcurrencyConfigsCommandOutput,
  ProvisionedConcurrencyConfigNotFoundException,
  type PutProvisionedConcurrencyConfigCommandInput,
  type PutProvisionedConcurrencyConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { type ProvisionedRecord, unreservedConcurrency } from '../concurrency.ts';
import { lambdaDate } from '../dates.ts';
import { conflict, invalidBehind, invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { LIMITS } from '../limits.ts';
import { functionArn, LATEST } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import { type ExistingTarget, lookUp, mustExist, mustExistQualified } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html */
export function putProvisionedConcurrencyConfig(
  lambda: Lambda,
  resources: Resources,
): Operation<PutProvisionedConcurrencyConfigCommandInput, PutProvisionedConcurrencyConfigCommandOutput> {
  return (input, call) => {
    if (input.Qualifier === LATEST) throw unpublished();
    const target = mustExistQualified(lookUp(lambda, input, call, 'PutProvisionedConcurrencyConfig'));
    if (target.record.version === LATEST) throw unpublished();
    const requested = input.ProvisionedConcurrentExecutions!;
    checkRoom(resources, target, requested);
    checkOverlap(lambda, resources, target);
    const { ref, qualifier } = target;
    const record = resources.provisioning.request(ref, qualifier, requested);
    return show(record);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html */
export function getProvisionedConcurrencyConfig(
  lambda: Lambda,
  { provisioned }: Resources,
): Operation<GetProvisionedConcurrencyConfigCommandInput, GetProvisionedConcurrencyConfigCommandOutput> {
  return (input, call) => {
    if (input.Qualifier === LATEST) throw notPublished();
    const { ref, qualifier } = mustExistQualified(
      lookUp(lambda, input, call, 'GetProvisionedConcurrencyConfig'),
    );
    const record = provisioned.get(ref, qualifier);
    if (record) return show(record);
    throw new ProvisionedConcurrencyConfigNotFoundException({
      message: 'No Provisioned Concurrency Config found for this function',
      Type: 'User',
      $metadata: {},
    });
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html */
export function deleteProvisionedConcurrencyConfig(
  lambda: Lambda,
  { provisioned, provisioning }: Resources,
): Operation<
  DeleteProvisionedConcurrencyConfigCommandInput,
  DeleteProvisionedConcurrencyConfigCommandOutput
> {
  return (input, call) => {
    if (input.Qualifier === LATEST) throw notPublished();
    const { ref, qualifier } = mustExistQualified(
      lookUp(lambda, input, call, 'DeleteProvisionedConcurrencyConfig'),
    );
    if (provisioned.delete(ref, qualifier)) provisioning.sync(ref);
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html */
export function listProvisionedConcurrencyConfigs(
  lambda: Lambda,
  { provisioned }: Resources,
): Operation<ListProvisionedConcurrencyConfigsCommandInput, ListProvisionedConcurrencyConfigsCommandOutput> {
  return (input, call) => {
    const { ref } = mustExist(lookUp(lambda, input, call, 'ListProvisionedConcurrencyConfigs'));
    const { items, NextMarker } = pageOf(provisioned.ofFunction(ref), ({ qualifier }) => qualifier, input);
    return {
      NextMarker,
      ProvisionedConcurrencyConfigs: items.map(({ qualifier, record }) => ({
        FunctionArn: functionArn(ref, qualifier),
        ...show(record),
      })),
    };
  };
}

function show({ requested, available, status, reason, lastModified }: ProvisionedRecord) {
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: available,
    AllocatedProvisionedConcurrentExecutions: available,
    Status: status,
    StatusReason: reason,
    LastModified: lambdaDate(lastModified),
  };
}

function unpublished(): Error {
  return invalidParameter(
    'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
  );
}

function notPublished(): Error {
  return invalidParameter('The function resource provided must be an alias or a published version.');
}

/** @throws InvalidParameterValueException where the function's reservation, or the account, has not as much */
function checkRoom(resources: Resources, { ref, qualifier }: ExistingTarget, requested: number): void {
  const others = resources.provisioned
    .ofFunction(ref)
    .reduce((sum, other) => (other.qualifier === qualifier ? sum : sum + other.record.requested), 0);
  const reserved = resources.concurrency.get(ref)?.reserved;
  if (reserved !== undefined) {
    if (others + requested <= reserved) return;
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const unreserved = unreservedConcurrency(resources, ref.scope, ref.name);
  if (others + requested > unreserved) {
    throw invalidBehind(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`,
    );
  }
  if (unreserved - others - requested < LIMITS.unreserved) {
    throw invalidBehind(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LIMITS.unreserved}].`,
    );
  }
}

/** A version is provisioned for by itself or by one alias, never by both. @throws ResourceConflictException */
function checkOverlap(
  { aliases }: Lambda,
  { provisioned }: Resources,
  { ref, alias, record }: ExistingTarget,
): void {
  if (alias) {
    const versions = [alias.version, ...Object.keys(alias.weights)];
    if (versions.some((version) => provisioned.get(ref, version))) {
      throw conflict(
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      );
    }
    return;
  }
  const pointing = aliases.list(ref).filter(({ version }) => version === record.version);
  if (pointing.some(({ name }) => provisioned.get(ref, name))) {
    throw conflict('Version is pointed by a Provisioned Concurrency alias');
  }
}
