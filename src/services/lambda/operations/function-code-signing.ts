import type {
  DeleteFunctionCodeSigningConfigCommandInput,
  DeleteFunctionCodeSigningConfigCommandOutput,
  GetFunctionCodeSigningConfigCommandInput,
  GetFunctionCodeSigningConfigCommandOutput,
  PutFunctionCodeSigningConfigCommandInput,
  PutFunctionCodeSigningConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import type { Lambda } from '../lambda.ts';
import { LATEST } from '../names.ts';
import type { Resources } from '../resources.ts';
import { checkSigningConfig } from '../signing.ts';
import { lookUp, mustExist } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html */
export function putFunctionCodeSigningConfig(
  lambda: Lambda,
  resources: Resources,
): Operation<PutFunctionCodeSigningConfigCommandInput, PutFunctionCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const arn = input.CodeSigningConfigArn!;
    checkSigningConfig(resources, arn, call);
    const { ref } = mustExist(lookUp(lambda, input, call, 'PutFunctionCodeSigningConfig'));
    resources.functionSigning.put(ref, LATEST, { arn });
    return { CodeSigningConfigArn: arn, FunctionName: ref.name };
  };
}

/** Without a configuration the answer is empty. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html */
export function getFunctionCodeSigningConfig(
  lambda: Lambda,
  { functionSigning }: Resources,
): Operation<GetFunctionCodeSigningConfigCommandInput, GetFunctionCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const { ref } = mustExist(lookUp(lambda, input, call, 'GetFunctionCodeSigningConfig'));
    const arn = functionSigning.get(ref)?.arn;
    if (arn === undefined) return { CodeSigningConfigArn: undefined, FunctionName: undefined };
    return { CodeSigningConfigArn: arn, FunctionName: ref.name };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionCodeSigningConfig.html */
export function deleteFunctionCodeSigningConfig(
  lambda: Lambda,
  { functionSigning }: Resources,
): Operation<DeleteFunctionCodeSigningConfigCommandInput, DeleteFunctionCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const { ref } = mustExist(lookUp(lambda, input, call, 'DeleteFunctionCodeSigningConfig'));
    functionSigning.delete(ref);
    return {};
  };
}
