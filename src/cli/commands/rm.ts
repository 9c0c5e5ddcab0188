import type { Command } from '../command.ts';
import { locateDaemon } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { findFunction } from '../find-function.ts';
import { printable } from '../text-width.ts';

/** Deletes a function. A linked one's files stay where they are. */
export const rm: Command = async ({ args, flags, context }) => {
  const { client } = await locateDaemon(flags, context);
  const { id, title } = await findFunction(client, args[0]!);
  await client.call('DELETE', `/lambda?id=${id}`);
  context.out.line(`Deleted ${printable(title)} (${id})`);
  return EXIT.ok;
};
