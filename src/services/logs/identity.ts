import type { ServiceIdentity } from '../../aws/shapes/model.ts';

export const LOGS: ServiceIdentity = {
  name: 'logs',
  sdkId: 'CloudWatch Logs',
  signingName: 'logs',
  version: '2014-03-28',
  target: 'Logs_20140328',
  namespace: 'com.amazonaws.cloudwatchlogs',
  xmlNamespace: 'http://logs.amazonaws.com/doc/2014-03-28/',
  protocols: ['json-1.1'],
  validationCode: 'InvalidParameterException',
};
