import { constants } from 'node:fs';
import { access, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeCache } from '../code/code-cache.ts';
import { PackageMissing } from '../code/code-cache.ts';
import { BadArchive } from '../code/zip-archive.ts';
import type { FunctionVersion } from '../function-host.ts';
import type { RuntimeSdks } from '../sdk/runtime-sdks.ts';
import type { EnvironmentError } from './error-payloads.ts';
import type { LocalRuntime, LocalRuntimes } from './runtimes.ts';

/** What all environments of one revision of a function have in common when they are processes of this machine. */
export interface ProcessBlueprint {
  fn: FunctionVersion;
  runtime: LocalRuntime;
  /** The unpacked package. */
  taskRoot: string;
  /** The unpacked layers, over each other; undefined without any. */
  opt: string | undefined;
  command: readonly [string, ...string[]];
  /** The folder of the AWS SDK that the code wants and does not bring. */
  sdk: string | undefined;
  /** External extensions: file name and path. */
  extensions: Readonly<Record<string, string>>;
  /** It comes with native libraries, for which a process looks where it was told when it started. */
  ownLibraries: boolean;
}

/** A function can't be started at all; callers of it get the error as its answer. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
  readonly error: EnvironmentError;

  constructor(error: EnvironmentError) {
    super(error.message);
    this.error = error;
  }
}

const ELF = 0x7f454c46;
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 0x3e, arm64: 0xb7 };
const SCRIPT = 0x2321;

/** Unpacks what a function consists of, and looks what is to be started. Rejects with CannotStart, or a StorageError. */
export async function makeBlueprint(
  fn: FunctionVersion,
  { code, runtimes, sdks }: { code: CodeCache; runtimes: LocalRuntimes; sdks: RuntimeSdks },
): Promise<ProcessBlueprint> {
  if (fn.runtime === undefined || fn.code === undefined) {
    throw unsupported("Functions of container images need Docker and lambdock's docker driver");
  }
  const runtime = await runtimes.find(fn.runtime);
  if ('unsupported' in runtime) throw unsupported(runtime.unsupported);
  const [taskRoot, opt] = await Promise.all([
    unpacked(code.folder(fn.code)),
    unpacked(code.layers(fn.layers)),
  ]);
  const libraries = [join(taskRoot, 'lib'), ...(opt === undefined ? [] : [join(opt, 'lib')])];
  const [command, sdk, extensions, ...found] = await Promise.all([
    runtime.command
      ? managedCommand(fn, runtime.command, taskRoot, opt)
      : ownCommand(fn, runtime, taskRoot, opt),
    sdkOf(runtime, taskRoot, opt, sdks),
    opt === undefined ? {} : findExtensions(opt),
    ...libraries.map(isThere),
  ]);
  return { fn, runtime, taskRoot, opt, command, sdk, extensions, ownLibraries: found.includes(true) };
}

async function sdkOf(
  { kind, command }: LocalRuntime,
  taskRoot: string,
  opt: string | undefined,
  sdks: RuntimeSdks,
): Promise<string | undefined> {
  if (command === undefined || (kind !== 'node' && kind !== 'python')) return undefined;
  return sdks.folderFor({ kind, interpreter: command[0], taskRoot, opt });
}

function unsupported(message: string): CannotStart {
  return new CannotStart({ type: 'Runtime.Unsupported', message });
}

/** A package that is being unpacked; that it can't be is the function's fault. */
export async function unpacked<T>(folder: Promise<T>): Promise<T> {
  try {
    return await folder;
  } catch (error) {
    if (error instanceof BadArchive || error instanceof PackageMissing)
      throw new CannotStart({
        type: 'Runtime.InvalidPackage',
        message: `The package can't be used: ${error.message}`,
      });
    throw error;
  }
}

/** A wrapper script is started with the interpreter's command behind it. */
function managedCommand(
  fn: FunctionVersion,
  command: readonly [string, ...string[]],
  taskRoot: string,
  opt: string | undefined,
): readonly [string, ...string[]] {
  const wrapper = fn.environment.AWS_LAMBDA_EXEC_WRAPPER;
  return wrapper ? [localPath(wrapper, taskRoot, opt), ...command] : command;
}

/** A path of AWS's sandbox as it is here. */
export function localPath(path: string, taskRoot: string, opt: string | undefined): string {
  if (path.startsWith('/var/task/')) return join(taskRoot, path.slice('/var/task/'.length));
  if (opt !== undefined && path.startsWith('/opt/')) return join(opt, path.slice('/opt/'.length));
  return path;
}

async function ownCommand(
  fn: FunctionVersion,
  runtime: LocalRuntime,
  taskRoot: string,
  opt: string | undefined,
): Promise<readonly [string]> {
  const name = runtime.kind === 'go1.x' ? (fn.handler ?? '') : 'bootstrap';
  const { path } = await findBootstrap(name, taskRoot, opt, isThere);
  return [path];
}

/**
 * The program that a package or a layer brings: where it lies, and its path as AWS's users know it. Rejects with CannotStart when
 * there is none that could be started. `hasInterpreter`: whether a script's interpreter is where the script will run.
 */
export async function findBootstrap(
  name: string,
  taskRoot: string,
  opt: string | undefined,
  hasInterpreter: (path: string) => Promise<boolean>,
): Promise<{ shown: string; path: string }> {
  const places = [
    { shown: `/var/task/${name}`, path: join(taskRoot, name) },
    ...(opt === undefined ? [] : [{ shown: `/opt/${name}`, path: join(opt, name) }]),
  ];
  for (const { shown, path } of places) {
    if (!(await isFile(path))) continue;
    await checkExecutable(path, shown, hasInterpreter);
    return { shown, path };
  }
  const looked = `[/var/task/${name} /opt/${name}]`;
  throw invalidEntrypoint(`Couldn't find valid bootstrap(s): ${looked}`);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The system's refusals, before a process is made for them. `shown`: the path as AWS's users know it. */
async function checkExecutable(
  path: string,
  shown: string,
  hasInterpreter: (path: string) => Promise<boolean>,
): Promise<void> {
  const refuse = (reason: string) => invalidEntrypoint(`fork/exec ${shown}: ${reason}`);
  const { mode } = await stat(path);
  // Root may execute whatever anybody may.
  const allowed = await access(path, constants.X_OK).then(
    () => (mode & 0o111) !== 0,
    () => false,
  );
  if (!allowed) throw refuse('permission denied');
  const head = await readHead(path);
  if (head.length > 2 && head.readUInt16BE(0) === SCRIPT) {
    const interpreter = /^#!\s*(\S+)/.exec(head.toString('latin1'))?.[1];
    if (interpreter && !(await hasInterpreter(interpreter))) throw refuse('no such file or directory');
    return;
  }
  if (process.platform !== 'linux') return;
  const runs =
    head.length >= 20 && head.readUInt32BE(0) === ELF && head.readUInt16LE(18) === ELF_MACHINES[process.arch];
  if (!runs) throw refuse('exec format error');
}

function invalidEntrypoint(message: string): CannotStart {
  return new CannotStart({ type: 'Runtime.InvalidEntrypoint', message });
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Names of the external extensions in unpacked layers, and where they are. */
export async function findExtensions(opt: string): Promise<Record<string, string>> {
  const folder = join(opt, 'extensions');
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isFile()) found[entry.name] = join(folder, entry.name);
  }
  return found;
}
