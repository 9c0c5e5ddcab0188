import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import type { WorkloadTemplate } from '../workload.ts';
import type { Sandbox } from './sandbox.ts';

/** A standby nobody took for this long is ended: it holds memory that its user may want for something else. */
const UNUSED_FOR: Milliseconds = 15 * 60_000;
/** Code that is broken now is likely to be mended soon, and should not have to wait for a container then. */
const EMPTY_FOR: Milliseconds = 2 * 60_000;

/** The containers there are: those of functions, and those that wait for one. */
export class SandboxPool {
  readonly #clock: Clock;
  readonly #sandboxes = new Map<Sandbox, ClockTimer | undefined>();
  /** How an owner's containers are made at present. */
  readonly #specs = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#sandboxes.size;
  }

  get standbys(): number {
    return this.#count((one) => one.owner === undefined);
  }

  [Symbol.iterator](): IterableIterator<Sandbox> {
    return this.#sandboxes.keys();
  }

  add(sandbox: Sandbox): void {
    this.#sandboxes.set(sandbox, undefined);
    if (sandbox.owner === undefined) this.#expire(sandbox, UNUSED_FOR);
    void sandbox.ended.then(() => this.#drop(sandbox));
  }

  /** Where a workload of this template can run without a new container. The sandbox is its owner's from now on. */
  take(template: WorkloadTemplate, spec: string): Sandbox | undefined {
    const { owner } = template;
    this.#specs.set(owner, spec);
    for (const one of this) this.#discardOutdated(one);
    const usable = [...this].filter((one) => one.spec === spec && !one.over);
    const found =
      usable.find((one) => one.owner === owner && !one.runs(template) && !one.full) ??
      usable.find((one) => one.owner === undefined);
    if (!found) return undefined;
    found.assign(owner);
    this.#keep(found);
    return found;
  }

  hasStandby(spec: string): boolean {
    return this.#count((one) => one.owner === undefined && one.spec === spec && !one.over) > 0;
  }

  /** A workload has ended in it. */
  noteEnd(sandbox: Sandbox): void {
    if (!sandbox.empty || !this.#sandboxes.has(sandbox)) return;
    this.#expire(sandbox, EMPTY_FOR);
    this.#discardOutdated(sandbox);
  }

  /** Gives up what an owner has, once nothing runs there. */
  release(owner: string): void {
    this.#specs.delete(owner);
    for (const one of this) if (one.owner === owner && one.empty) this.discard(one);
  }

  /** Takes it out, and ends it. */
  discard(sandbox: Sandbox): void {
    if (this.#drop(sandbox)) sandbox.close();
  }

  /** Images and limits change, and mounts do: what was made for the old ones is of no use any more. */
  #discardOutdated(sandbox: Sandbox): void {
    const { owner, spec, empty } = sandbox;
    if (owner !== undefined && empty && (this.#specs.get(owner) ?? spec) !== spec) this.discard(sandbox);
  }

  #expire(sandbox: Sandbox, after: Milliseconds): void {
    this.#keep(sandbox);
    this.#sandboxes.set(
      sandbox,
      this.#clock.after(after, () => {
        if (sandbox.empty) this.discard(sandbox);
      }),
    );
  }

  #keep(sandbox: Sandbox): void {
    this.#sandboxes.get(sandbox)?.cancel();
    if (this.#sandboxes.has(sandbox)) this.#sandboxes.set(sandbox, undefined);
  }

  #drop(sandbox: Sandbox): boolean {
    this.#sandboxes.get(sandbox)?.cancel();
    return this.#sandboxes.delete(sandbox);
  }

  #count(matches: (sandbox: Sandbox) => boolean): number {
    let count = 0;
    for (const sandbox of this) if (matches(sandbox)) count++;
    return count;
  }
}
