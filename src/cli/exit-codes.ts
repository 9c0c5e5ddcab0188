/** What a command's exit code says. Documented in docs/cli.md and in `lambdock --help`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  unreachable: 3,
  /** The port or the data folder is in use. */
  taken: 4,
  notFound: 5,
  /** Interrupted a second time, before everything was put away. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_HELP: [ExitCode, string][] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'failed'],
  [EXIT.usage, 'wrong command line or configuration'],
  [EXIT.unreachable, 'no daemon answers'],
  [EXIT.taken, 'the port or the data folder is in use'],
  [EXIT.notFound, 'no such function, file or folder'],
  [EXIT.interrupted, 'interrupted twice'],
];
