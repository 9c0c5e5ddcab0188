/** Whose fault an error is, as AWS tells it to clients: they retry what the server is to blame for. */
export type Fault = 'client' | 'server';

/**
 * An error of the wire itself, which no service's schemas know: a request that can't be read, an operation that is
 * not there. Operations throw the SDK's own exception classes instead.
 */
export class WireError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }

  get fault(): Fault {
    return this.status < 500 ? 'client' : 'server';
  }
}

/** A value that the schema does not allow at its place, in the words of AWS's servers. Each protocol adds its code. */
export class MalformedValue extends Error {
  override readonly name = 'MalformedValue';
}
