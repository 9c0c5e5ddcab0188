import type { GetPolicyCommandOutput } from '@aws-sdk/client-lambda';
import { WireError } from '../../aws/errors.ts';
import type { Perform } from '../../aws/handler.ts';
import type { LambdaTarget } from './subscriptions.ts';

interface Statement {
  Effect?: string;
  Principal?: { Service?: string | string[] } | string;
}

/**
 * Lambda as logs need it, by its own operations. A function whose policy does not let logs invoke it is invoked all the
 * same, which `warn` is told of: on AWS the subscription would be refused.
 */
export function lambdaTarget(perform: Perform, warn: (message: string) => void): LambdaTarget {
  const call = (operation: string, functionArn: string, input: object = {}) => {
    const [, , , region = '', account = ''] = functionArn.split(':');
    return perform('lambda', operation, { FunctionName: functionArn, ...input }, { account, region });
  };
  return {
    invokeAsync: async (functionArn, payload) => {
      await call('Invoke', functionArn, { InvocationType: 'Event', Payload: payload });
    },
    mayInvoke: async (functionArn, source) => {
      const exists = await found(call('GetFunctionConfiguration', functionArn));
      if (!exists) return false;
      const policy = (await found(call('GetPolicy', functionArn))) as GetPolicyCommandOutput | undefined;
      if (!allowsLogs(policy?.Policy)) {
        warn(
          `the policy of ${functionArn} does not allow logs.amazonaws.com to invoke it for ${source.arn}; AWS refuses such a subscription: aws lambda add-permission`,
        );
      }
      return true;
    },
  };
}

async function found(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof WireError ? error.code : (error as Error).name;
    if (name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function allowsLogs(policy: string | undefined): boolean {
  const { Statement: statements = [] } = JSON.parse(policy ?? '{}') as { Statement?: Statement[] };
  return statements.some(({ Effect: effect, Principal: principal }) => {
    if (effect !== 'Allow') return false;
    if (typeof principal !== 'object') return principal === '*';
    return [principal.Service ?? []]
      .flat()
      .some((service) => /^logs\.([a-z0-9-]+\.)?amazonaws\./.test(service));
  });
}
