import type { ServiceIdentity } from '../../aws/shapes/model.ts';

export const STS: ServiceIdentity = {
  name: 'sts',
  sdkId: 'STS',
  signingName: 'sts',
  version: '2011-06-15',
  target: 'AWSSecurityTokenServiceV20110615',
  namespace: 'com.amazonaws.sts',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  protocols: ['query'],
  maxBodyBytes: 2 ** 20,
};
