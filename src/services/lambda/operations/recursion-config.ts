import type {
  GetFunctionRecursionConfigCommandInput,
  GetFunctionRecursionConfigCommandOutput,
  PutFunctionRecursionConfigCommandInput,
  PutFunctionRecursionConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import type { Lambda } from '../lambda.ts';
import { LATEST } from '../names.ts';
import type { Resources } from '../resources.ts';
import { lookUp, mustExist } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html */
export function putFunctionRecursionConfig(
  lambda: Lambda,
  { recursion }: Resources,
): Operation<PutFunctionRecursionConfigCommandInput, PutFunctionRecursionConfigCommandOutput> {
  return (input, call) => {
    const { ref } = mustExist(lookUp(lambda, input, call, 'PutFunctionRecursionConfig'));
    recursion.put(ref, LATEST, { loop: input.RecursiveLoop! });
    return { RecursiveLoop: input.RecursiveLoop };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html */
export function getFunctionRecursionConfig(
  lambda: Lambda,
  { recursion }: Resources,
): Operation<GetFunctionRecursionConfigCommandInput, GetFunctionRecursionConfigCommandOutput> {
  return (input, call) => {
    const { ref } = mustExist(lookUp(lambda, input, call, 'GetFunctionRecursionConfig'));
    return { RecursiveLoop: recursion.get(ref)?.loop ?? 'Terminate' };
  };
}
