import { type MigrationProgress, migrateObjects } from '../../storage/objects/migrate-objects.ts';
import { describeSize } from '../amounts.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../plural.ts';
import { ProgressLine } from '../progress-line.ts';
import { STORE_NAMES, type StoreName, type Stores } from './stores.ts';

export interface MigrateInput {
  context: CliContext;
  json: boolean;
  from: string | undefined;
  to: string | undefined;
  deleteSource: boolean;
}

/** A terminal's line changes with each object; elsewhere a line tells of so many. */
const PLAIN_STEP = 500;

/** Copies all stored code from one store to the other. */
export async function migrate(stores: Stores, input: MigrateInput): Promise<ExitCode> {
  const { context, json, deleteSource } = input;
  const { from, to } = direction(input);
  const line = new ProgressLine(context.out);
  const signal = context.interruption();
  const source = await stores.open(from);
  const target = await stores.open(to);
  const show = ({ copied, present, bytes }: MigrationProgress) => {
    const count = copied + present;
    if (!json && (context.out.isTerminal || count % PLAIN_STEP === 0))
      line.show(`${plural(count, 'object')}, ${describeSize(bytes)}`);
  };
  try {
    const bucket = stores.bucket;
    const done = await migrateObjects({
      from: source,
      to: target,
      bucket,
      deleteSource,
      signal,
      onProgress: show,
    });
    line.clear();
    if (json) context.out.line(JSON.stringify({ from, to, ...done }, null, 2));
    else tell(done, { from, to, deleteSource }, context);
    return done.damaged.length === 0 ? EXIT.ok : EXIT.failed;
  } catch (error) {
    line.clear();
    if (!signal.aborted) throw error;
    context.err.line('Interrupted: what was copied stays, and the same command goes on from here');
    return EXIT.failed;
  }
}

function direction({ from, to }: MigrateInput): { from: StoreName; to: StoreName } {
  const [source, target] = [from, to].map((name) => STORE_NAMES.find((one) => one === name));
  if (source && target && source !== target) return { from: source, to: target };
  throw new CliError('migrate needs to know from where to where', EXIT.usage, [
    'move to MinIO: lambdock objects migrate --from embedded --to minio --minio-endpoint <url>',
    'move back: lambdock objects migrate --from minio --to embedded --minio-endpoint <url>',
  ]);
}

interface Told {
  from: StoreName;
  to: StoreName;
  deleteSource: boolean;
}

function tell(done: MigrationProgress, { from, to, deleteSource }: Told, { out, err }: CliContext): void {
  const { copied, present, bytes, damaged } = done;
  const { green, dim, red } = out.style;
  const before = present === 0 ? '' : dim(` (${present} more were there already)`);
  out.line(
    `${green('✓')} Copied ${plural(copied, 'object')} from ${from} to ${to}, ${describeSize(bytes)}${before}`,
  );
  for (const key of damaged) err.line(`${red('✗')} ${key} is damaged where it is, and was left there`);
  if (!deleteSource && copied + present > 0)
    out.line(dim(`  They are still in ${from}; --delete-source removes them once they are in ${to}`));
  out.line(`  Start lambdock on them with: lambdock start --objects ${to}`);
}
