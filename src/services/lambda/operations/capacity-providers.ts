import type {
  CapacityProvider,
  CreateCapacityProviderCommandInput,
  CreateCapacityProviderCommandOutput,
  DeleteCapacityProviderCommandInput,
  DeleteCapacityProviderCommandOutput,
  GetCapacityProviderCommandInput,
  GetCapacityProviderCommandOutput,
  ListCapacityProvidersCommandInput,
  ListCapacityProvidersCommandOutput,
  ListFunctionVersionsByCapacityProviderCommandInput,
  ListFunctionVersionsByCapacityProviderCommandOutput,
  UpdateCapacityProviderCommandInput,
  UpdateCapacityProviderCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { lambdaDate } from '../dates.ts';
import { conflict, notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import { checkTags } from './tags.ts';

/** Kept, and Active at once; nothing runs on them. https://docs.aws.amazon.com/lambda/latest/api/API_CreateCapacityProvider.html */
export function createCapacityProvider(
  lambda: Lambda,
  { capacityProviders }: Resources,
): Operation<CreateCapacityProviderCommandInput, CreateCapacityProviderCommandOutput> {
  return (input, call) => {
    const { CapacityProviderName, Tags = {}, ...settings } = input;
    const name = nameOf(CapacityProviderName!);
    if (capacityProviders.get(call, name)) throw conflict(`Capacity provider already exist: ${name}`);
    if (Object.keys(Tags).length > 0) checkTags(Tags);
    const provider: CapacityProvider = {
      ...settings,
      CapacityProviderArn: arnOf(name, call),
      State: 'Active',
      VpcConfig: settings.VpcConfig,
      PermissionsConfig: settings.PermissionsConfig,
      LastModified: lambdaDate(lambda.clock.now()),
    };
    lambda.functions.transaction(() => {
      capacityProviders.put(call, name, provider);
      lambda.tags.add(call, provider.CapacityProviderArn!, Tags);
    });
    return { CapacityProvider: { ...provider, State: 'Pending' } };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateCapacityProvider.html */
export function updateCapacityProvider(
  { clock }: Lambda,
  resources: Resources,
): Operation<UpdateCapacityProviderCommandInput, UpdateCapacityProviderCommandOutput> {
  return (input, call) => {
    const { CapacityProviderName, ...settings } = input;
    const { name, provider: before } = find(resources, CapacityProviderName!, call);
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const provider: CapacityProvider = {
      ...before,
      ...Object.fromEntries(given),
      LastModified: lambdaDate(clock.now()),
    };
    resources.capacityProviders.put(call, name, provider);
    return { CapacityProvider: provider };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetCapacityProvider.html */
export function getCapacityProvider(
  resources: Resources,
): Operation<GetCapacityProviderCommandInput, GetCapacityProviderCommandOutput> {
  return (input, call) => ({
    CapacityProvider: find(resources, input.CapacityProviderName!, call).provider,
  });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListCapacityProviders.html */
export function listCapacityProviders({
  capacityProviders,
}: Resources): Operation<ListCapacityProvidersCommandInput, ListCapacityProvidersCommandOutput> {
  return (input, call) => {
    const all = capacityProviders
      .list(call)
      .filter(({ State }) => input.State === undefined || State === input.State);
    const { items, NextMarker } = pageOf(all, ({ CapacityProviderArn }) => CapacityProviderArn!, input);
    return { NextMarker, CapacityProviders: items };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteCapacityProvider.html */
export function deleteCapacityProvider(
  lambda: Lambda,
  resources: Resources,
): Operation<DeleteCapacityProviderCommandInput, DeleteCapacityProviderCommandOutput> {
  return (input, call) => {
    const { name, provider } = find(resources, input.CapacityProviderName!, call);
    lambda.functions.transaction(() => {
      resources.capacityProviders.delete(call, name);
      lambda.tags.clear(call, provider.CapacityProviderArn!);
    });
    return { CapacityProvider: { ...provider, State: 'Deleting' } };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionVersionsByCapacityProvider.html */
export function listFunctionVersionsByCapacityProvider(
  { functions }: Lambda,
  resources: Resources,
): Operation<
  ListFunctionVersionsByCapacityProviderCommandInput,
  ListFunctionVersionsByCapacityProviderCommandOutput
> {
  return (input, call) => {
    const { provider } = find(resources, input.CapacityProviderName!, call);
    const arn = provider.CapacityProviderArn;
    const arns = functions
      .list(call, true)
      .filter(({ record: { settings } }) => {
        const config = settings.CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig;
        return config?.CapacityProviderArn === arn;
      })
      .map(({ name, record }) =>
        functionArn({ partition: call.partition, scope: call, name }, record.version),
      );
    const { items, NextMarker } = pageOf(arns, (item) => item, input);
    return {
      CapacityProviderArn: arn,
      FunctionVersions: items.map((FunctionArn) => ({ FunctionArn, State: 'Active' })),
      NextMarker,
    };
  };
}

function find({ capacityProviders }: Resources, nameOrArn: string, call: Call) {
  const name = nameOf(nameOrArn);
  const provider = capacityProviders.get(call, name);
  const named = !nameOrArn.startsWith('arn:') || provider?.CapacityProviderArn === nameOrArn;
  if (provider && named) return { name, provider };
  throw notFound(`Capacity provider not found: ${arnOf(name, call)}`);
}

function nameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1);
}

function arnOf(name: string, { partition, region, account }: Call): string {
  return `arn:${partition}:lambda:${region}:${account}:capacity-provider:${name}`;
}
