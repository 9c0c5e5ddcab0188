import type { LogRecord } from '../../execution/log-buffer.ts';
import type { Command } from '../command.ts';
import { locateDaemon } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { findFunction } from '../find-function.ts';

/** Prints what a function wrote; with --follow also what it writes from now on. */
export const logs: Command = async ({ args, flags, context }) => {
  const { client } = await locateDaemon(flags, context);
  const { id } = await findFunction(client, args[0]!);
  const interrupted = context.interruption();
  const path = `/lambda/${id}/logs?follow=${flags.follow === true}`;
  for await (const { data, event } of await client.events(path, interrupted)) {
    if (event === 'dropped') {
      context.err.line(context.err.style.yellow('Some lines came too fast and are left out'));
      continue;
    }
    const record = JSON.parse(data) as LogRecord;
    if (flags.json) context.out.line(data);
    else (record.stream === 'stderr' ? context.err : context.out).line(record.text);
  }
  return EXIT.ok;
};
