/** What is known of a request beside action and resource: `aws:SourceIp`, `aws:PrincipalTag/team`, … */
export class RequestContext {
  readonly #values = new Map<string, readonly string[]>();

  constructor(
    entries: Iterable<readonly [key: string, values: string | readonly string[] | undefined]> = [],
  ) {
    for (const [key, values] of entries) if (values !== undefined) this.set(key, values);
  }

  /** The names of keys differ in more than their case. */
  get(key: string): readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }

  set(key: string, values: string | readonly string[]): void {
    this.#values.set(key.toLowerCase(), typeof values === 'string' ? [values] : values);
  }

  /** What a variable stands for: a key with one value. */
  readonly variable = (name: string): string | undefined => {
    const values = this.get(name);
    return values?.length === 1 ? values[0] : undefined;
  };
}
