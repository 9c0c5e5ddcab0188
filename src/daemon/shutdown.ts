/** What has to be closed, last opened first. One that fails does not keep the others from being closed. */
export class Shutdown implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];

  /** Closes `resource` at the end, by the means it has. */
  own<T extends Disposable | AsyncDisposable>(resource: T): T {
    this.#steps.push(() =>
      Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
    );
    return resource;
  }

  /** Runs `step` at the end. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Rejects with the first failure, after all steps have run. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
