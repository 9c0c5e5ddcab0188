/** Whose a row is, in AWS terms. */
export interface Scope {
  /** Twelve digits. */
  account: string;
  region: string;
}

/** The scope of everything that does not come through a signed AWS call. */
export const DEFAULT_SCOPE: Scope = { account: '000000000000', region: 'us-east-1' };
