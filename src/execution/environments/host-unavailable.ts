/** What runs environments does not answer: no fault of the function's. It may pass by itself. */
export class HostUnavailable extends Error {
  override readonly name = 'HostUnavailable';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
