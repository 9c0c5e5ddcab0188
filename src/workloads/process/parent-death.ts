import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * A command prefix that makes the kernel end a process when the daemon dies, however it dies and whatever the
 * process is busy with. Empty where the system has no such tool: runtime servers then notice the end of their
 * stdin, and what hangs too hard to notice is removed at the daemon's next start.
 */
export async function parentDeathWrapper(): Promise<readonly string[]> {
  const path = process.platform === 'linux' ? SETPRIV.find((candidate) => existsSync(candidate)) : undefined;
  if (!path) return [];
  const wrapper = [path, '--pdeathsig', 'KILL', '--'];
  const works = await new Promise<boolean>((resolve) => {
    execFile(wrapper[0]!, [...wrapper.slice(1), '/bin/true'], (error) => resolve(error === null));
  });
  return works ? wrapper : [];
}
