/** No engine can be used. `message` is one line that says what is wrong, `ways` what can be done about it. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  readonly ways: readonly string[];

  constructor(message: string, ways: readonly string[], cause?: unknown) {
    super(message, { cause });
    this.ways = ways;
  }
}

export const WITHOUT_DOCKER = 'run functions as processes of this machine: --driver process';
