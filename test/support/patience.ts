import { setTimeout as sleep } from 'node:timers/promises';

/** How long tests wait for what will happen: far longer than it takes on a machine that is busy with other things. */
export const PATIENCE = 60_000;

/** Looks again and again until `look` gives something truthy, and gives that. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  within = PATIENCE,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > end) throw new Error(`did not happen within ${within} ms: ${look}`);
    await sleep(5);
  }
}
