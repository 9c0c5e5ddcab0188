import type {
  CreateFunctionCommandInput,
  CreateFunctionCommandOutput,
  CreateFunctionRequest,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { withCode } from '../code-source.ts';
import { showConfiguration } from '../configuration.ts';
import { newDurableConfig } from '../durable/durable-config.ts';
import { conflict, invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { checkUnpacked } from '../layers.ts';
import { functionArn, LATEST, resolveNewFunction } from '../names.ts';
import { prepare } from '../preparing.ts';
import { publish } from '../publish.ts';
import { newRevision } from '../revisions.ts';
import { checkRole } from '../role-check.ts';
import { newSettings } from '../settings.ts';
import type { Settings, StoredCode, VersionRecord } from '../store/function-record.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function createFunction(
  lambda: Lambda,
): Operation<CreateFunctionCommandInput, CreateFunctionCommandOutput> {
  return async (input, call) => {
    const { functions, clock, transition } = lambda;
    const ref = resolveNewFunction(input.FunctionName!, call);
    checkPackageType(input);
    const settings = newSettings(input, ref.name, call);
    const layers = lambda.resolveLayers(input.Layers ?? [], call);
    if (layers.shown) settings.Layers = layers.shown;
    Object.assign(settings, keptOnly(input));
    if (input.DurableConfig) settings.DurableConfig = newDurableConfig(input.DurableConfig);
    if (functions.exists(ref)) throw alreadyExists(ref.name);
    checkRole(lambda, input.Role!, 'CreateFunction');
    const create = (code: StoredCode): VersionRecord => {
      checkUnpacked(code, layers.unpacked);
      const activeAt = clock.now() + transition;
      const latest: VersionRecord = {
        version: LATEST,
        ...newRevision(clock, activeAt),
        settings,
        code,
        layers: layers.packages,
        layersUnpacked: layers.unpacked,
        activeAt,
      };
      return functions.transaction(() => {
        if (!functions.create(ref, latest)) throw alreadyExists(ref.name);
        lambda.tags.add(ref.scope, functionArn(ref), input.Tags ?? {});
        if (input.CodeSigningConfigArn) lambda.attachSigning(ref, input.CodeSigningConfigArn, call);
        return input.Publish ? publish(lambda, ref).record : latest;
      });
    };
    const record = await withCode(lambda, ref.scope, input.Code!, settings.PackageType!, create);
    prepare(lambda, ref, record);
    return showConfiguration(ref, record, clock, { updateStatus: false, changed: true });
  };
}

/** What is answered as it was given, and has no effect here. */
function keptOnly({ TenancyConfig, CapacityProviderConfig }: CreateFunctionRequest): Partial<Settings> {
  return {
    ...(TenancyConfig ? { TenancyConfig } : {}),
    ...(CapacityProviderConfig ? { CapacityProviderConfig } : {}),
  };
}

function alreadyExists(name: string): Error {
  return conflict(`Function already exist: ${name}`);
}

function checkPackageType({
  PackageType = 'Zip',
  Runtime,
  Handler,
  Layers,
  Code,
  CodeSigningConfigArn,
}: CreateFunctionRequest): void {
  if (PackageType === 'Zip') {
    if (Runtime === undefined || Handler === undefined) {
      throw invalidParameter(
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      );
    }
    return;
  }
  if (Runtime !== undefined || Handler !== undefined || Layers?.length) {
    throw invalidParameter(
      "Please don't provide Handler or Runtime or Layer when the intent is to create a function with Image.",
    );
  }
  if (Code?.ImageUri === undefined) throw invalidParameter('ImageUri is required.');
  if (CodeSigningConfigArn !== undefined) {
    throw invalidParameter('Code signing is not supported for functions created with container images.');
  }
}
