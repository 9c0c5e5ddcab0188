import { createHash } from 'node:crypto';
import type {
  CreateFunctionRequest,
  LoggingConfig,
  VpcConfig,
  VpcConfigResponse,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import { invalidParameter } from './errors.ts';
import { checkRuntime, checkSnapStart, runtimeVersionArn } from './runtimes.ts';
import type { Settings } from './store/function-record.ts';

/** What CreateFunction and UpdateFunctionConfiguration have in common. */
export type SettingsInput = Pick<
  Partial<CreateFunctionRequest>,
  | 'Runtime'
  | 'Role'
  | 'Handler'
  | 'Description'
  | 'Timeout'
  | 'MemorySize'
  | 'VpcConfig'
  | 'DeadLetterConfig'
  | 'Environment'
  | 'KMSKeyArn'
  | 'TracingConfig'
  | 'FileSystemConfigs'
  | 'ImageConfig'
  | 'EphemeralStorage'
  | 'SnapStart'
  | 'LoggingConfig'
>;

const USUAL_TIMEOUT = 3;
const USUAL_MEMORY = 128;
const USUAL_STORAGE = 512;

/** The settings of a new function, with AWS's defaults. Layers are not among them. */
export function newSettings(input: CreateFunctionRequest, name: string, call: Call): Settings {
  const base: Settings = {
    Description: '',
    Timeout: USUAL_TIMEOUT,
    MemorySize: USUAL_MEMORY,
    PackageType: input.PackageType ?? 'Zip',
    Architectures: input.Architectures ?? ['x86_64'],
    EphemeralStorage: { Size: USUAL_STORAGE },
    TracingConfig: { Mode: 'PassThrough' },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
  };
  return changeSettings(base, input, name, call);
}

/**
 * `settings` with the members that are given in `input` replaced.
 *
 * @throws InvalidParameterValueException
 */
export function changeSettings(settings: Settings, input: SettingsInput, name: string, call: Call): Settings {
  checkLimits(input);
  const { Runtime, EphemeralStorage, TracingConfig, ImageConfig, VpcConfig } = input;
  const changed: Settings = { ...settings };
  if (Runtime !== undefined) {
    checkRuntime(Runtime);
    changed.Runtime = Runtime;
    changed.RuntimeVersionConfig = {
      RuntimeVersionArn: runtimeVersionArn(Runtime, call.partition, call.region),
    };
  }
  for (const member of ['Role', 'Handler', 'Description', 'Timeout', 'MemorySize'] as const) {
    if (input[member] !== undefined) Object.assign(changed, { [member]: input[member] });
  }
  if (input.KMSKeyArn !== undefined) changed.KMSKeyArn = input.KMSKeyArn || undefined;
  if (input.Environment) changed.Environment = environment(input.Environment.Variables);
  if (input.DeadLetterConfig) changed.DeadLetterConfig = deadLetter(input.DeadLetterConfig.TargetArn, call);
  if (input.FileSystemConfigs) changed.FileSystemConfigs = nonEmpty(input.FileSystemConfigs);
  if (EphemeralStorage) changed.EphemeralStorage = { Size: EphemeralStorage.Size };
  if (TracingConfig?.Mode !== undefined) changed.TracingConfig = { Mode: TracingConfig.Mode };
  if (VpcConfig) changed.VpcConfig = vpc(VpcConfig, call);
  const [mounted] = changed.FileSystemConfigs ?? [];
  if (mounted && !changed.VpcConfig?.SubnetIds?.length) {
    throw invalidParameter(
      `Function must be configured to execute in a VPC to reference access point ${mounted.Arn}. Please update the function configuration to include VPC subnets and security groups.`,
    );
  }
  if (ImageConfig && changed.PackageType === 'Zip') {
    throw invalidParameter(
      'The ImageConfig parameter is not supported for functions created with deployment packages.',
    );
  }
  if (ImageConfig) changed.ImageConfigResponse = imageConfig(ImageConfig);
  if (input.SnapStart?.ApplyOn !== undefined) {
    if (input.SnapStart.ApplyOn === 'PublishedVersions') checkSnapStart(changed.Runtime);
    changed.SnapStart = { ApplyOn: input.SnapStart.ApplyOn, OptimizationStatus: 'Off' };
  }
  if (input.LoggingConfig) changed.LoggingConfig = logging(input.LoggingConfig, changed.LoggingConfig, name);
  return changed;
}

const LONGEST_TIMEOUT = 900;
const MOST_MEMORY = 10_240;
const MOST_STORAGE = 10_240;

/** Those of functions that are not on managed instances, for which the constraints allow more. */
function checkLimits({ Timeout, MemorySize, EphemeralStorage }: SettingsInput): void {
  const most = (value: number | undefined, limit: number, member: string) => {
    if (value !== undefined && value > limit) {
      throw invalidParameter(
        `'${member}' value failed to satisfy constraint: Member must have value less than or equal to ${limit}`,
      );
    }
  };
  most(Timeout, LONGEST_TIMEOUT, 'Timeout');
  most(MemorySize, MOST_MEMORY, 'MemorySize');
  most(EphemeralStorage?.Size, MOST_STORAGE, 'EphemeralStorage.Size');
}

const LARGEST_ENVIRONMENT = 4096;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

function environment(variables: Record<string, string> | undefined): Settings['Environment'] {
  if (!variables) return undefined;
  const entries = Object.entries(variables);
  const reserved = entries.map(([key]) => key).filter((key) => RESERVED_VARIABLES.has(key));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const text = JSON.stringify(variables);
  if (Buffer.byteLength(text) > LARGEST_ENVIRONMENT) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${text}`,
    );
  }
  return { Variables: { ...variables } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
function deadLetter(target: string | undefined, call: Call): Settings['DeadLetterConfig'] {
  if (!target) return undefined;
  const invalid = (why: string) => invalidParameter(`Invalid dead letter queue ARN: ${why}`);
  const [, service, region] = /^arn:[^:]+:([^:]+):([^:]*):/.exec(target) ?? [];
  if (service !== 'sqs' && service !== 'sns') {
    throw invalid('The service specified by the TargetArn is not supported for dead letter configuration.');
  }
  if (region !== call.region) {
    throw invalid(
      "The resource specified by the TargetArn must be in the same region as the Lambda function it's associated with.",
    );
  }
  if (target.endsWith('.fifo')) {
    const what = service === 'sqs' ? 'SQS queue' : 'SNS topic';
    throw invalid(`FIFO ${what} is not supported for dead letter configuration`);
  }
  return { TargetArn: target };
}

function nonEmpty<T>(list: readonly T[]): T[] | undefined {
  return list.length === 0 ? undefined : [...list];
}

function imageConfig({
  EntryPoint,
  Command,
  WorkingDirectory,
}: NonNullable<SettingsInput['ImageConfig']>): Settings['ImageConfigResponse'] {
  const ImageConfig = {
    ...(EntryPoint?.length ? { EntryPoint } : {}),
    ...(Command?.length ? { Command } : {}),
    ...(WorkingDirectory ? { WorkingDirectory } : {}),
  };
  return Object.keys(ImageConfig).length === 0 ? undefined : { ImageConfig };
}

/** Which network a subnet lies in is EC2's to say; each account and region has one here. */
function vpc(
  { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false }: VpcConfig,
  call: Call,
) {
  if ((SubnetIds.length === 0) !== (SecurityGroupIds.length === 0)) {
    throw invalidParameter('SubnetIds and SecurityIds must coexist or be both empty list.');
  }
  const id = createHash('sha256').update(`${call.account} ${call.region}`).digest('hex').slice(0, 17);
  return {
    SubnetIds,
    SecurityGroupIds,
    VpcId: SubnetIds.length === 0 ? '' : `vpc-${id}`,
    Ipv6AllowedForDualStack,
  } satisfies VpcConfigResponse;
}

/** Levels exist for JSON alone. https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
function logging(given: LoggingConfig, before: LoggingConfig | undefined, name: string): LoggingConfig {
  const format = given.LogFormat ?? before?.LogFormat ?? 'Text';
  const LogGroup = given.LogGroup ?? before?.LogGroup ?? `/aws/lambda/${name}`;
  if (format === 'Text') {
    if (given.ApplicationLogLevel !== undefined || given.SystemLogLevel !== undefined) {
      throw invalidParameter(
        'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
      );
    }
    return { LogFormat: 'Text', LogGroup };
  }
  return {
    LogFormat: 'JSON',
    ApplicationLogLevel: given.ApplicationLogLevel ?? before?.ApplicationLogLevel ?? 'INFO',
    SystemLogLevel: given.SystemLogLevel ?? before?.SystemLogLevel ?? 'INFO',
    LogGroup,
  };
}
