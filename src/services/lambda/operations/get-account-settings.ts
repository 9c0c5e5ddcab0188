import type { GetAccountSettingsCommandInput, GetAccountSettingsCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { unreservedConcurrency } from '../concurrency.ts';
import type { Lambda } from '../lambda.ts';
import { LIMITS } from '../limits.ts';
import type { Resources } from '../resources.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function getAccountSettings(
  lambda: Lambda,
  resources: Resources,
): Operation<GetAccountSettingsCommandInput, GetAccountSettingsCommandOutput> {
  return (_input, { account, region }) => {
    const scope = { account, region };
    const { bytes, functions } = lambda.functions.usage(scope);
    return {
      AccountLimit: {
        TotalCodeSize: LIMITS.storage,
        CodeSizeUnzipped: LIMITS.unzipped,
        CodeSizeZipped: LIMITS.zipped,
        ConcurrentExecutions: LIMITS.concurrency,
        UnreservedConcurrentExecutions: unreservedConcurrency(resources, scope),
      },
      AccountUsage: { TotalCodeSize: bytes + resources.layers.bytes(scope), FunctionCount: functions },
    };
  };
}
