import type {
  GetFunctionScalingConfigCommandInput,
  GetFunctionScalingConfigCommandOutput,
  PutFunctionScalingConfigCommandInput,
  PutFunctionScalingConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, functionNotFound } from '../names.ts';
import type { Resources } from '../resources.ts';
import { lookUp, type Target } from '../targets.ts';

/** Of functions on managed instances, of which there are none here: kept, and without effect. */
const PUBLISHED = '$LATEST.PUBLISHED';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionScalingConfig.html */
export function putFunctionScalingConfig(
  lambda: Lambda,
  { scaling }: Resources,
): Operation<PutFunctionScalingConfigCommandInput, PutFunctionScalingConfigCommandOutput> {
  return (input, call) => {
    const target = lookUp(lambda, input, call, 'PutFunctionScalingConfig');
    checkPublished(target);
    if (input.FunctionScalingConfig) scaling.put(target.ref, target.qualifier, input.FunctionScalingConfig);
    else scaling.delete(target.ref, target.qualifier);
    return { FunctionState: 'Active' };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionScalingConfig.html */
export function getFunctionScalingConfig(
  lambda: Lambda,
  { scaling }: Resources,
): Operation<GetFunctionScalingConfigCommandInput, GetFunctionScalingConfigCommandOutput> {
  return (input, call) => {
    const target = lookUp(lambda, input, call, 'GetFunctionScalingConfig');
    checkPublished(target);
    const config = scaling.get(target.ref, target.qualifier);
    if (!config) throw notFound('The resource you requested does not exist.');
    return {
      FunctionArn: functionArn(target.ref, target.qualifier),
      AppliedFunctionScalingConfig: config,
      RequestedFunctionScalingConfig: config,
    };
  };
}

function checkPublished({ ref, latest, record, qualifier }: Target): void {
  if (!latest || (!record && qualifier !== PUBLISHED)) throw functionNotFound(ref);
}
