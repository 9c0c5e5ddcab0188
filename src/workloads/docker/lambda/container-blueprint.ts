import type Docker from 'dockerode';
import type { CodeCache } from '../../../execution/code/code-cache.ts';
import {
  CannotStart,
  findBootstrap,
  findExtensions,
  unpacked,
} from '../../../execution/environments/blueprint.ts';
import { searchPaths } from '../../../execution/environments/environment-variables.ts';
import { flagsOf, GO_WARNING, versionOf } from '../../../execution/environments/runtimes.ts';
import type { FunctionVersion } from '../../../execution/function-host.ts';
import type { RuntimeSdks } from '../../../execution/sdk/runtime-sdks.ts';
import { splitRuntime } from './aws-images.ts';
import { readOnly } from './function-container.ts';
import type { ImageContents } from './image-contents.ts';
import type { Interpreters } from './interpreters.ts';
import { type LambdaImages, type LocalImage, unsupported } from './lambda-images.ts';

/** What all containers of one revision of a function have in common. */
export interface ContainerBlueprint {
  fn: FunctionVersion;
  image: LocalImage;
  runtime: { version?: string; versionArn?: string; warning?: string };
  command: readonly [string, ...string[]];
  cwd: string;
  mounts: readonly Docker.MountSettings[];
  /** External extensions: file name and path. */
  extensions: Readonly<Record<string, string>>;
  /** Variables that a function may set otherwise. */
  defaults: Readonly<Record<string, string>>;
  /** Variables of the runtime alone. */
  own: Readonly<Record<string, string>>;
  /** Its runtime frames what it logs. */
  frames: boolean;
  /** The image's /tmp is not everybody's. */
  closedTemporary: boolean;
}

export interface BlueprintParts {
  code: CodeCache;
  images: LambdaImages;
  interpreters: Interpreters;
  sdks: RuntimeSdks;
  /** Where `lambda-node` and `lambda-python` lie. */
  runtimesDirectory: string;
}

const TASK = '/var/task';
const OPT = '/opt';
/** Of AWS's images, and where ours is put in others. */
const RUNTIME = '/var/runtime';
const SDK = '/var/lang/lambdock-sdk';
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Unpacked {
  taskRoot: string;
  opt: string | undefined;
}

type Language = Pick<ContainerBlueprint, 'runtime' | 'command' | 'mounts' | 'defaults' | 'own' | 'frames'>;

/** Unpacks a zip function, and finds what runs it in which image. Rejects with CannotStart, HostUnavailable or a StorageError. */
export async function zipBlueprint(fn: FunctionVersion, parts: BlueprintParts): Promise<ContainerBlueprint> {
  const { code, images } = parts;
  const [taskRoot, opt, image] = await Promise.all([
    unpacked(code.folder(fn.code!)),
    unpacked(code.layers(fn.layers)),
    images.ofRuntime(fn.runtime!),
  ]);
  const language = await languageOf(fn, image, { taskRoot, opt }, parts);
  return {
    fn,
    image,
    cwd: TASK,
    closedTemporary: false,
    extensions: opt === undefined ? {} : await extensionsIn(opt),
    ...language,
    mounts: [
      readOnly(taskRoot, TASK),
      ...(opt === undefined ? [] : [readOnly(opt, OPT)]),
      ...language.mounts,
    ],
  };
}

async function extensionsIn(opt: string): Promise<Record<string, string>> {
  const names = Object.keys(await findExtensions(opt));
  return Object.fromEntries(names.map((name) => [name, `${OPT}/extensions/${name}`]));
}

function languageOf(
  fn: FunctionVersion,
  image: LocalImage,
  code: Unpacked,
  parts: BlueprintParts,
): Promise<Language> | Language {
  const runtime = fn.runtime!;
  const language = splitRuntime(runtime)?.language;
  if (language === 'provided') return ownProgram(fn, image, code);
  if (image.aws) return awsRuntime(fn);
  if (language === 'nodejs' || language === 'python') return ourRuntime(fn, image, code, parts);
  throw unsupported(
    `${runtime} needs AWS's image of it, which ${image.reference} is not built on: name one with --lambda-images ${runtime}=…`,
  );
}

/** AWS's own bootstrap, which knows where everything is. */
function awsRuntime(fn: FunctionVersion): Language {
  return {
    runtime: versionOf(fn.runtime!),
    command: [`${RUNTIME}/bootstrap`],
    mounts: [],
    defaults: {},
    own: { ...runtimeVariables(fn), AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}` },
    frames: true,
  };
}

async function ownProgram(
  fn: FunctionVersion,
  image: LocalImage,
  { taskRoot, opt }: Unpacked,
): Promise<Language> {
  const go = fn.runtime === 'go1.x';
  // What is in the image shows when it starts.
  const { shown } = await findBootstrap(
    go ? (fn.handler ?? '') : 'bootstrap',
    taskRoot,
    opt,
    async () => true,
  );
  return {
    runtime: { ...versionOf(fn.runtime!), ...(go ? { warning: GO_WARNING } : {}) },
    command: [shown],
    mounts: [],
    defaults: image.aws ? {} : usualPaths(image),
    own: runtimeVariables(fn),
    frames: false,
  };
}

/** Our bootstrap on the interpreter of any image. */
async function ourRuntime(
  fn: FunctionVersion,
  image: LocalImage,
  { taskRoot, opt }: Unpacked,
  { interpreters, sdks, runtimesDirectory }: BlueprintParts,
): Promise<Language> {
  const runtime = fn.runtime!;
  const kind = runtime.startsWith('nodejs') ? 'node' : 'python';
  const program = kind === 'node' ? 'node' : 'python3';
  const title = kind === 'node' ? 'Node.js' : 'Python';
  const found = await interpreters.version(image, program);
  if (found === undefined)
    throw unsupported(`${runtime} needs ${title}, which the image ${image.reference} lacks`);
  const sdk = await sdks.folderFor({ kind, interpreter: program, taskRoot, opt });
  const sdkInside = sdk === undefined ? undefined : kind === 'node' ? `${SDK}/node_modules` : SDK;
  const wanted = /\d+(\.\d+)?/.exec(runtime)?.[0];
  const exact = found === wanted || found.startsWith(`${wanted}.`);
  const wrapper = fn.environment.AWS_LAMBDA_EXEC_WRAPPER;
  const command = [
    ...(wrapper ? [wrapper] : []),
    program,
    ...(kind === 'node' ? flagsOf(runtime, found) : []),
    `${RUNTIME}/bootstrap.${kind === 'node' ? 'mjs' : 'py'}`,
  ];
  const paths = searchPaths(
    { fn, runtime: { kind }, taskRoot: TASK, sdk: sdkInside },
    RUNTIME,
    opt === undefined ? undefined : OPT,
  );
  return {
    runtime: {
      ...versionOf(runtime),
      ...(exact ? {} : { warning: `${runtime} runs on ${title} ${found} here, in ${image.reference}` }),
    },
    command: command as [string, ...string[]],
    mounts: [
      readOnly(`${runtimesDirectory}/lambda-${kind}`, RUNTIME),
      ...(sdk === undefined ? [] : [readOnly(sdk, sdkInside!)]),
    ],
    defaults: { ...usualPaths(image), ...paths },
    own: {
      ...runtimeVariables(fn),
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      ...(kind === 'python' && sdkInside !== undefined ? { LAMBDOCK_PYTHON_SDK: sdkInside } : {}),
    },
    frames: true,
  };
}

/** Where an image that is not AWS's has no idea of looking. */
function usualPaths({ env }: LocalImage): Record<string, string> {
  return {
    PATH: `${env.PATH ?? USUAL_PATH}:${OPT}/bin`,
    LD_LIBRARY_PATH: [TASK, `${TASK}/lib`, `${OPT}/lib`].join(':'),
  };
}

function runtimeVariables(fn: FunctionVersion): Record<string, string> {
  return { _HANDLER: fn.handler ?? '', LAMBDA_TASK_ROOT: TASK, LAMBDA_RUNTIME_DIR: RUNTIME };
}

/** A function that is an image: what it starts as AWS decides it, see `ImageConfig`. */
export async function imageBlueprint(
  fn: FunctionVersion,
  image: LocalImage,
  { extensions, openTemporary }: ImageContents,
): Promise<ContainerBlueprint> {
  const { entryPoint, command, workingDirectory } = fn.image!;
  const [file, ...args] = [...(entryPoint ?? image.entrypoint), ...(command ?? image.command)];
  if (file === undefined) {
    throw new CannotStart({
      type: 'Runtime.InvalidEntrypoint',
      message: 'The image has neither ENTRYPOINT nor CMD, and ImageConfig names no command',
    });
  }
  return {
    fn,
    image,
    runtime: {},
    command: [file, ...args],
    cwd: workingDirectory ?? image.cwd,
    mounts: [],
    extensions,
    defaults: {},
    own: { LAMBDA_TASK_ROOT: TASK, LAMBDA_RUNTIME_DIR: RUNTIME },
    frames: image.aws,
    closedTemporary: !openTemporary,
  };
}
