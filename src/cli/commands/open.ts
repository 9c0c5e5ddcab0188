import { spawn } from 'node:child_process';
import type { Environment } from '../../daemon/config.ts';
import type { Command } from '../command.ts';
import { locateDaemon } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { endpointUrl, findFunction } from '../find-function.ts';

/** Prints a function's URL and, where there is a desktop, opens it in the browser. */
export const open: Command = async ({ args, flags, context }) => {
  const { client } = await locateDaemon(flags, context);
  const url = endpointUrl(client, (await findFunction(client, args[0]!)).id);
  context.out.line(url);
  const opener = context.out.isTerminal ? desktopOpener(process.platform, context.env) : undefined;
  if (opener && !(await launch([...opener, url])))
    context.err.line(`${context.err.style.yellow('note:')} no browser could be opened`);
  return EXIT.ok;
};

/** The command that opens a URL, or undefined on a machine without a desktop. */
export function desktopOpener(platform: NodeJS.Platform, env: Environment): string[] | undefined {
  if (platform === 'darwin') return ['open'];
  // The empty argument is the window's title, as which `start` would take a quoted URL.
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

function launch([command, ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command!, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
