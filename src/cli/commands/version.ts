import { packageInfo } from '../../package-info.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const version: Command = async ({ context }) => {
  context.out.line(packageInfo().version);
  return EXIT.ok;
};
