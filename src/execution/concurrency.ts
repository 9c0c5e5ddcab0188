import { type FunctionVersion, Throttled } from './function-host.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const USUAL_LIMIT = 1_000;

interface Account {
  limit: number;
  /** Taken out of the limit for functions with a reservation. */
  reserved: number;
  /** Taken out of it for provisioned environments of functions without one. */
  provisioned: number;
  /** In use by functions without a reservation, beyond what is provisioned for them. */
  unreservedInUse: number;
  inUse: number;
  peak: number;
}

interface Provision {
  allocated: number;
  inUse: number;
}

interface Usage {
  account: Account;
  reserved: number | undefined;
  /** Of all its versions. */
  provisioned: number;
  byVersion: Map<string, Provision>;
  /** Beyond what is provisioned. */
  onDemand: number;
  inUse: number;
  peak: number;
}

/** Gives back what an invocation took. Once. */
export type Release = () => void;

/**
 * Counts invocations against the limits of accounts and functions.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Concurrency {
  readonly #accounts = new Map<string, Account>();
  readonly #functions = new Map<string, Usage>();

  /** @throws Throttled */
  take({ functionArn, version }: FunctionVersion): Release {
    const usage = this.#usage(functionArn);
    const { account } = usage;
    const provision = usage.byVersion.size > 0 ? usage.byVersion.get(version) : undefined;
    const provisioned = provision !== undefined && provision.inUse < provision.allocated;
    const unreserved = !provisioned && usage.reserved === undefined;
    if (!provisioned) {
      if (usage.reserved !== undefined && usage.onDemand >= usage.reserved - usage.provisioned)
        throw new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
      if (unreserved && account.unreservedInUse >= account.limit - account.reserved - account.provisioned)
        throw new Throttled('ConcurrentInvocationLimitExceeded');
    }
    if (provisioned) provision.inUse++;
    else usage.onDemand++;
    if (unreserved) account.unreservedInUse++;
    if (++usage.inUse > usage.peak) usage.peak = usage.inUse;
    if (++account.inUse > account.peak) account.peak = account.inUse;
    return () => {
      if (provisioned) provision.inUse--;
      else usage.onDemand--;
      if (unreserved) account.unreservedInUse--;
      usage.inUse--;
      account.inUse--;
    };
  }

  setAccountLimit({ account, region }: { account: string; region: string }, limit: number): void {
    this.#account(account, region).limit = limit;
  }

  setReserved(functionArn: string, reserved: number | undefined): void {
    const usage = this.#usage(functionArn);
    this.#withdraw(usage);
    usage.reserved = reserved;
    this.#deposit(usage);
  }

  setProvisioned(functionArn: string, version: string, allocated: number): void {
    const usage = this.#usage(functionArn);
    this.#withdraw(usage);
    const known = usage.byVersion.get(version);
    if (known) known.allocated = allocated;
    else if (allocated > 0) usage.byVersion.set(version, { allocated, inUse: 0 });
    usage.provisioned = [...usage.byVersion.values()].reduce((sum, one) => sum + one.allocated, 0);
    this.#deposit(usage);
  }

  /** The most invocations at one time since the last call, by function and, under `account/region`, of all. */
  takePeaks(): Map<string, number> {
    const peaks = new Map<string, number>();
    for (const [key, counter] of [...this.#accounts, ...this.#functions]) {
      if (counter.peak > 0) peaks.set(key, counter.peak);
      counter.peak = counter.inUse;
    }
    return peaks;
  }

  #withdraw({ account, reserved, provisioned }: Usage): void {
    if (reserved !== undefined) account.reserved -= reserved;
    else account.provisioned -= provisioned;
  }

  #deposit({ account, reserved, provisioned }: Usage): void {
    if (reserved !== undefined) account.reserved += reserved;
    else account.provisioned += provisioned;
  }

  #usage(functionArn: string): Usage {
    const known = this.#functions.get(functionArn);
    if (known) return known;
    const [, , , region = '', account = ''] = functionArn.split(':');
    const usage: Usage = {
      account: this.#account(account, region),
      reserved: undefined,
      provisioned: 0,
      byVersion: new Map(),
      onDemand: 0,
      inUse: 0,
      peak: 0,
    };
    this.#functions.set(functionArn, usage);
    return usage;
  }

  #account(account: string, region: string): Account {
    const key = `${account}/${region}`;
    const known = this.#accounts.get(key);
    if (known) return known;
    const made: Account = {
      limit: USUAL_LIMIT,
      reserved: 0,
      provisioned: 0,
      unreservedInUse: 0,
      inUse: 0,
      peak: 0,
    };
    this.#accounts.set(key, made);
    return made;
  }
}
