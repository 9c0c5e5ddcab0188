import { delimiter, join } from 'node:path';
import type { FunctionVersion } from '../function-host.ts';
import type { ProcessBlueprint } from './blueprint.ts';
import type { InitializationType } from './platform-records.ts';
import type { LocalRuntime } from './runtimes.ts';

/** Temporary credentials that stand for a function's role. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export interface FixedInput {
  /** Host and port of the Runtime API. */
  api: string;
  logStream: string;
  initializationType: InitializationType;
  credentials: RoleCredentials;
}

export interface VariableInput extends FixedInput {
  blueprint: ProcessBlueprint;
  /** Where the AWS API answers. */
  endpointUrl: string;
  /** The daemon's own, for programs that the function starts. */
  path: string;
  /** Stands for /tmp. */
  temporaryFolder: string;
  /** The folder of the interpreter's bootstrap; stands for /var/runtime. */
  runtimeFolder: string;
}

/** Variables that a process reads when it starts, so that a process started ahead can't take them up. */
const READ_AT_START =
  /^(NODE_(?!PATH$)|LD_|DYLD_|PYTHON(?!PATH$)|UV_|MALLOC_|GLIBC_|OPENSSL_|SSL_|AWS_LAMBDA_EXEC_WRAPPER$)/;

/** Of our own runtimes. */
const DESCRIPTORS = { _LAMBDA_TELEMETRY_LOG_FD: '3', LAMBDOCK_EVENTS_FD: '4' };

/** Whether a function's own variables ask for a process of its own. */
export function needsOwnStart(variables: Readonly<Record<string, string>>): boolean {
  return Object.keys(variables).some((name) => READ_AT_START.test(name));
}

/** What a process has before it is known which function it will be. */
export function standbyVariables(api: string, path: string, temporaryFolder: string): Record<string, string> {
  return {
    LANG: 'en_US.UTF-8',
    PATH: path,
    TMPDIR: temporaryFolder,
    TZ: ':UTC',
    AWS_LAMBDA_RUNTIME_API: api,
    ...DESCRIPTORS,
    LAMBDOCK_STANDBY: '1',
  };
}

/**
 * The whole environment of a runtime: AWS's variables, those of the function over what it may set, and ours.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function runtimeVariables(input: VariableInput): Record<string, string> {
  const { blueprint, runtimeFolder } = input;
  const { fn, runtime, taskRoot, sdk } = blueprint;
  const managed = runtime.kind === 'node' || runtime.kind === 'python';
  return {
    ...defaults(input),
    ...fn.environment,
    ...fixedVariables(input.blueprint.fn, input),
    _HANDLER: fn.handler ?? '',
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeFolder,
    ...(managed
      ? {
          AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
          ...DESCRIPTORS,
          // Stacks name uploaded code where AWS keeps it.
          LAMBDOCK_SHOWN_TASK_ROOT: '/var/task',
        }
      : {}),
    ...(runtime.kind === 'python' && sdk !== undefined ? { LAMBDOCK_PYTHON_SDK: sdk } : {}),
  };
}

/** What external extensions get: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html#runtimes-extensions-registration-api-a */
export function extensionVariables(input: VariableInput): Record<string, string> {
  return {
    ...defaults(input),
    ...input.blueprint.fn.environment,
    ...fixedVariables(input.blueprint.fn, input),
  };
}

/** What a function may set otherwise. */
function defaults({ blueprint, path, temporaryFolder, endpointUrl, runtimeFolder }: VariableInput) {
  const { fn, taskRoot, opt, runtime } = blueprint;
  const folders = [...(runtime.folder === undefined ? [] : [runtime.folder]), path];
  const libraries = [taskRoot, join(taskRoot, 'lib')];
  if (opt !== undefined) {
    folders.push(join(opt, 'bin'));
    libraries.push(join(opt, 'lib'));
  }
  return {
    LANG: 'en_US.UTF-8',
    PATH: folders.join(delimiter),
    LD_LIBRARY_PATH: libraries.join(delimiter),
    TZ: ':UTC',
    TMPDIR: temporaryFolder,
    AWS_ENDPOINT_URL: endpointUrl,
    ...(runtime.kind === 'node' || runtime.kind === 'python'
      ? searchPaths(blueprint, runtimeFolder, opt)
      : {}),
    ...(fn.logging.applicationLevel === undefined
      ? {}
      : { AWS_LAMBDA_LOG_LEVEL: fn.logging.applicationLevel }),
  };
}

/** Where interpreters look for what code imports. */
export function searchPaths(
  {
    fn,
    runtime,
    taskRoot,
    sdk,
  }: Pick<ProcessBlueprint, 'fn' | 'taskRoot' | 'sdk'> & {
    runtime: { kind: LocalRuntime['kind'] };
  },
  runtimeFolder: string,
  opt: string | undefined,
): Record<string, string> {
  const version = /\d+(\.\d+)?/.exec(fn.runtime ?? '')?.[0] ?? '';
  if (runtime.kind === 'node') {
    const layers =
      opt === undefined
        ? []
        : [join(opt, 'nodejs', `node${version}`, 'node_modules'), join(opt, 'nodejs', 'node_modules')];
    const runtimes = sdk ?? join(runtimeFolder, 'node_modules');
    const folders = [...layers, runtimes, runtimeFolder, taskRoot];
    return { NODE_PATH: folders.join(delimiter) };
  }
  const layers =
    opt === undefined
      ? []
      : [join(opt, 'python', 'lib', `python${version}`, 'site-packages'), join(opt, 'python')];
  return { PYTHONPATH: [taskRoot, ...layers, runtimeFolder].join(delimiter) };
}

/** What a function can't set, and what extensions have too. */
export function fixedVariables(
  fn: FunctionVersion,
  { api, logStream, initializationType, credentials }: FixedInput,
): Record<string, string> {
  return {
    AWS_REGION: fn.scope.region,
    AWS_DEFAULT_REGION: fn.scope.region,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: fn.logging.format,
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
    AWS_LAMBDA_RUNTIME_API: api,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
  };
}
