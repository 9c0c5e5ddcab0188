import type {
  GetRuntimeManagementConfigCommandInput,
  GetRuntimeManagementConfigCommandOutput,
  PutRuntimeManagementConfigCommandInput,
  PutRuntimeManagementConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn } from '../names.ts';
import type { Resources } from '../resources.ts';
import { type ExistingTarget, lookUp, mustExist } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html */
export function putRuntimeManagementConfig(
  lambda: Lambda,
  { runtimeManagement }: Resources,
): Operation<PutRuntimeManagementConfigCommandInput, PutRuntimeManagementConfigCommandOutput> {
  return (input, call) => {
    const target = mustExist(lookUp(lambda, input, call, 'PutRuntimeManagementConfig'));
    const { UpdateRuntimeOn, RuntimeVersionArn } = input;
    if (UpdateRuntimeOn === 'Manual' && RuntimeVersionArn === undefined) {
      throw invalidParameter(
        'Missing runtime version ARN. A runtime version ARN is required when UpdateRuntimeVersionOn=Manual. Provide a valid runtime version ARN and retry the request.',
      );
    }
    if (UpdateRuntimeOn !== 'Manual' && RuntimeVersionArn !== undefined) {
      throw invalidParameter(
        `Unexpected runtime version ARN when UpdateRuntimeVersionOn=${UpdateRuntimeOn}. Remove the runtime version ARN and retry the request.`,
      );
    }
    if (target.alias) throw onAlias();
    const record = {
      updateOn: UpdateRuntimeOn!,
      ...(RuntimeVersionArn === undefined ? {} : { versionArn: RuntimeVersionArn }),
    };
    runtimeManagement.put(target.ref, target.qualifier, record);
    return { UpdateRuntimeOn, RuntimeVersionArn, FunctionArn: versionArn(target) };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html */
export function getRuntimeManagementConfig(
  lambda: Lambda,
  { runtimeManagement }: Resources,
): Operation<GetRuntimeManagementConfigCommandInput, GetRuntimeManagementConfigCommandOutput> {
  return (input, call) => {
    const target = mustExist(lookUp(lambda, input, call, 'GetRuntimeManagementConfig'));
    if (target.alias) throw onAlias();
    const record = runtimeManagement.get(target.ref, target.qualifier);
    return {
      UpdateRuntimeOn: record?.updateOn ?? 'Auto',
      RuntimeVersionArn: record?.versionArn,
      FunctionArn: versionArn(target),
    };
  };
}

function versionArn({ ref, record }: ExistingTarget): string {
  return functionArn(ref, record.version);
}

function onAlias(): Error {
  return invalidParameter('Runtime management configurations are not supported on function aliases.');
}
