import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { loadConfig } from '../../daemon/config.ts';
import type { RuntimeDefinition } from '../../execution/runtime.ts';
import { readDefinitions } from '../../execution/runtimes/definition.ts';
import { packageInfo } from '../../package-info.ts';
import { readDockerConfig } from '../../workloads/docker/engine/docker-config.ts';
import { connectEngine, type Engine } from '../../workloads/docker/engine/engine.ts';
import { EngineUnavailable } from '../../workloads/docker/engine/engine-unavailable.ts';
import { locateEngine } from '../../workloads/docker/engine/locate-engine.ts';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { buildImages } from '../images/build.ts';
import type { ImagesInput } from '../images/input.ts';
import { listImages } from '../images/list.ts';
import { pruneOutdated } from '../images/prune.ts';

const ACTIONS: Record<string, (input: ImagesInput) => Promise<ExitCode>> = {
  build: buildImages,
  ls: listImages,
  prune: pruneOutdated,
};

/** Works on runtime images without a daemon. */
export const images: Command = async ({ args: [action, ...names], flags, context }) => {
  const { json, ...settings } = flags;
  const { root } = packageInfo();
  const known = readDefinitions(join(root, 'runtimes'));
  const named = names.length === 0 ? undefined : names.map((name) => findDefinition(name, known));
  const { baseImages } = await loadConfig({ flags: settings, env: context.env, cwd: context.cwd });
  const { engine, auths } = await open(context);
  try {
    return await ACTIONS[action!]!({
      engine,
      auths,
      context,
      known,
      named,
      json: json === true,
      plan: { serverDirectory: join(root, 'dist', 'runtimes'), baseImages },
    });
  } finally {
    engine[Symbol.dispose]();
  }
};

async function open({ env }: CliContext): Promise<{ engine: Engine; auths: ImagesInput['auths'] }> {
  try {
    const { endpoint, version } = await locateEngine(env, homedir());
    const { auths } = readDockerConfig(env, homedir());
    return { engine: await connectEngine(endpoint, version), auths };
  } catch (error) {
    if (error instanceof EngineUnavailable) throw new CliError(error.message, EXIT.failed, waysHere(error));
    throw error;
  }
}

/** Without the way out that only a daemon has. */
function waysHere({ ways }: EngineUnavailable): string[] {
  return ways.filter((way) => !way.includes('--driver'));
}

/** A runtime by what people call it: `node`, `node20`, `node:20`. */
function findDefinition(name: string, known: readonly RuntimeDefinition[]): RuntimeDefinition {
  const found = known.find(({ runtime, version, directory }) =>
    [runtime, `${runtime}:${version}`, basename(directory)].includes(name),
  );
  if (found) return found;
  const all = [...new Set(known.map(({ runtime }) => runtime))].join(', ');
  throw new CliError(`There is no runtime "${name}"`, EXIT.usage, [`choose of: ${all}`]);
}
