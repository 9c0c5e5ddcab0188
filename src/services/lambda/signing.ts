import { CodeSigningConfigNotFoundException } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import { invalidParameter } from './errors.ts';
import type { Resources } from './resources.ts';

/** @throws CodeSigningConfigNotFoundException; InvalidParameterValueException for one of another account or region */
export function checkSigningConfig({ signingConfigs }: Resources, arn: string, call: Call): void {
  const [, , , region, account] = arn.split(':');
  if (region !== call.region || account !== call.account) {
    throw invalidParameter(
      `The code signing configuration must be in the same account as the Lambda function. Check the provided ARN: ${arn}.`,
    );
  }
  const config = signingConfigs.get(call, arn.slice(arn.lastIndexOf(':') + 1));
  if (config?.CodeSigningConfigArn === arn) return;
  throw new CodeSigningConfigNotFoundException({
    message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
    Type: 'User',
    $metadata: {},
  });
}
