import type { Service } from '../../aws/service.ts';
import type { Lambda } from './lambda.ts';
import {
  createCapacityProvider,
  deleteCapacityProvider,
  getCapacityProvider,
  listCapacityProviders,
  listFunctionVersionsByCapacityProvider,
  updateCapacityProvider,
} from './operations/capacity-providers.ts';
import {
  createCodeSigningConfig,
  deleteCodeSigningConfig,
  getCodeSigningConfig,
  listCodeSigningConfigs,
  listFunctionsByCodeSigningConfig,
  updateCodeSigningConfig,
} from './operations/code-signing-configs.ts';
import {
  deleteFunctionEventInvokeConfig,
  getFunctionEventInvokeConfig,
  listFunctionEventInvokeConfigs,
  putFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
} from './operations/event-invoke-config.ts';
import {
  createEventSourceMapping,
  deleteEventSourceMapping,
  getEventSourceMapping,
  listEventSourceMappings,
  updateEventSourceMapping,
} from './operations/event-source-mappings.ts';
import {
  deleteFunctionCodeSigningConfig,
  getFunctionCodeSigningConfig,
  putFunctionCodeSigningConfig,
} from './operations/function-code-signing.ts';
import {
  deleteFunctionConcurrency,
  getFunctionConcurrency,
  putFunctionConcurrency,
} from './operations/function-concurrency.ts';
import {
  createFunctionUrlConfig,
  deleteFunctionUrlConfig,
  getFunctionUrlConfig,
  listFunctionUrlConfigs,
  updateFunctionUrlConfig,
} from './operations/function-urls.ts';
import { getAccountSettings } from './operations/get-account-settings.ts';
import {
  addLayerVersionPermission,
  getLayerVersionPolicy,
  removeLayerVersionPermission,
} from './operations/layer-permissions.ts';
import {
  deleteLayerVersion,
  getLayerVersion,
  getLayerVersionByArn,
  listLayers,
  listLayerVersions,
  publishLayerVersion,
} from './operations/layers.ts';
import { addPermission, getPolicy, removePermission } from './operations/permissions.ts';
import {
  deleteProvisionedConcurrencyConfig,
  getProvisionedConcurrencyConfig,
  listProvisionedConcurrencyConfigs,
  putProvisionedConcurrencyConfig,
} from './operations/provisioned-concurrency.ts';
import { getFunctionRecursionConfig, putFunctionRecursionConfig } from './operations/recursion-config.ts';
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
} from './operations/resource-policies.ts';
import { getRuntimeManagementConfig, putRuntimeManagementConfig } from './operations/runtime-management.ts';
import { getFunctionScalingConfig, putFunctionScalingConfig } from './operations/scaling-config.ts';
import { listTags, tagResource, untagResource } from './operations/tags.ts';
import type { Resources } from './resources.ts';
import type { UrlAddress } from './urls/url-address.ts';

/** The operations on what is neither a function nor a version nor an alias. */
export function resourceOperations(
  lambda: Lambda,
  resources: Resources,
  address: UrlAddress,
): Service['operations'] {
  return {
    AddLayerVersionPermission: addLayerVersionPermission(resources),
    AddPermission: addPermission(lambda, resources),
    CreateCapacityProvider: createCapacityProvider(lambda, resources),
    CreateCodeSigningConfig: createCodeSigningConfig(lambda, resources),
    CreateEventSourceMapping: createEventSourceMapping(lambda, resources),
    CreateFunctionUrlConfig: createFunctionUrlConfig(lambda, resources, address),
    DeleteCapacityProvider: deleteCapacityProvider(lambda, resources),
    DeleteCodeSigningConfig: deleteCodeSigningConfig(lambda, resources),
    DeleteEventSourceMapping: deleteEventSourceMapping(lambda, resources),
    DeleteFunctionCodeSigningConfig: deleteFunctionCodeSigningConfig(lambda, resources),
    DeleteFunctionConcurrency: deleteFunctionConcurrency(lambda, resources),
    DeleteFunctionEventInvokeConfig: deleteFunctionEventInvokeConfig(lambda, resources),
    DeleteFunctionUrlConfig: deleteFunctionUrlConfig(lambda, resources),
    DeleteLayerVersion: deleteLayerVersion(lambda, resources),
    DeleteProvisionedConcurrencyConfig: deleteProvisionedConcurrencyConfig(lambda, resources),
    DeleteResourcePolicy: deleteResourcePolicy(lambda, resources),
    GetAccountSettings: getAccountSettings(lambda, resources),
    GetCapacityProvider: getCapacityProvider(resources),
    GetCodeSigningConfig: getCodeSigningConfig(resources),
    GetEventSourceMapping: getEventSourceMapping(lambda, resources),
    GetFunctionCodeSigningConfig: getFunctionCodeSigningConfig(lambda, resources),
    GetFunctionConcurrency: getFunctionConcurrency(lambda, resources),
    GetFunctionEventInvokeConfig: getFunctionEventInvokeConfig(lambda, resources),
    GetFunctionRecursionConfig: getFunctionRecursionConfig(lambda, resources),
    GetFunctionScalingConfig: getFunctionScalingConfig(lambda, resources),
    GetFunctionUrlConfig: getFunctionUrlConfig(lambda, resources, address),
    GetLayerVersion: getLayerVersion(lambda, resources),
    GetLayerVersionByArn: getLayerVersionByArn(lambda, resources),
    GetLayerVersionPolicy: getLayerVersionPolicy(resources),
    GetPolicy: getPolicy(lambda, resources),
    GetProvisionedConcurrencyConfig: getProvisionedConcurrencyConfig(lambda, resources),
    GetResourcePolicy: getResourcePolicy(lambda, resources),
    GetRuntimeManagementConfig: getRuntimeManagementConfig(lambda, resources),
    ListCapacityProviders: listCapacityProviders(resources),
    ListCodeSigningConfigs: listCodeSigningConfigs(resources),
    ListEventSourceMappings: listEventSourceMappings(lambda, resources),
    ListFunctionEventInvokeConfigs: listFunctionEventInvokeConfigs(lambda, resources),
    ListFunctionUrlConfigs: listFunctionUrlConfigs(lambda, resources, address),
    ListFunctionVersionsByCapacityProvider: listFunctionVersionsByCapacityProvider(lambda, resources),
    ListFunctionsByCodeSigningConfig: listFunctionsByCodeSigningConfig(resources),
    ListLayerVersions: listLayerVersions(resources),
    ListLayers: listLayers(resources),
    ListProvisionedConcurrencyConfigs: listProvisionedConcurrencyConfigs(lambda, resources),
    ListTags: listTags(lambda, resources),
    PublishLayerVersion: publishLayerVersion(lambda, resources),
    PutFunctionCodeSigningConfig: putFunctionCodeSigningConfig(lambda, resources),
    PutFunctionConcurrency: putFunctionConcurrency(lambda, resources),
    PutFunctionEventInvokeConfig: putFunctionEventInvokeConfig(lambda, resources),
    PutFunctionRecursionConfig: putFunctionRecursionConfig(lambda, resources),
    PutFunctionScalingConfig: putFunctionScalingConfig(lambda, resources),
    PutProvisionedConcurrencyConfig: putProvisionedConcurrencyConfig(lambda, resources),
    PutResourcePolicy: putResourcePolicy(lambda, resources),
    PutRuntimeManagementConfig: putRuntimeManagementConfig(lambda, resources),
    RemoveLayerVersionPermission: removeLayerVersionPermission(resources),
    RemovePermission: removePermission(lambda, resources),
    TagResource: tagResource(lambda, resources),
    UntagResource: untagResource(lambda, resources),
    UpdateCapacityProvider: updateCapacityProvider(lambda, resources),
    UpdateCodeSigningConfig: updateCodeSigningConfig(lambda, resources),
    UpdateEventSourceMapping: updateEventSourceMapping(lambda, resources),
    UpdateFunctionEventInvokeConfig: updateFunctionEventInvokeConfig(lambda, resources),
    UpdateFunctionUrlConfig: updateFunctionUrlConfig(lambda, resources, address),
  };
}

/** What they can't do, for docs/coverage.md. */
export const RESOURCE_LIMITS: Service['limits'] = {
  AddPermission:
    'who it would have to let in is a parity warning; refused with `--strict`; organizations are not known',
  CreateCapacityProvider: 'kept as an object; nothing runs on it',
  CreateCodeSigningConfig: 'kept as an object; signatures are not looked at',
  CreateEventSourceMapping: 'kept as an object with its states; nothing is polled yet',
  CreateFunctionUrlConfig:
    'http://<id>.lambda-url.<region>.localhost:4566/, or /_aws/lambda-url/<id>/; signatures are verified with `--strict`',
  PutFunctionRecursionConfig: 'kept; loops are not detected',
  PutFunctionScalingConfig: 'kept, without effect',
  PutResourcePolicy: 'of functions, versions and aliases; public ones are never refused',
  PutRuntimeManagementConfig: 'kept; runtimes are those of this machine',
};
