import type {
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showConfiguration, shownQualifier } from '../configuration.ts';
import type { Lambda } from '../lambda.ts';
import { findVersion } from '../lookup.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export function getFunctionConfiguration(
  lambda: Lambda,
): Operation<GetFunctionConfigurationCommandInput, GetFunctionConfigurationCommandOutput> {
  return (input, call) => {
    const { ref, record, alias } = findVersion(lambda, input, call, 'GetFunctionConfiguration');
    const qualifier = alias?.name ?? shownQualifier(ref.qualifier, record);
    return showConfiguration(ref, record, lambda.clock, { qualifier });
  };
}
