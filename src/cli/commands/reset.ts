import { shortPath } from '../banner.ts';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { locateDaemon, probe } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { plural } from '../plural.ts';

/** Deletes all that the daemon keeps, after asking. */
export const reset: Command = async ({ flags, context }) => {
  const { client } = await locateDaemon(flags, context);
  if (!flags.yes) {
    const health = await probe(client);
    const what = health
      ? `all in ${shortPath(health.dataDirectory, context.cwd)} (${plural(health.functions, 'function')}, and what AWS’s clients made)`
      : `all functions of ${client.url}, and what AWS’s clients made`;
    if (!context.ask)
      throw new CliError('reset asks before it deletes, and nobody is here to answer', EXIT.usage, [
        `delete ${what} without asking: lambdock reset --yes`,
      ]);
    const answer = await context.ask(`Delete ${what}? [y/N] `);
    if (!/^\s*y(es)?\s*$/i.test(answer)) {
      context.out.line('Nothing was deleted');
      return EXIT.failed;
    }
  }
  const { removed } = await client.call<{ removed: number }>('POST', '/_lambdock/reset');
  context.out.line(`Deleted ${plural(removed, 'function')}`);
  return EXIT.ok;
};
