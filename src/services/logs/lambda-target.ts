import type { ServiceCaller } from '../../aws/call.ts';
import { WireError } from '../../aws/errors.ts';
import type { Perform } from '../../aws/handler.ts';
import type { LambdaTarget, LogSource } from './subscriptions.ts';

/**
 * Lambda as logs need it, by its own operations, which know whether a function's policy lets logs invoke it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
 */
export function lambdaTarget(perform: Perform): LambdaTarget {
  const invoke = (functionArn: string, source: LogSource, input: object) => {
    const [, , , region = '', account = ''] = functionArn.split(':');
    const scope = { account, region };
    return perform(
      'lambda',
      'Invoke',
      { FunctionName: functionArn, ...input },
      scope,
      asLogs(source, region),
    );
  };
  return {
    invokeAsync: async (functionArn, source, payload) => {
      await invoke(functionArn, source, { InvocationType: 'Event', Payload: payload });
    },
    mayInvoke: async (functionArn, source) => {
      try {
        await invoke(functionArn, source, { InvocationType: 'DryRun' });
        return true;
      } catch (error) {
        const name = error instanceof WireError ? error.code : (error as Error).name;
        if (name === 'ResourceNotFoundException' || name === 'AccessDeniedException') return false;
        throw error;
      }
    },
  };
}

function asLogs({ arn, account }: LogSource, region: string): ServiceCaller {
  const principals = ['logs.amazonaws.com', `logs.${region}.amazonaws.com`];
  return { principals, sourceArn: arn, sourceAccount: account };
}
