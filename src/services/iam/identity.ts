import type { ServiceIdentity } from '../../aws/shapes/model.ts';

export const IAM: ServiceIdentity = {
  name: 'iam',
  sdkId: 'IAM',
  signingName: 'iam',
  version: '2010-05-08',
  target: 'AWSIdentityManagementV20100508',
  namespace: 'com.amazonaws.iam',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  protocols: ['query'],
  hidesValues: true,
  maxBodyBytes: 2 ** 20,
};
