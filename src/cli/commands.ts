import { flagName, OPTION_NAMES, OPTIONS } from '../daemon/options.ts';
import type { CommandSpec, FlagSpec } from './command.ts';

/** Flags that are the daemon's options, from the one table of them. */
const CONFIG_FLAGS: FlagSpec[] = OPTION_NAMES.map((key) => {
  const { summary, value, fallback, fallbackText } = OPTIONS[key];
  if (value) return { key, long: flagName(key), value, summary, fallback: fallbackText };
  if (fallback === true)
    return { key, long: `--no-${flagName(key).slice(2)}`, sets: false, summary: `do not ${summary}` };
  return { key, long: flagName(key), summary };
});

const JSON_FLAG: FlagSpec = { key: 'json', long: '--json', summary: 'print JSON' };

/** How a command finds the daemon. */
const CLIENT_FLAGS: FlagSpec[] = [
  { key: 'url', long: '--url', value: '<url>', summary: 'the daemon to talk to (or LAMBDOCK_URL)' },
  {
    key: 'dataDir',
    long: '--data-dir',
    value: '<folder>',
    summary: 'talk to the daemon of this data folder',
  },
  { key: 'token', long: '--token', value: '<secret>', summary: "the daemon's token (or LAMBDOCK_TOKEN)" },
];

const DOCTOR_OPTIONS = ['port', 'host', 'dataDir', 'cacheDir', 'driver', 'baseImages'];

const FUNCTION = { name: 'function', summary: "a function's id, the start of it, or its title" };

/** Every command, in the order of `--help`. Kept light: a command's code is only loaded when it runs. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'start',
    summary: 'start the daemon',
    args: [],
    flags: [
      {
        key: 'example',
        long: '--example',
        summary: 'also run the example functions, in Node, Python and Go',
      },
      {
        key: 'detach',
        long: '--detach',
        short: '-d',
        summary: 'return once it is ready and leave it running',
      },
      JSON_FLAG,
      ...CONFIG_FLAGS,
    ],
    examples: ['lambdock start', 'lambdock start --example', 'lambdock start --ephemeral --port 0 --detach'],
    load: async () => (await import('./commands/start.ts')).start,
  },
  {
    name: 'stop',
    summary: 'stop the daemon; functions are kept',
    args: [],
    flags: CLIENT_FLAGS,
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    name: 'dev',
    summary: 'run a file or folder as a function and reload it at every change',
    args: [{ name: 'path', summary: 'a handler file, or a folder with one' }],
    flags: [
      {
        key: 'runtime',
        long: '--runtime',
        value: '<name>',
        summary: 'node, python or golang; found out by itself',
      },
      {
        key: 'title',
        long: '--title',
        value: '<text>',
        summary: "the function's title; the name of the folder or file if not given",
      },
      { key: 'poll', long: '--poll', summary: 'look for changes by polling, for network file systems' },
      {
        key: 'ignore',
        long: '--ignore',
        value: '<glob>',
        repeatable: true,
        summary: 'files whose changes do not matter; may be repeated',
      },
      { key: 'quiet', long: '--quiet', short: '-q', summary: "do not show the function's own output" },
      ...CLIENT_FLAGS,
      ...CONFIG_FLAGS.filter(({ key }) => key === 'port' || key === 'ephemeral'),
    ],
    examples: ['lambdock dev handler.mjs', 'lambdock dev ./my-function --title hello'],
    load: async () => (await import('./commands/dev.ts')).dev,
  },
  {
    name: 'ps',
    summary: 'list functions',
    args: [],
    flags: [JSON_FLAG, ...CLIENT_FLAGS],
    load: async () => (await import('./commands/ps.ts')).ps,
  },
  {
    name: 'logs',
    summary: "show a function's output",
    args: [FUNCTION],
    flags: [
      { key: 'follow', long: '--follow', short: '-f', summary: 'go on until interrupted' },
      JSON_FLAG,
      ...CLIENT_FLAGS,
    ],
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'open',
    summary: "open a function's endpoint in the browser",
    args: [FUNCTION],
    flags: CLIENT_FLAGS,
    load: async () => (await import('./commands/open.ts')).open,
  },
  {
    name: 'rm',
    summary: 'delete a function',
    args: [FUNCTION],
    flags: CLIENT_FLAGS,
    load: async () => (await import('./commands/rm.ts')).rm,
  },
  {
    name: 'images',
    summary: 'build, list or remove the images that containers of functions run on',
    args: [
      {
        name: 'action',
        summary: 'build them, ls (list them), or prune (remove the outdated ones)',
        choices: ['build', 'ls', 'prune'],
      },
      { name: 'runtime', summary: 'node, python, golang; all if none is named', any: true },
    ],
    flags: [JSON_FLAG, ...CONFIG_FLAGS.filter(({ key }) => key === 'baseImages')],
    examples: ['lambdock images build', 'lambdock images build node --base-images node=my-node:20'],
    load: async () => (await import('./commands/images.ts')).images,
  },
  {
    name: 'objects',
    summary:
      'count stored code, or move it between the data folder and MinIO; needs the daemon to be stopped',
    args: [
      {
        name: 'action',
        summary: 'ls (count it), or migrate (copy it from one store to the other)',
        choices: ['ls', 'migrate'],
      },
    ],
    flags: [
      { key: 'from', long: '--from', value: '<store>', summary: 'where code is: embedded or minio' },
      { key: 'to', long: '--to', value: '<store>', summary: 'where it goes: minio or embedded' },
      {
        key: 'deleteSource',
        long: '--delete-source',
        summary: 'remove each object from where it was, once it was seen where it goes',
      },
      JSON_FLAG,
      ...CONFIG_FLAGS.filter(({ key }) => key === 'dataDir' || key.startsWith('minio')),
    ],
    examples: ['lambdock objects migrate --from embedded --to minio --minio-endpoint http://127.0.0.1:9000'],
    load: async () => (await import('./commands/objects.ts')).objects,
  },
  {
    name: 'doctor',
    summary: 'check what lambdock needs on this machine',
    args: [],
    flags: [
      { key: 'strict', long: '--strict', summary: 'also fail when a language or Docker is missing' },
      JSON_FLAG,
      ...CONFIG_FLAGS.filter(({ key }) => DOCTOR_OPTIONS.includes(key)),
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'reset',
    summary: 'delete all functions and the journal',
    args: [],
    flags: [{ key: 'yes', long: '--yes', short: '-y', summary: 'do not ask' }, ...CLIENT_FLAGS],
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  {
    name: 'version',
    summary: 'print the version',
    args: [],
    flags: [],
    load: async () => (await import('./commands/version.ts')).version,
  },
];
