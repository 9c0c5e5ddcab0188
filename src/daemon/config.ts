import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { closestName } from './closest-name.ts';
import { ConfigError } from './config-error.ts';
import { readConfigFile } from './config-file.ts';
import { Expected, quote } from './option-types.ts';
import {
  flagName,
  OPTION_NAMES,
  OPTIONS,
  type Option,
  type OptionName,
  type Settings,
  variableName,
} from './options.ts';
import { userDataFolder } from './user-folder.ts';

export { ConfigError } from './config-error.ts';
export type { Settings } from './options.ts';

/** Environment variables, handed down from the one place that reads them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything the daemon needs to know to start. */
export interface Config extends Settings {
  /** The user's data folder, where a daemon with its data elsewhere leaves word of itself. */
  userDir: string;
  /** True when `token` was made up and therefore has to be told. */
  tokenGenerated: boolean;
  /** The configuration file that was read. */
  configFile: string | undefined;
  /** What is odd but not wrong, in sentences for the user. */
  notices: string[];
}

/** Values as flags or a caller give them: strings as typed, or already of the option's type. */
export type RawSettings = { readonly [K in OptionName]?: unknown };

export interface ConfigInput {
  flags: RawSettings;
  env: Environment;
  /** Where the configuration file is looked for, and what relative paths in flags and variables count from. */
  cwd: string;
}

/** The variables of this process. The only read of `process.env`. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Variables that are no options: where a client finds the daemon, and what runtime servers are told. */
const OTHER_VARIABLES = ['LAMBDOCK_URL', 'LAMBDOCK_PROTOCOL'];

interface Given {
  raw: unknown;
  /** How errors name it: `--port`, `LAMBDOCK_PORT`, `lambdock.config.json: port`. */
  source: string;
  /** Flags 3, variables 2, file 1, other programs' variables 0. */
  rank: number;
  base: string;
}

/**
 * Reads the configuration: flags, then `LAMBDOCK_*` variables, then `lambdock.config.json` or `.ts` in `cwd`, then
 * a few variables of other programs, then defaults. Rejects with ConfigError, whose message names where the bad value came from.
 */
export async function loadConfig(input: ConfigInput): Promise<Config> {
  const { env, cwd } = input;
  const file = await readConfigFile(cwd);
  const given = (name: OptionName): Given | undefined => {
    if (input.flags[name] !== undefined)
      return { raw: input.flags[name], source: flagName(name), rank: 3, base: cwd };
    const variable = env[variableName(name)];
    // An empty variable counts as unset: that is how shells and compose files switch one off.
    if (variable) return { raw: variable, source: variableName(name), rank: 2, base: cwd };
    if (file?.values[name] !== undefined)
      return { raw: file.values[name], source: `${file.name}: ${name}`, rank: 1, base: cwd };
    const { otherVariable } = OPTIONS[name];
    if (otherVariable && env[otherVariable])
      return { raw: env[otherVariable], source: otherVariable, rank: 0, base: cwd };
    return undefined;
  };

  const values: Partial<Record<OptionName, unknown>> = {};
  for (const name of OPTION_NAMES) {
    const found = given(name);
    values[name] = found ? parse(OPTIONS[name] as Option<unknown>, found) : OPTIONS[name].fallback;
  }
  const settings = values as unknown as Settings;

  if (settings.lambdaDriver === 'docker' && settings.driver === 'process') {
    throw new ConfigError('--lambda-driver docker needs an engine: --driver docker or auto looks for one');
  }

  const userDir = userDataFolder(env);
  settings.ephemeral = isEphemeral(settings, given('ephemeral'), given('dataDir'));
  settings.dataDir ??= userDir;
  settings.cacheDir ??= join(userDir, 'cache');
  const tokenGenerated = !settings.token && !isLoopback(settings.host);
  if (tokenGenerated) settings.token = await randomToken();

  return { ...settings, userDir, tokenGenerated, configFile: file?.path, notices: unknownVariables(env) };
}

/** What a client command needs to know to find the daemon, from flags and variables. Throws ConfigError. */
export interface ClientSettings {
  /** Set when the user named the daemon. */
  url: string | undefined;
  /** Where a daemon of this configuration would listen, when no running one is found. */
  fallbackUrl: string;
  token: string | undefined;
  dataDir: string;
  /** True when the user named the data folder, so that no other daemon will do. */
  dataDirGiven: boolean;
  userDir: string;
}

/** Like `loadConfig` for commands that talk to a daemon. `flags.url` and `LAMBDOCK_URL` name the daemon itself. */
export async function loadClientSettings(
  input: ConfigInput & { flags: { url?: string } },
): Promise<ClientSettings> {
  const { url: flagUrl, ...flags } = input.flags;
  const config = await loadConfig({ ...input, flags });
  const dataDirGiven = config.dataDir !== config.userDir && !config.ephemeral;
  return {
    url: parseUrl(flagUrl, '--url') ?? parseUrl(input.env.LAMBDOCK_URL || undefined, 'LAMBDOCK_URL'),
    fallbackUrl: listenUrl(config.host, config.port || OPTIONS.port.fallback!),
    token: config.tokenGenerated ? undefined : config.token,
    dataDir: config.dataDir,
    dataDirGiven,
    userDir: config.userDir,
  };
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The URL for a client on this machine: a wildcard address is called by its loopback name. */
export function listenUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function parse(option: Option<unknown>, { raw, source, base }: Given): unknown {
  try {
    const value = option.parse(raw);
    return option.path ? resolve(base, expandHome(value as string)) : value;
  } catch (error) {
    if (!(error instanceof Expected)) throw error;
    const got = option.secret ? 'what it is set to' : quote(raw);
    throw new ConfigError(`${source}: expected ${error.message}, got ${got}`);
  }
}

/** `--ephemeral` and a data folder exclude each other; the one said in the stronger place wins. */
function isEphemeral(settings: Settings, ephemeral: Given | undefined, dataDir: Given | undefined): boolean {
  if (!settings.ephemeral || !ephemeral || !dataDir || dataDir.rank < ephemeral.rank)
    return settings.ephemeral;
  if (dataDir.rank > ephemeral.rank) return false;
  throw new ConfigError(
    `${ephemeral.source} and ${dataDir.source} exclude each other: an ephemeral daemon makes its own data folder`,
  );
}

function parseUrl(raw: string | undefined, source: string): string | undefined {
  if (raw === undefined) return undefined;
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  throw new ConfigError(`${source}: expected a URL such as http://127.0.0.1:4566, got ${quote(raw)}`);
}

function unknownVariables(env: Environment): string[] {
  const known = [...OPTION_NAMES.map(variableName), ...OTHER_VARIABLES];
  return Object.keys(env)
    .filter((name) => name.startsWith('LAMBDOCK_') && !known.includes(name))
    .map((name) => {
      const meant = closestName(name, known);
      return `The variable ${name} means nothing to lambdock${meant ? `. Did you mean ${meant}?` : ''}`;
    });
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

async function randomToken(): Promise<string> {
  const { randomBytes } = await import('node:crypto');
  return randomBytes(24).toString('base64url');
}
