/** One of AWS's own policies, in short. */
export interface Definition {
  /** `/` where nothing else is said. */
  path?: '/' | '/service-role/' | '/job-function/';
  description: string;
  /** The number of the version that is the default. */
  version: number;
  statements: readonly ShortStatement[];
}

export interface ShortStatement {
  /** Separated by spaces. */
  actions?: string;
  notActions?: string;
  /** All, where nothing is said. */
  resources?: readonly string[];
  condition?: object;
}

const LOGS = 'logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents';
const INTERFACES =
  'ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses';
const STREAMS = 'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams';
const PULL =
  'ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:BatchGetImage';
const ECR_READ = `${PULL} ecr:GetRepositoryPolicy ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource ecr:DescribeImageScanFindings`;
const LOGS_READ =
  'logs:Describe* logs:Get* logs:List* logs:StartQuery logs:StopQuery logs:TestMetricFilter logs:FilterLogEvents logs:StartLiveTail logs:StopLiveTail';

function passRole(...services: string[]): ShortStatement {
  return { actions: 'iam:PassRole', condition: { StringEquals: { 'iam:PassedToService': services } } };
}

function serviceRole(...services: string[]): ShortStatement {
  return {
    actions: 'iam:CreateServiceLinkedRole',
    condition: { StringLike: { 'iam:AWSServiceName': services } },
  };
}

function allows(
  version: number,
  description: string,
  actions: string,
  ...more: ShortStatement[]
): Definition {
  return { version, description, statements: [{ actions }, ...more] };
}

function forService(
  version: number,
  description: string,
  actions: string,
  ...more: ShortStatement[]
): Definition {
  return { path: '/service-role/', ...allows(version, description, actions, ...more) };
}

const FUNCTION_LOGS: ShortStatement = {
  actions: 'logs:DescribeLogStreams logs:FilterLogEvents logs:GetLogEvents',
  resources: ['arn:aws:logs:*:*:log-group:/aws/lambda/*'],
};

/** For everyone and everything. */
const GENERAL: Readonly<Record<string, Definition>> = {
  AdministratorAccess: allows(1, 'Provides full access to AWS services and resources.', '*'),
  PowerUserAccess: {
    version: 6,
    description:
      'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    statements: [
      { notActions: 'iam:* organizations:* account:*' },
      {
        actions:
          'account:GetAccountInformation account:GetPrimaryEmail account:ListRegions iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole iam:ListRoles organizations:DescribeEffectivePolicy organizations:DescribeOrganization',
      },
    ],
  },
  ReadOnlyAccess: allows(
    120,
    'Provides read-only access to AWS services and resources.',
    `cloudformation:Describe* cloudformation:Get* cloudformation:List* cloudwatch:Describe* cloudwatch:Get* cloudwatch:List* dynamodb:BatchGet* dynamodb:Describe* dynamodb:Get* dynamodb:List* dynamodb:Query dynamodb:Scan ec2:Describe* ec2:Get* ecr:BatchCheck* ecr:BatchGet* ecr:Describe* ecr:Get* ecr:List* ecs:Describe* ecs:List* elasticloadbalancing:Describe* events:Describe* events:List* events:Test* iam:Generate* iam:Get* iam:List* iam:Simulate* kinesis:Describe* kinesis:Get* kinesis:List* kms:Describe* kms:Get* kms:List* lambda:Get* lambda:List* ${LOGS_READ} s3:DescribeJob s3:Get* s3:List* secretsmanager:Describe* secretsmanager:GetResourcePolicy secretsmanager:List* sns:Check* sns:Get* sns:List* sqs:Get* sqs:List* sqs:Receive* ssm:Describe* ssm:Get* ssm:List* states:Describe* states:GetExecutionHistory states:List* sts:GetAccessKeyInfo sts:GetCallerIdentity sts:GetSessionToken tag:Get* xray:BatchGet* xray:Get*`,
  ),
  ViewOnlyAccess: {
    path: '/job-function/',
    ...allows(
      24,
      'This policy grants permissions to view resources and basic metadata across all AWS services.',
      'cloudformation:Describe* cloudformation:List* cloudwatch:Describe* dynamodb:Describe* dynamodb:List* ec2:Describe* ecr:Describe* ecs:Describe* ecs:List* elasticloadbalancing:Describe* events:List* iam:Get* iam:List* lambda:Get* lambda:List* logs:Describe* s3:ListAllMyBuckets s3:ListBucket sns:List* sqs:ListQueues states:List*',
    ),
  },
  SecurityAudit: allows(
    60,
    'The security audit template grants access to read security configuration metadata. It is useful for software that audits the configuration of an AWS account.',
    'cloudtrail:Describe* cloudtrail:Get* cloudwatch:Describe* ec2:Describe* ecr:Describe* ecs:Describe* ecs:List* iam:Generate* iam:Get* iam:List* iam:Simulate* kms:Describe* kms:Get* kms:List* lambda:GetFunctionConfiguration lambda:GetPolicy lambda:List* logs:Describe* s3:GetBucket* s3:GetEncryptionConfiguration s3:ListAllMyBuckets sns:Get* sns:List* sqs:GetQueueAttributes sqs:ListQueues',
  ),
  IAMFullAccess: allows(
    2,
    'Provides full access to IAM via the AWS Management Console.',
    'iam:* organizations:DescribeAccount organizations:DescribeOrganization organizations:DescribeOrganizationalUnit organizations:DescribePolicy organizations:ListChildren organizations:ListParents organizations:ListPoliciesForTarget organizations:ListRoots organizations:ListPolicies organizations:ListTargetsForPolicy',
  ),
  IAMReadOnlyAccess: allows(
    4,
    'Provides read only access to IAM via the AWS Management Console.',
    'iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy iam:SimulatePrincipalPolicy',
  ),
  IAMUserChangePassword: {
    version: 5,
    description: 'Provides the ability for an IAM user to change their own password.',
    statements: [
      { actions: 'iam:ChangePassword', resources: ['arn:aws:iam::*:user/$' + '{aws:username}'] },
      { actions: 'iam:GetAccountPasswordPolicy' },
    ],
  },
};

const LAMBDA: Readonly<Record<string, Definition>> = {
  AWSLambdaBasicExecutionRole: forService(1, 'Provides write permissions to CloudWatch Logs.', LOGS),
  AWSLambdaBasicDurableExecutionRolePolicy: forService(
    1,
    'Provides write permissions to CloudWatch Logs and read/write permissions to durable execution APIs used by Lambda durable functions.',
    `${LOGS} lambda:CheckpointDurableExecution lambda:GetDurableExecutionState`,
  ),
  AWSLambdaVPCAccessExecutionRole: forService(
    3,
    'Provides minimum permissions for a Lambda function to execute while accessing a resource within a VPC - create, describe, delete network interfaces and write permissions to CloudWatch Logs.',
    `${LOGS} ec2:DescribeSubnets ${INTERFACES}`,
  ),
  AWSLambdaENIManagementAccess: forService(
    2,
    'Provides minimum permissions for a Lambda function to manage ENIs (create, describe, delete) used by a VPC-enabled Lambda Function.',
    INTERFACES,
  ),
  AWSLambdaSQSQueueExecutionRole: forService(
    1,
    'Provides receive message, delete message, and read attribute access to SQS queues, and write permissions to CloudWatch logs.',
    `sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes ${LOGS}`,
  ),
  AWSLambdaDynamoDBExecutionRole: forService(
    1,
    'Provides list and read access to DynamoDB streams and write permissions to CloudWatch Logs.',
    `${STREAMS} ${LOGS}`,
  ),
  AWSLambdaKinesisExecutionRole: forService(
    1,
    'Provides list and read access to Kinesis streams and write permissions to CloudWatch Logs.',
    `kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:ListStreams kinesis:SubscribeToShard ${LOGS}`,
  ),
  AWSLambdaMSKExecutionRole: forService(
    1,
    'Provides permissions required to access MSK Cluster within a VPC, manage ENIs (create, describe, delete) in the VPC and write permissions to CloudWatch Logs.',
    `kafka:DescribeCluster kafka:DescribeClusterV2 kafka:GetBootstrapBrokers ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeVpcs ec2:DeleteNetworkInterface ec2:DescribeSubnets ec2:DescribeSecurityGroups ${LOGS}`,
  ),
  AWSLambdaRole: forService(1, 'Default policy for AWS Lambda service role.', 'lambda:InvokeFunction'),
  AWSLambdaExecute: {
    version: 1,
    description: 'Provides Put, Get access to S3 and full access to CloudWatch Logs.',
    statements: [
      { actions: 'logs:*', resources: ['arn:aws:logs:*:*:*'] },
      { actions: 's3:GetObject s3:PutObject', resources: ['arn:aws:s3:::*'] },
    ],
  },
  'AWSLambdaInvocation-DynamoDB': allows(
    1,
    'Provides read access to DynamoDB Streams.',
    'lambda:InvokeFunction',
    { actions: STREAMS },
  ),
  AWSLambda_FullAccess: allows(
    1,
    'Grants full access to AWS Lambda service, AWS Lambda console features, and other related AWS services.',
    'cloudformation:DescribeStacks cloudformation:ListStackResources cloudwatch:ListMetrics cloudwatch:GetMetricData ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs kms:ListAliases iam:GetPolicy iam:GetPolicyVersion iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies iam:ListRoles lambda:* logs:DescribeLogGroups states:DescribeStateMachine states:ListStateMachines tag:GetResources xray:GetTraceSummaries xray:BatchGetTraces',
    passRole('lambda.amazonaws.com'),
    FUNCTION_LOGS,
  ),
  AWSLambda_ReadOnlyAccess: allows(
    2,
    'Grants read-only access to AWS Lambda service, AWS Lambda console features, and other related AWS services.',
    'cloudformation:DescribeStacks cloudformation:ListStackResources cloudwatch:GetMetricData cloudwatch:ListMetrics iam:GetPolicy iam:GetPolicyVersion iam:GetRole iam:ListRoles lambda:Get* lambda:List* logs:DescribeLogGroups tag:GetResources',
    FUNCTION_LOGS,
  ),
  AWSXRayDaemonWriteAccess: allows(
    2,
    'Allow the AWS X-Ray Daemon to relay raw trace segments data to the service’s API and retrieve sampling data (rules, targets, etc.) to be used by the X-Ray SDK.',
    'xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets xray:GetSamplingStatisticSummaries',
  ),
  CloudWatchLambdaInsightsExecutionRolePolicy: allows(
    1,
    'Policy required for the Lambda Insights Extension',
    'logs:CreateLogGroup',
    {
      actions: 'logs:CreateLogStream logs:PutLogEvents',
      resources: ['arn:aws:logs:*:*:log-group:/aws/lambda-insights:*'],
    },
  ),
  AmazonAPIGatewayPushToCloudWatchLogs: forService(
    1,
    "Allows API Gateway to push logs to user's account.",
    `${LOGS} logs:DescribeLogGroups logs:DescribeLogStreams logs:GetLogEvents logs:FilterLogEvents`,
  ),
  AmazonAPIGatewayInvokeFullAccess: {
    version: 1,
    description: 'Provides full access to invoke APIs in Amazon API Gateway.',
    statements: [
      {
        actions: 'execute-api:Invoke execute-api:ManageConnections',
        resources: ['arn:aws:execute-api:*:*:*'],
      },
    ],
  },
};

const CONTAINERS: Readonly<Record<string, Definition>> = {
  AmazonECSTaskExecutionRolePolicy: forService(
    1,
    'Provides access to other AWS service resources that are required to run Amazon ECS tasks',
    `${PULL} logs:CreateLogStream logs:PutLogEvents`,
  ),
  AmazonEC2ContainerServiceforEC2Role: forService(
    7,
    'Default policy for the Amazon EC2 Role for Amazon EC2 Container Service.',
    `ec2:DescribeTags ecs:CreateCluster ecs:DeregisterContainerInstance ecs:DiscoverPollEndpoint ecs:Poll ecs:RegisterContainerInstance ecs:StartTelemetrySession ecs:UpdateContainerInstancesState ecs:Submit* ${PULL} logs:CreateLogStream logs:PutLogEvents`,
  ),
  AmazonEC2ContainerServiceEventsRole: forService(
    2,
    'Policy to enable CloudWatch Events for EC2 Container Service',
    'ecs:RunTask',
    passRole('ecs-tasks.amazonaws.com'),
  ),
  AmazonECS_FullAccess: allows(
    20,
    'Provides administrative access to Amazon ECS resources and enables ECS features through access to other AWS service resources, including VPCs, Auto Scaling groups, and CloudFormation stacks.',
    'application-autoscaling:* cloudwatch:DeleteAlarms cloudwatch:DescribeAlarms cloudwatch:GetMetricStatistics cloudwatch:PutMetricAlarm ec2:Describe* ecs:* elasticloadbalancing:Create* elasticloadbalancing:Delete* elasticloadbalancing:Describe* events:DeleteRule events:DescribeRule events:ListRuleNamesByTarget events:ListTargetsByRule events:PutRule events:PutTargets events:RemoveTargets iam:ListAttachedRolePolicies iam:ListInstanceProfiles iam:ListRoles lambda:ListFunctions logs:CreateLogGroup logs:DescribeLogGroups logs:FilterLogEvents',
    passRole('ecs-tasks.amazonaws.com'),
    serviceRole('ecs.amazonaws.com', 'spot.amazonaws.com', 'ecs.application-autoscaling.amazonaws.com'),
  ),
  AmazonEC2ContainerRegistryReadOnly: allows(
    3,
    'Provides read-only access to Amazon EC2 Container Registry repositories.',
    ECR_READ,
  ),
  AmazonEC2ContainerRegistryPullOnly: allows(
    1,
    'Provides Amazon EC2 Container Registry pull-only access.',
    'ecr:GetAuthorizationToken ecr:BatchImportUpstreamImage ecr:BatchGetImage ecr:GetDownloadUrlForLayer',
  ),
  AmazonEC2ContainerRegistryPowerUser: allows(
    3,
    'Provides full access to Amazon EC2 Container Registry repositories, but does not allow repository deletion or policy changes.',
    `${ECR_READ} ecr:InitiateLayerUpload ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage`,
  ),
  AmazonEC2ContainerRegistryFullAccess: allows(
    3,
    'Provides administrative access to Amazon ECR resources',
    'ecr:* cloudtrail:LookupEvents',
    serviceRole('replication.ecr.amazonaws.com'),
  ),
  AmazonEC2FullAccess: allows(
    5,
    'Provides full access to Amazon EC2 via the AWS Management Console.',
    'ec2:* elasticloadbalancing:* cloudwatch:* autoscaling:*',
    serviceRole(
      'autoscaling.amazonaws.com',
      'ec2scheduled.amazonaws.com',
      'elasticloadbalancing.amazonaws.com',
      'spot.amazonaws.com',
      'spotfleet.amazonaws.com',
      'transitgateway.amazonaws.com',
    ),
  ),
  AmazonEC2ReadOnlyAccess: allows(
    3,
    'Provides read only access to Amazon EC2 via the AWS Management Console.',
    'ec2:Describe* ec2:GetSecurityGroupsForVpc elasticloadbalancing:Describe* cloudwatch:ListMetrics cloudwatch:GetMetricStatistics cloudwatch:Describe* autoscaling:Describe*',
  ),
  ElasticLoadBalancingFullAccess: allows(
    7,
    'Provides full access to Amazon ElasticLoadBalancing.',
    'elasticloadbalancing:* ec2:Describe*',
    serviceRole('elasticloadbalancing.amazonaws.com'),
  ),
  AmazonSSMManagedInstanceCore: allows(
    2,
    'The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.',
    'ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations ssm:PutInventory ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus ssm:UpdateInstanceAssociationStatus ssm:UpdateInstanceInformation ssmmessages:* ec2messages:*',
  ),
};

const SERVICES: Readonly<Record<string, Definition>> = {
  AmazonS3FullAccess: allows(2, 'Provides full access to all buckets.', 's3:* s3-object-lambda:*'),
  AmazonS3ReadOnlyAccess: allows(
    3,
    'Provides read only access to all buckets.',
    's3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*',
  ),
  AmazonDynamoDBFullAccess: allows(
    15,
    'Provides full access to Amazon DynamoDB.',
    'dynamodb:* dax:* application-autoscaling:* cloudwatch:DeleteAlarms cloudwatch:DescribeAlarms cloudwatch:GetMetricStatistics cloudwatch:ListMetrics cloudwatch:PutMetricAlarm cloudwatch:GetMetricData iam:GetRole iam:ListRoles kms:DescribeKey kms:ListAliases lambda:CreateFunction lambda:CreateEventSourceMapping lambda:DeleteEventSourceMapping lambda:DeleteFunction lambda:GetFunctionConfiguration lambda:List* sns:CreateTopic sns:List* tag:GetResources kinesis:ListStreams',
    passRole('application-autoscaling.amazonaws.com', 'dax.amazonaws.com'),
    serviceRole('replication.dynamodb.amazonaws.com', 'dax.amazonaws.com'),
  ),
  AmazonDynamoDBReadOnlyAccess: allows(
    14,
    'Provides read only access to Amazon DynamoDB.',
    'dynamodb:BatchGetItem dynamodb:Describe* dynamodb:List* dynamodb:GetAbacStatus dynamodb:GetItem dynamodb:GetResourcePolicy dynamodb:Query dynamodb:Scan dynamodb:PartiQLSelect cloudwatch:DescribeAlarms cloudwatch:GetMetricData cloudwatch:ListMetrics tag:GetResources',
  ),
  AmazonSQSFullAccess: allows(1, 'Provides full access to Amazon SQS.', 'sqs:*'),
  AmazonSQSReadOnlyAccess: allows(
    3,
    'Provides read only access to Amazon SQS.',
    'sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListDeadLetterSourceQueues sqs:ListQueues sqs:ListMessageMoveTasks sqs:ListQueueTags',
  ),
  AmazonSNSFullAccess: allows(1, 'Provides full access to Amazon SNS.', 'sns:*'),
  AmazonSNSReadOnlyAccess: allows(
    1,
    'Provides read only access to Amazon SNS.',
    'sns:GetTopicAttributes sns:List*',
  ),
  AmazonKinesisFullAccess: allows(1, 'Provides full access to all streams.', 'kinesis:*'),
  AmazonKinesisReadOnlyAccess: allows(
    1,
    'Provides read only access to all streams.',
    'kinesis:Get* kinesis:List* kinesis:Describe*',
  ),
  AmazonEventBridgeFullAccess: allows(
    7,
    'Provides full access to Amazon EventBridge.',
    'events:* schemas:* scheduler:* pipes:*',
    passRole('events.amazonaws.com', 'scheduler.amazonaws.com', 'pipes.amazonaws.com'),
    serviceRole('apidestinations.events.amazonaws.com', 'schemas.amazonaws.com'),
  ),
  AmazonEventBridgeReadOnlyAccess: allows(
    6,
    'Provides read only access to Amazon EventBridge.',
    'events:Describe* events:List* events:TestEventPattern schemas:Describe* schemas:Get* schemas:List* schemas:Search* scheduler:Get* scheduler:List* pipes:Describe* pipes:List*',
  ),
  CloudWatchFullAccess: allows(
    4,
    'Provides full access to CloudWatch.',
    'autoscaling:Describe* cloudwatch:* logs:* sns:* iam:GetPolicy iam:GetPolicyVersion iam:GetRole oam:ListSinks',
    serviceRole('events.amazonaws.com'),
  ),
  CloudWatchFullAccessV2: allows(
    3,
    'Provides full access to CloudWatch.',
    'application-autoscaling:DescribeScalingPolicies autoscaling:Describe* cloudwatch:* logs:* sns:CreateTopic sns:ListSubscriptions sns:ListSubscriptionsByTopic sns:ListTopics sns:Subscribe iam:GetPolicy iam:GetPolicyVersion iam:GetRole oam:ListSinks rum:* synthetics:* xray:*',
  ),
  CloudWatchReadOnlyAccess: allows(
    10,
    'Provides read only access to CloudWatch.',
    `autoscaling:Describe* cloudwatch:BatchGet* cloudwatch:Describe* cloudwatch:GenerateQuery cloudwatch:Get* cloudwatch:List* ${LOGS_READ} sns:Get* sns:List* xray:BatchGet* xray:Get*`,
  ),
  CloudWatchLogsFullAccess: allows(
    2,
    'Provides full access to CloudWatch Logs',
    'logs:* cloudwatch:GenerateQuery',
  ),
  CloudWatchLogsReadOnlyAccess: allows(
    7,
    'Provides read only access to CloudWatch Logs',
    `${LOGS_READ} cloudwatch:GenerateQuery`,
  ),
  CloudWatchAgentServerPolicy: allows(
    4,
    'Permissions required to use AmazonCloudWatchAgent on servers',
    `cloudwatch:PutMetricData ec2:DescribeVolumes ec2:DescribeTags ${LOGS} logs:PutRetentionPolicy logs:DescribeLogStreams logs:DescribeLogGroups xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets xray:GetSamplingStatisticSummaries`,
  ),
  AmazonSSMFullAccess: allows(
    4,
    'Provides full access to Amazon SSM.',
    'cloudwatch:PutMetricData ds:CreateComputer ds:DescribeDirectories ec2:DescribeInstanceStatus logs:* ssm:* ec2messages:*',
  ),
  AmazonSSMReadOnlyAccess: allows(
    1,
    'Provides read only access to Amazon SSM.',
    'ssm:Describe* ssm:Get* ssm:List*',
  ),
  SecretsManagerReadWrite: allows(
    5,
    'Provides read/write access to AWS Secrets Manager via the AWS Management Console.',
    'secretsmanager:* cloudformation:CreateChangeSet cloudformation:DescribeChangeSet cloudformation:DescribeStackResource cloudformation:DescribeStacks cloudformation:ExecuteChangeSet kms:DescribeKey kms:ListAliases kms:ListKeys lambda:ListFunctions tag:GetResources',
  ),
  AWSKeyManagementServicePowerUser: allows(
    2,
    'Provides access to AWS Key Management Service (KMS).',
    'kms:CreateAlias kms:CreateKey kms:DeleteAlias kms:Describe* kms:GenerateRandom kms:Get* kms:List* kms:TagResource kms:UntagResource iam:ListGroups iam:ListRoles iam:ListUsers',
  ),
  AWSStepFunctionsFullAccess: allows(
    1,
    'An access policy for providing a user/role/etc access to the AWS StepFunctions API.',
    'states:*',
  ),
  AWSCloudFormationFullAccess: allows(1, 'Provides full access to AWS CloudFormation.', 'cloudformation:*'),
  AWSCloudFormationReadOnlyAccess: allows(
    2,
    'Provides access to AWS CloudFormation via the AWS Management Console.',
    'cloudformation:Describe* cloudformation:EstimateTemplateCost cloudformation:Get* cloudformation:List* cloudformation:ValidateTemplate cloudformation:Detect*',
  ),
  AmazonAPIGatewayAdministrator: {
    version: 1,
    description:
      'Provides full access to create/edit/delete APIs in Amazon API Gateway via the AWS Management Console.',
    statements: [{ actions: 'apigateway:*', resources: ['arn:aws:apigateway:*::/*'] }],
  },
};

/**
 * Those that applications and templates attach, with what each allows. Long lists of actions are shortened to patterns;
 * what they allow of the services that lambdock has is AWS's.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const DEFINITIONS: Readonly<Record<string, Definition>> = {
  ...GENERAL,
  ...LAMBDA,
  ...CONTAINERS,
  ...SERVICES,
};
