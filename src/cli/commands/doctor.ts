import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../../daemon/child-environment.ts';
import { type Config, loadConfig } from '../../daemon/config.ts';
import type { ToolchainState } from '../../execution/runtime.ts';
import { FolderCatalogue } from '../../execution/runtimes/catalogue.ts';
import { packageInfo } from '../../package-info.ts';
import type { Command } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { type CheckResult, isFailure } from '../doctor/check.ts';
import { checkDocker } from '../doctor/docker-check.ts';
import { checkLanguage } from '../doctor/language-checks.ts';
import {
  checkDataFolder,
  checkEsbuild,
  checkMachine,
  checkNode,
  checkPort,
  checkSqlite,
  checkWatching,
} from '../doctor/machine-checks.ts';
import { EXIT } from '../exit-codes.ts';
import { plural } from '../plural.ts';
import { textWidth } from '../text-width.ts';

/** Checks the machine and says what to do about what it lacks. Needs no daemon and changes nothing. */
export const doctor: Command = async ({ flags, context }) => {
  const { json, strict, ...settings } = flags;
  const config = await loadConfig({ flags: settings, env: context.env, cwd: context.cwd });
  const results = await runChecks(config, context);
  const failed = isFailure(results, strict === true);
  if (json) {
    const { version } = packageInfo();
    context.out.line(
      JSON.stringify({ version, ok: !failed, configFile: config.configFile, checks: results }, null, 2),
    );
  } else print(results, config, context.out);
  return failed ? EXIT.failed : EXIT.ok;
};

async function runChecks(config: Config, context: CliContext): Promise<CheckResult[]> {
  const [languages, docker, ...machine] = await Promise.all([
    findToolchains(config, context),
    checkDocker(config, context.env),
    checkSqlite(),
    checkEsbuild(),
    checkPort(config),
    checkDataFolder(config.dataDir),
  ]);
  const watching = checkWatching();
  return [
    checkMachine(),
    checkNode(),
    ...machine,
    ...(watching ? [watching] : []),
    docker,
    // A container brings its own.
    ...(runsContainers(config, docker) ? [] : languages.map(checkLanguage)),
    checkCache(config),
  ];
}

function runsContainers({ driver }: Config, docker: CheckResult): boolean {
  return driver === 'docker' || (driver === 'auto' && docker.state === 'ok');
}

async function findToolchains(config: Config, context: CliContext): Promise<ToolchainState[]> {
  const { root } = packageInfo();
  await using catalogue = new FolderCatalogue({
    runtimesDirectory: join(root, 'runtimes'),
    serverDirectory: join(root, 'dist', 'runtimes'),
    cacheDirectory: config.cacheDir,
    clock: context.clock,
    startTimeout: config.startTimeout,
    baseEnv: childEnvironment(context.env),
    onProgress: () => {},
  });
  return Promise.all(catalogue.list().map((runtime) => runtime.toolchain()));
}

/** Only tells whether it is there: it is made when it is first needed. */
function checkCache({ cacheDir }: Config): CheckResult {
  const made = existsSync(join(cacheDir, 'python'));
  const detail = made ? `${cacheDir}, with a Python environment` : `${cacheDir}, to be filled at first use`;
  return { name: 'Cache', state: 'ok', detail };
}

function print(results: readonly CheckResult[], config: Config, out: Output): void {
  const { bold, dim, green, yellow, red } = out.style;
  const marks = { ok: green('✓'), warning: yellow('!'), missing: red('✗') };
  const width = Math.max(...results.map(({ name }) => textWidth(name)));
  out.line(
    `${bold('lambdock')} ${packageInfo().version}${config.configFile ? dim(`  ${config.configFile}`) : ''}`,
  );
  for (const { name, state, detail, advice } of results) {
    out.line(`${marks[state]} ${name.padEnd(width)}  ${detail}`);
    if (advice) out.line(`  ${' '.repeat(width)}  ${dim('→')} ${advice}`);
  }
  const missing = results.filter(({ state }) => state === 'missing').length;
  const warnings = results.filter(({ state }) => state === 'warning').length;
  out.line();
  if (missing > 0) out.line(red(`${plural(missing, 'thing')} must be put right before lambdock can start.`));
  else if (warnings > 0) out.line(yellow(`lambdock works here, with ${plural(warnings, 'limitation')}.`));
  else out.line(green('Everything lambdock needs is here.'));
}
