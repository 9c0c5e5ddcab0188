/**
 * How services call the roles that they have for themselves, as far as that does not follow from their names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const NAMES: Readonly<Record<string, string>> = {
  'apidestinations.events': 'AmazonEventBridgeApiDestinations',
  autoscaling: 'AutoScaling',
  batch: 'Batch',
  cloudtrail: 'CloudTrail',
  config: 'Config',
  'custom-resource.application-autoscaling': 'ApplicationAutoScaling_CustomResource',
  'delivery.logs': 'LogDelivery',
  'dynamodb.application-autoscaling': 'ApplicationAutoScaling_DynamoDBTable',
  ecs: 'ECS',
  'ecs.application-autoscaling': 'ApplicationAutoScaling_ECSService',
  eks: 'AmazonEKS',
  'eks-fargate': 'AmazonEKSForFargate',
  'eks-nodegroup': 'AmazonEKSNodegroup',
  elasticache: 'ElastiCache',
  elasticbeanstalk: 'ElasticBeanstalk',
  elasticfilesystem: 'AmazonElasticFileSystem',
  elasticloadbalancing: 'ElasticLoadBalancing',
  elasticmapreduce: 'EMRCleanup',
  es: 'AmazonElasticsearchService',
  events: 'CloudWatchEvents',
  globalaccelerator: 'GlobalAccelerator',
  guardduty: 'AmazonGuardDuty',
  inspector: 'AmazonInspector',
  kafka: 'Kafka',
  'lambda.application-autoscaling': 'ApplicationAutoScaling_LambdaConcurrency',
  lakeformation: 'LakeFormationDataAccess',
  macie: 'AmazonMacie',
  mq: 'AmazonMQ',
  opensearchservice: 'AmazonOpenSearchService',
  'ops.apigateway': 'APIGateway',
  organizations: 'Organizations',
  rds: 'RDS',
  redshift: 'Redshift',
  'replication.dynamodb': 'DynamoDBReplication',
  'replication.ecr': 'ECRReplication',
  'replicator.lambda': 'LambdaReplicator',
  schemas: 'Schemas',
  servicequotas: 'ServiceQuotas',
  spot: 'EC2Spot',
  spotfleet: 'EC2SpotFleet',
  ssm: 'AmazonSSM',
  sso: 'SSO',
  support: 'Support',
  trustedadvisor: 'TrustedAdvisor',
  transitgateway: 'VPCTransitGateway',
  wafv2: 'WAFV2Logging',
  xray: 'XRay',
};

/** Those of which an account may have several. */
const WITH_SUFFIX = new Set(['autoscaling', 'connect', 'lexv2', 'custom-resource.application-autoscaling']);

/** The name of the role that a service such as `ecs.amazonaws.com` has. */
export function serviceRoleName(service: string, suffix: string | undefined): string {
  const short = shortName(service);
  const words = short.split(/[.-]/).reverse();
  const usual = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const name = `AWSServiceRoleFor${Object.hasOwn(NAMES, short) ? NAMES[short] : usual}`;
  return suffix === undefined ? name : `${name}_${suffix}`;
}

export function mayHaveSuffix(service: string): boolean {
  return WITH_SUFFIX.has(shortName(service));
}

function shortName(service: string): string {
  return service.replace(/\.amazonaws\.com(\.cn)?$/, '');
}
