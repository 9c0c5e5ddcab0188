import type {
  DeleteFunctionConcurrencyCommandInput,
  DeleteFunctionConcurrencyCommandOutput,
  GetFunctionConcurrencyCommandInput,
  GetFunctionConcurrencyCommandOutput,
  PutFunctionConcurrencyCommandInput,
  PutFunctionConcurrencyCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { unreservedConcurrency } from '../concurrency.ts';
import { invalidBehind, invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { LIMITS } from '../limits.ts';
import { functionArn, functionNotFound, LATEST } from '../names.ts';
import type { Resources } from '../resources.ts';
import { type ExistingTarget, lookUp, mustExist, type Target } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export function putFunctionConcurrency(
  lambda: Lambda,
  resources: Resources,
): Operation<PutFunctionConcurrencyCommandInput, PutFunctionConcurrencyCommandOutput> {
  return (input, call) => {
    const { ref, latest } = lookUpFunction(lambda, input.FunctionName!, call, 'PutFunctionConcurrency');
    if (!latest) throw functionNotFound({ ...ref, qualifier: LATEST });
    const reserved = input.ReservedConcurrentExecutions!;
    const left = unreservedConcurrency(resources, ref.scope, ref.name) - reserved;
    if (left < LIMITS.unreserved) {
      throw invalidBehind(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LIMITS.unreserved}].`,
      );
    }
    const provisioned = resources.provisioned
      .ofFunction(ref)
      .reduce((sum, { record }) => sum + record.requested, 0);
    if (provisioned > reserved) {
      throw invalidBehind(
        ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
      );
    }
    resources.concurrency.put(ref, LATEST, { reserved });
    lambda.host.setReserved(functionArn(ref), reserved);
    return { ReservedConcurrentExecutions: reserved };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export function getFunctionConcurrency(
  lambda: Lambda,
  { concurrency }: Resources,
): Operation<GetFunctionConcurrencyCommandInput, GetFunctionConcurrencyCommandOutput> {
  return (input, call) => {
    const { ref } = findFunction(lambda, input.FunctionName!, call, 'GetFunctionConcurrency');
    return { ReservedConcurrentExecutions: concurrency.get(ref)?.reserved };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export function deleteFunctionConcurrency(
  lambda: Lambda,
  { concurrency }: Resources,
): Operation<DeleteFunctionConcurrencyCommandInput, DeleteFunctionConcurrencyCommandOutput> {
  return (input, call) => {
    const { ref } = findFunction(lambda, input.FunctionName!, call, 'DeleteFunctionConcurrency');
    if (concurrency.delete(ref)) lambda.host.setReserved(functionArn(ref), undefined);
    return {};
  };
}

function findFunction(lambda: Lambda, FunctionName: string, call: Call, action: string): ExistingTarget {
  return mustExist(lookUpFunction(lambda, FunctionName, call, action));
}

function lookUpFunction(lambda: Lambda, FunctionName: string, call: Call, action: string): Target {
  const target = lookUp(lambda, { FunctionName }, call, action);
  if (target.ref.qualifier !== undefined) {
    throw invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  }
  return target;
}
