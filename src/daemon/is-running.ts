import { processIdentity } from '../workloads/process/identity.ts';

/** Whether the process of that number and identity (of `processIdentity`) runs. Without one, any of the number will do. */
export function isRunning(pid: number, identity: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and is another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = processIdentity(pid);
  if (now === undefined) return process.platform === 'win32';
  return identity === undefined || now === identity;
}
