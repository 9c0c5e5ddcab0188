/** A pattern that can't be read, in AWS's words. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(message = 'Invalid filter pattern') {
    super(message);
  }
}
