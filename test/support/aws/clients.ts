import type { TypeRegistry } from '@smithy/core/schema';
import type { ServiceIdentity } from '../../../src/aws/shapes/model.ts';
import { LOGS } from '../../../src/services/logs/identity.ts';
import { STS } from '../../../src/services/sts/identity.ts';

/** What is needed of an installed client of AWS. */
export interface AwsClientModule {
  errorTypeRegistries: TypeRegistry[];
  [name: string]: unknown;
}

export interface AwsClientEntry {
  identity: ServiceIdentity;
  client: string;
  load(): Promise<AwsClientModule>;
}

function identity(
  name: string,
  sdkId: string,
  rest: Pick<ServiceIdentity, 'version' | 'target' | 'protocols'> & Partial<ServiceIdentity>,
): ServiceIdentity {
  return {
    name,
    sdkId,
    signingName: name,
    namespace: `com.amazonaws.${name}`,
    xmlNamespace: `http://${name}.amazonaws.com/doc/${rest.version}/`,
    ...rest,
  };
}

const load = (module: Promise<unknown>) => module as Promise<AwsClientModule>;

/** The clients whose every operation the wire is tried with. Together they speak all protocols. */
export const AWS_CLIENTS: readonly AwsClientEntry[] = [
  { identity: STS, client: 'STSClient', load: () => load(import('@aws-sdk/client-sts')) },
  {
    identity: identity('lambda', 'Lambda', {
      version: '2015-03-31',
      target: 'AWSGirApiService',
      protocols: ['rest-json'],
    }),
    client: 'LambdaClient',
    load: () => load(import('@aws-sdk/client-lambda')),
  },
  {
    identity: LOGS,
    client: 'CloudWatchLogsClient',
    load: () => load(import('@aws-sdk/client-cloudwatch-logs')),
  },
  {
    identity: identity('ecs', 'ECS', {
      version: '2014-11-13',
      target: 'AmazonEC2ContainerServiceV20141113',
      protocols: ['json-1.1'],
    }),
    client: 'ECSClient',
    load: () => load(import('@aws-sdk/client-ecs')),
  },
  {
    identity: identity('iam', 'IAM', {
      version: '2010-05-08',
      target: 'AWSIdentityManagementV20100508',
      xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      protocols: ['query'],
    }),
    client: 'IAMClient',
    load: () => load(import('@aws-sdk/client-iam')),
  },
  {
    identity: identity('elbv2', 'Elastic Load Balancing v2', {
      signingName: 'elasticloadbalancing',
      version: '2015-12-01',
      target: 'ElasticLoadBalancing_v10',
      namespace: 'com.amazonaws.elasticloadbalancingv2',
      protocols: ['query'],
    }),
    client: 'ElasticLoadBalancingV2Client',
    load: () => load(import('@aws-sdk/client-elastic-load-balancing-v2')),
  },
  {
    identity: identity('cloudwatch', 'CloudWatch', {
      signingName: 'monitoring',
      version: '2010-08-01',
      target: 'GraniteServiceVersion20100801',
      queryCompatible: true,
      protocols: ['json-1.0', 'rpc-v2-cbor', 'query'],
    }),
    client: 'CloudWatchClient',
    load: () => load(import('@aws-sdk/client-cloudwatch')),
  },
  {
    identity: identity('ec2', 'EC2', {
      version: '2016-11-15',
      target: 'AmazonEC2',
      protocols: ['ec2-query'],
    }),
    client: 'EC2Client',
    load: () => load(import('@aws-sdk/client-ec2')),
  },
  {
    identity: identity('s3', 'S3', {
      version: '2006-03-01',
      target: 'AmazonS3',
      xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
      s3Like: true,
      protocols: ['rest-xml'],
    }),
    client: 'S3Client',
    load: () => load(import('@aws-sdk/client-s3')),
  },
];
