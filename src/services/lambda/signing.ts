import { CodeSigningConfigNotFoundException } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import type { Resources } from './resources.ts';

/** @throws CodeSigningConfigNotFoundException */
export function checkSigningConfig({ signingConfigs }: Resources, arn: string, call: Call): void {
  const config = signingConfigs.get(call, arn.slice(arn.lastIndexOf(':') + 1));
  if (config?.CodeSigningConfigArn === arn) return;
  throw new CodeSigningConfigNotFoundException({
    message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
    Type: 'User',
    $metadata: {},
  });
}
