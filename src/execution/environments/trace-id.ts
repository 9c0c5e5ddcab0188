import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';

/**
 * The trace header that a function gets: the caller's, with what is missing made up. It always has a root and a parent.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(
  header: string | undefined,
  tracing: FunctionVersion['tracing'],
  clock: Clock,
): string {
  const random = randomBytes(24).toString('hex');
  const lineage = `Lineage=1:${random.slice(40, 48)}:0`;
  if (header === undefined) {
    const seconds = Math.floor(clock.now() / 1000)
      .toString(16)
      .padStart(8, '0');
    const sampled = tracing === 'Active' ? 1 : 0;
    return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(24, 40)};Sampled=${sampled};${lineage}`;
  }
  const parts = header.split(';').filter((part) => part.trim() !== '');
  const has = (name: string) => parts.some((part) => part.trim().startsWith(`${name}=`));
  if (!has('Root')) return traceId(undefined, tracing, clock);
  if (!has('Parent')) parts.push(`Parent=${random.slice(24, 40)}`);
  if (!has('Sampled')) parts.push(`Sampled=${tracing === 'Active' ? 1 : 0}`);
  if (!has('Lineage')) parts.push(lineage);
  return parts.join(';');
}
