import type {
  Cors,
  CreateFunctionUrlConfigCommandInput,
  CreateFunctionUrlConfigCommandOutput,
  DeleteFunctionUrlConfigCommandInput,
  DeleteFunctionUrlConfigCommandOutput,
  FunctionUrlConfig,
  GetFunctionUrlConfigCommandInput,
  GetFunctionUrlConfigCommandOutput,
  ListFunctionUrlConfigsCommandInput,
  ListFunctionUrlConfigsCommandOutput,
  UpdateFunctionUrlConfigCommandInput,
  UpdateFunctionUrlConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { conflict, invalidParameter, notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { type FunctionRef, functionArn, LATEST } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import type { UrlRecord } from '../store/url-store.ts';
import { lookUp, type Target } from '../targets.ts';
import { newUrlId, type UrlAddress } from '../urls/url-address.ts';

/** As on AWS, the mode is answered here, and to an update, only where it was ever given. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html */
export function createFunctionUrlConfig(
  lambda: Lambda,
  { urls }: Resources,
  address: UrlAddress,
): Operation<CreateFunctionUrlConfigCommandInput, CreateFunctionUrlConfigCommandOutput> {
  return (input, call) => {
    const target = lookUp(lambda, input, call, 'CreateFunctionUrlConfig');
    const { ref, qualifier, latest, record: version } = target;
    if (!latest || !version) throw noFunction();
    if (version.settings.TenancyConfig) {
      throw invalidParameter(
        'Function URL is not supported for functions enabled with tenancy configuration.',
      );
    }
    checkCors(input.Cors);
    if (urls.get(ref, qualifier)) {
      throw conflict(
        `Failed to create function url config for [functionArn = ${arnOf(target)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      );
    }
    const now = lambda.clock.now();
    const record: UrlRecord = {
      id: newUrlId(),
      authType: input.AuthType!,
      ...(input.InvokeMode ? { invokeMode: input.InvokeMode } : {}),
      ...(input.Cors ? { cors: input.Cors } : {}),
      created: now,
      lastModified: now,
    };
    urls.put(ref, qualifier, record);
    const { LastModifiedTime: _, ...created } = show(ref, qualifier, record, address);
    return { ...created, InvokeMode: record.invokeMode };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html */
export function getFunctionUrlConfig(
  lambda: Lambda,
  { urls }: Resources,
  address: UrlAddress,
): Operation<GetFunctionUrlConfigCommandInput, GetFunctionUrlConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = lookUp(lambda, input, call, 'GetFunctionUrlConfig');
    const record = urls.get(ref, qualifier);
    if (!record) throw notThere();
    return show(ref, qualifier, record, address);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html */
export function updateFunctionUrlConfig(
  lambda: Lambda,
  { urls }: Resources,
  address: UrlAddress,
): Operation<UpdateFunctionUrlConfigCommandInput, UpdateFunctionUrlConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier, latest } = lookUp(lambda, input, call, 'UpdateFunctionUrlConfig');
    if (!latest) throw noFunction();
    const before = urls.get(ref, qualifier);
    if (!before) throw notThere();
    checkCors(input.Cors);
    const record: UrlRecord = {
      ...before,
      authType: input.AuthType ?? before.authType,
      ...(input.InvokeMode ? { invokeMode: input.InvokeMode } : {}),
      ...(input.Cors ? { cors: input.Cors } : {}),
      lastModified: lambda.clock.now(),
    };
    // An empty Cors takes it away.
    if (input.Cors && isEmpty(input.Cors)) delete record.cors;
    urls.put(ref, qualifier, record);
    return { ...show(ref, qualifier, record, address), InvokeMode: record.invokeMode };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionUrlConfig.html */
export function deleteFunctionUrlConfig(
  lambda: Lambda,
  { urls }: Resources,
): Operation<DeleteFunctionUrlConfigCommandInput, DeleteFunctionUrlConfigCommandOutput> {
  return (input, call) => {
    const { ref, qualifier } = lookUp(lambda, input, call, 'DeleteFunctionUrlConfig');
    if (!urls.delete(ref, qualifier)) throw notThere();
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html */
export function listFunctionUrlConfigs(
  lambda: Lambda,
  { urls }: Resources,
  address: UrlAddress,
): Operation<ListFunctionUrlConfigsCommandInput, ListFunctionUrlConfigsCommandOutput> {
  return (input, call) => {
    const { ref, latest } = lookUp(lambda, input, call, 'ListFunctionUrlConfigs');
    if (!latest) throw noFunction();
    const { items, NextMarker } = pageOf(urls.ofFunction(ref), ({ qualifier }) => qualifier, input);
    return {
      FunctionUrlConfigs: items.map(({ qualifier, record }) => show(ref, qualifier, record, address)),
      NextMarker,
    };
  };
}

function show(
  ref: FunctionRef,
  qualifier: string,
  record: UrlRecord,
  address: UrlAddress,
): FunctionUrlConfig {
  return {
    FunctionUrl: address.urlOf(record.id, ref.scope.region),
    FunctionArn: arnOf({ ref, qualifier }),
    AuthType: record.authType,
    Cors: record.cors,
    CreationTime: isoTime(record.created),
    LastModifiedTime: isoTime(record.lastModified),
    InvokeMode: record.invokeMode ?? 'BUFFERED',
  };
}

function arnOf({ ref, qualifier }: Pick<Target, 'ref' | 'qualifier'>): string {
  return functionArn(ref, qualifier === LATEST ? undefined : qualifier);
}

/** @throws InvalidParameterValueException */
function checkCors(cors: Cors | undefined): void {
  for (const member of ['AllowMethods', 'AllowOrigins', 'AllowHeaders', 'ExposeHeaders'] as const) {
    const values = cors?.[member] ?? [];
    if (values.length < 2 || !values.includes('*')) continue;
    throw invalidParameter(
      `You can't specify additional fields for ${member} because you already specified the wildcard character (*).`,
    );
  }
}

function isEmpty(cors: Cors): boolean {
  return Object.values(cors).every((value) => value === undefined);
}

/** `2024-01-01T00:00:00.000000Z` */
function isoTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}

function noFunction(): Error {
  return notFound('Function does not exist');
}

function notThere(): Error {
  return notFound('The resource you requested does not exist.');
}
