import type { Milliseconds } from '../clock/clock.ts';
import {
  type Bytes,
  decimal,
  Expected,
  formatSize,
  formatTime,
  listOf,
  oneOf,
  type Parser,
  size,
  text,
  time,
  wholeNumber,
  yesOrNo,
} from './option-types.ts';

/** What a user can set, with every value parsed. Paths are absolute. */
export interface Settings {
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** The folder of the metadata and the objects. Not used by an `ephemeral` daemon, which makes its own. */
  dataDir: string;
  ephemeral: boolean;
  /** Toolchain environments and build results: safe to delete, slow to make again, shared among daemons. */
  cacheDir: string;
  driver: 'auto' | 'process' | 'docker';
  /** What runtime images are built from: `image` for all, or `node=image`. */
  baseImages: string[];
  /** Variables of the daemon's environment that containers get. */
  containerEnv: string[];
  /** What runs Lambda's functions; `auto` is what `driver` says, and with `auto` there what this machine can do itself. */
  lambdaDriver: 'auto' | 'process' | 'docker';
  /** What Lambda's runtimes run in: `image` for all, `nodejs=image` or `nodejs22.x=image`. */
  lambdaImages: string[];
  /** In front of the names of AWS's images of runtimes. */
  lambdaImagePrefix: string;
  /** Copies of each function that run at the same time. */
  replicas: number;
  /** Where code is kept; `auto` is MinIO where an endpoint is given. */
  objects: 'auto' | 'embedded' | 'minio';
  /** An origin. Undefined: where MinIO listens by default, if it is asked for. */
  minioEndpoint: string | undefined;
  minioAccessKey: string;
  minioSecretKey: string;
  minioRegion: string;
  /** Needed by every call that changes or reads something, when set. Always set where `host` is not loopback. */
  token: string | undefined;
  /** Origins of web pages that may call, beside the daemon's own. */
  allowedOrigins: string[];
  /** Host names under which the daemon may be called, beside loopback and `host`. */
  allowedHosts: string[];
  /** Whose everything is that comes without an account of its own: twelve digits. */
  account: string;
  /** Signatures are verified and policies enforced, and what AWS would refuse is refused. */
  strict: boolean;
  /** With which an account's root signs. */
  rootSecret: string;
  maxCodeBytes: Bytes;
  /** From a request reaching a function to the first byte of its answer. */
  requestTimeout: Milliseconds;
  /** How long a request waits for code that is starting or reloading. */
  holdTimeout: Milliseconds;
  /** From starting a process to its code being ready. */
  startTimeout: Milliseconds;
  /** After this long without a request a function's process is stopped; 0 never. */
  idleTimeout: Milliseconds;
  /** Resident memory above which a function's process is ended; 0 no limit. */
  memoryLimit: Bytes;
  /** CPUs that a function's container may use; 0 for all. */
  cpuLimit: number;
  /** Processes and threads that a function's container may have. */
  pidsLimit: number;
  /** Keep a started process of each language in reserve, so that new code only has to be loaded. */
  standby: boolean;
  /** How many times faster than the wall the daemon's clock runs. */
  timeScale: number;
}

export interface Option<T> {
  /** One line for `--help` and the documentation. */
  summary: string;
  /** The value's name in `--help`; absent for a yes/no flag. */
  value?: string;
  parse: Parser<T>;
  /** Undefined where it depends on the machine or on other options; `fallbackText` says how. */
  fallback?: T;
  fallbackText: string;
  /** Another program's variable, which counts when nothing else says anything. */
  otherVariable?: string;
  /** A relative path counts from the folder of whoever names it. */
  path?: true;
  /** Quoted back in errors as `***`. */
  secret?: true;
}

const MINUTE: Milliseconds = 60_000;
const MB: Bytes = 2 ** 20;

function flag(fallback: boolean, summary: string): Option<boolean> {
  return { summary, parse: yesOrNo, fallback, fallbackText: String(fallback) };
}

function duration(
  fallback: Milliseconds,
  summary: string,
  parse: Parser<Milliseconds>,
): Option<Milliseconds> {
  return { summary, value: '<time>', parse, fallback, fallbackText: formatTime(fallback) };
}

function folder(fallbackText: string, summary: string): Option<string> {
  return { summary, value: '<folder>', parse: text(/\S/, 'a folder'), fallbackText, path: true };
}

/** Every option, once: flags, variables, the configuration file, `--help` and docs/configuration.md come from here. */
export const OPTIONS: { readonly [K in keyof Settings]: Option<Settings[K]> } = {
  port: {
    summary: 'port of the platform API and of all endpoints; 0 takes any free one',
    value: '<port>',
    parse: wholeNumber(0, 65_535),
    fallback: 4566,
    fallbackText: '4566',
  },
  host: {
    summary: 'address to listen on; anything but loopback needs a token',
    value: '<address>',
    parse: text(/^[\w.:-]+$/, 'an IP address or a host name'),
    fallback: '127.0.0.1',
    fallbackText: '127.0.0.1',
  },
  dataDir: folder("the user's data folder", 'where functions are kept'),
  ephemeral: flag(false, 'keep functions in a temporary folder that is removed at stop'),
  cacheDir: folder("cache/ in the user's data folder", 'Python environments and build results'),
  driver: {
    summary:
      'what runs functions: docker (containers), process (the toolchains of this machine) or auto (docker where it can be used)',
    value: '<name>',
    parse: driver,
    fallback: 'auto',
    fallbackText: 'auto',
  },
  baseImages: {
    summary: 'images that runtime images are built from: one for all, or node=…,python=…,golang=…',
    value: '<list>',
    parse: listOf(text(/^(\w+=)?[\w./:@-]+$/, 'image names, such as node=node:20-slim')),
    fallback: [],
    fallbackText: "each language's official slim image",
  },
  containerEnv: {
    summary: 'variables of the daemon’s environment that containers get, comma-separated',
    value: '<list>',
    parse: listOf(text(/^\w+$/, 'names of variables, such as DATABASE_URL')),
    fallback: [],
    fallbackText: 'those of proxies',
  },
  lambdaDriver: {
    summary:
      'what runs Lambda functions: docker, process or auto (what --driver names; where it is auto, containers for what processes can’t run)',
    value: '<name>',
    parse: oneOf('auto', 'process', 'docker'),
    fallback: 'auto',
    fallbackText: 'auto',
  },
  lambdaImages: {
    summary: 'images that Lambda’s runtimes run in: one for all, or nodejs=…,python3.13=…',
    value: '<list>',
    parse: listOf(text(/^([\w.]+=)?[\w./:@-]+$/, 'image names, such as nodejs=node:22-slim')),
    fallback: [],
    fallbackText: 'AWS’s own of each runtime',
  },
  lambdaImagePrefix: {
    summary: 'where AWS’s images of runtimes are pulled from: a mirror, or another registry',
    value: '<prefix>',
    parse: text(/^[\w./:-]+$/, 'the beginning of image names, such as mirror.example.test/lambda/'),
    fallback: 'public.ecr.aws/lambda/',
    fallbackText: 'public.ecr.aws/lambda/',
  },
  replicas: {
    summary: 'copies of each function that run at the same time',
    value: '<number>',
    parse: wholeNumber(1, 20),
    fallback: 1,
    fallbackText: '1',
  },
  objects: {
    summary:
      'where code is kept: embedded (the data folder), minio, or auto (minio where an endpoint is given)',
    value: '<name>',
    parse: oneOf('auto', 'embedded', 'minio'),
    fallback: 'auto',
    fallbackText: 'auto',
  },
  minioEndpoint: {
    summary: "where MinIO's S3 API answers",
    value: '<url>',
    parse: endpoint,
    fallback: undefined,
    fallbackText: 'none; with --objects minio http://127.0.0.1:9000',
  },
  minioAccessKey: {
    summary: 'user of MinIO',
    value: '<name>',
    parse: text(/^\S+$/, 'a name without spaces'),
    fallback: 'minioadmin',
    fallbackText: '`MINIO_ROOT_USER`, or minioadmin',
    otherVariable: 'MINIO_ROOT_USER',
  },
  minioSecretKey: {
    summary: 'that user’s password',
    value: '<secret>',
    parse: text(/\S/, 'a password'),
    fallback: 'minioadmin',
    fallbackText: '`MINIO_ROOT_PASSWORD`, or minioadmin',
    otherVariable: 'MINIO_ROOT_PASSWORD',
    secret: true,
  },
  minioRegion: {
    summary: 'region that MinIO is set to',
    value: '<name>',
    parse: text(/^[\w-]+$/, 'the name of a region'),
    fallback: 'us-east-1',
    fallbackText: 'us-east-1',
  },
  token: {
    summary: 'secret that callers must send as "Authorization: Bearer …"',
    value: '<secret>',
    parse: text(/^[\x21-\x7e]{16,}$/, 'at least 16 characters without spaces'),
    fallback: undefined,
    fallbackText: 'none; made up where host is not loopback',
    secret: true,
  },
  allowedOrigins: {
    summary: 'origins of web pages that may call, comma-separated',
    value: '<list>',
    parse: listOf(origin),
    fallback: [],
    fallbackText: 'none',
  },
  allowedHosts: {
    summary: 'host names under which lambdock may be called, comma-separated',
    value: '<list>',
    parse: listOf(text(/^[\w.-]+$/, 'host names without a port, such as dev.example.test')),
    fallback: [],
    fallbackText: 'loopback names and --host',
  },
  account: {
    summary: 'account of AWS calls whose access key is not an account itself (twelve digits)',
    value: '<digits>',
    parse: text(/^\d{12}$/, 'twelve digits'),
    fallback: '000000000000',
    fallbackText: '000000000000',
  },
  strict: flag(false, 'refuse AWS calls as AWS does: verify signatures, enforce policies'),
  rootSecret: {
    summary: 'secret of the AWS access keys `test` and of twelve digits, which are root, with --strict',
    value: '<secret>',
    parse: text(/^\S+$/, 'a secret without spaces'),
    fallback: 'test',
    fallbackText: 'test',
    secret: true,
  },
  maxCodeBytes: {
    summary: 'largest code of one function that the API takes',
    value: '<size>',
    parse: size(1024, 1024 * MB),
    fallback: 20 * MB,
    fallbackText: formatSize(20 * MB),
  },
  requestTimeout: duration(
    30_000,
    'longest wait for the first byte of a function’s answer',
    time(100, 60 * MINUTE),
  ),
  holdTimeout: duration(
    30_000,
    'longest that a request waits for code that is starting or reloading',
    time(100, 60 * MINUTE),
  ),
  startTimeout: duration(10_000, 'longest that code may take to load', time(100, 60 * MINUTE)),
  idleTimeout: duration(
    15 * MINUTE,
    'stop a function’s process after this long without a request; 0 never',
    time(1_000, 24 * 60 * MINUTE, 'for never'),
  ),
  memoryLimit: {
    summary: 'memory above which a function’s process is ended; 0 for no limit',
    value: '<size>',
    parse: size(32 * MB, 1024 * 1024 * MB, 'for no limit'),
    fallback: 512 * MB,
    fallbackText: formatSize(512 * MB),
  },
  cpuLimit: {
    summary: 'CPUs that a function’s container may use, such as 0.5; 0 for all (no limit without containers)',
    value: '<number>',
    parse: decimal(0, 1_024),
    fallback: 0,
    fallbackText: '0',
  },
  pidsLimit: {
    summary: 'processes and threads that a function’s container may have (no limit without containers)',
    value: '<number>',
    parse: wholeNumber(16, 1_000_000),
    fallback: 512,
    fallbackText: '512',
  },
  standby: flag(true, 'keep a started process of each language in reserve for instant reloads'),
  timeScale: {
    summary: 'how many times faster than the wall the clock runs',
    value: '<factor>',
    parse: decimal(0.01, 100_000),
    fallback: 1,
    fallbackText: '1',
  },
};

export type OptionName = keyof Settings;

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** `dataDir` → `--data-dir`. */
export function flagName(option: string): string {
  return `--${kebab(option)}`;
}

/** `dataDir` → `LAMBDOCK_DATA_DIR`. */
export function variableName(option: string): string {
  return `LAMBDOCK_${kebab(option).replaceAll('-', '_').toUpperCase()}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function driver(raw: unknown): Settings['driver'] {
  if (raw === 'kubernetes')
    throw new Expected('docker, process or auto (the kubernetes driver is not part of this version)');
  return oneOf('auto', 'process', 'docker')(raw);
}

function origin(raw: unknown): string {
  const value = typeof raw === 'string' ? raw.replace(/\/$/, '') : '';
  if (URL.canParse(value) && new URL(value).origin === value) return value;
  throw new Expected('origins such as http://localhost:3000');
}

/** An origin of http or https. The client can't reach an API below a path. */
function endpoint(raw: unknown): string {
  const url = typeof raw === 'string' && URL.canParse(raw) ? new URL(raw) : undefined;
  const plain = url && url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  if (url && plain && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Expected('the URL of an S3 API without a path, such as http://127.0.0.1:9000');
}
