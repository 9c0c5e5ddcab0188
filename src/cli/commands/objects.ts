import { loadConfig } from '../../daemon/config.ts';
import { ObjectStoreUnavailable } from '../../storage/errors.ts';
import { CliError } from '../cli-error.ts';
import { type Command, textFlag } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { listObjects } from '../objects/list.ts';
import { migrate } from '../objects/migrate.ts';
import { openBothStores, type Stores } from '../objects/stores.ts';

/** Works on stored code without a daemon. */
export const objects: Command = async ({ args: [action], flags, context }) => {
  const { json, from, to, deleteSource, ...settings } = flags;
  const config = await loadConfig({ flags: settings, env: context.env, cwd: context.cwd });
  const source = textFlag(flags, 'from');
  const target = textFlag(flags, 'to');
  const output = { context, json: json === true };
  const work = (stores: Stores): Promise<ExitCode> =>
    action === 'ls'
      ? listObjects(stores, output)
      : migrate(stores, { ...output, from: source, to: target, deleteSource: deleteSource === true });
  try {
    await using stores = await openBothStores(config, context);
    return await work(stores);
  } catch (error) {
    if (!(error instanceof ObjectStoreUnavailable)) throw error;
    throw new CliError(capitalized(error.what), EXIT.failed, [...error.ways]);
  }
};

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
