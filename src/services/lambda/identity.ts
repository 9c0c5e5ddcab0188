import type { ServiceIdentity } from '../../aws/shapes/model.ts';

/** AWS's own limit of a request to Lambda: 50 MB of code in base64, and some room. */
const LARGEST_REQUEST_BYTES = 70_167_211;

export const LAMBDA: ServiceIdentity = {
  name: 'lambda',
  sdkId: 'Lambda',
  signingName: 'lambda',
  version: '2015-03-31',
  target: 'AWSGirApiService',
  namespace: 'com.amazonaws.lambda',
  xmlNamespace: 'http://lambda.amazonaws.com/doc/2015-03-31/',
  protocols: ['rest-json'],
  maxBodyBytes: LARGEST_REQUEST_BYTES,
  blobType: 'application/json',
};
