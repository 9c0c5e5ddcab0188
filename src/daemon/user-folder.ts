import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './config.ts';

/** The folder where the user's platform keeps application data, with `lambdock` below it. */
export function userDataFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const home = homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'lambdock');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'lambdock');
  // The XDG specification: a relative value is to be ignored.
  const shared = env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : join(home, '.local', 'share');
  return join(shared, 'lambdock');
}
