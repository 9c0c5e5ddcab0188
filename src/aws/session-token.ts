import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Milliseconds } from '../clock/clock.ts';
import type { Principal } from './call.ts';

/** What temporary credentials stand for. All of it is in the token, so that nothing has to be stored, and no restart loses it. */
export interface Session {
  principal: Principal;
  /** The key that was handed out with the token. */
  accessKeyId: string;
  expires: Milliseconds;
  sourceIdentity?: string;
  /** Of the session and of those before it in the chain. */
  tags?: Readonly<Record<string, string>>;
  transitiveTagKeys?: readonly string[];
  /** What was passed to restrict the session: each of them has to allow what is done. */
  restrictions?: readonly SessionRestriction[];
  /** The ARN of the identity provider that vouched for whoever asked. */
  federatedProvider?: string;
  /** The function that the session was made for. */
  functionArn?: string;
  /** Who asked for the session of a federated user, and gives it what rights it has. */
  creator?: Principal;
  /** How many policies GetScopedCredentials put on top of each other. */
  scopedPolicies?: number;
}

/** Policies of which one has to allow something. */
export interface SessionRestriction {
  documents: readonly string[];
  /** Of managed policies. */
  arns: readonly string[];
}

/** AWS's tokens begin with bytes that give these letters in base64. */
const PREFIX = 'IQoJb3JpZ2luX2Vj';
const SIGNATURE_BYTES = 32;
/** Forty letters in base64, as AWS's secrets are. */
const SECRET_BYTES = 30;

/** Writes session tokens, and reads those that it wrote: whoever does not know the key can't make one up. */
export class SessionTokens {
  readonly #key: Buffer;

  /** `secret` has to be the same after a restart. */
  constructor(secret: string) {
    this.#key = createHmac('sha256', secret).update('lambdock session tokens').digest();
  }

  /** At least `minimumSize` characters long. */
  write(session: Session, minimumSize = 0): string {
    const text = JSON.stringify(session);
    const bytes = Math.ceil(((minimumSize - PREFIX.length) * 3) / 4) - SIGNATURE_BYTES;
    const content = Buffer.from(text + ' '.repeat(Math.max(0, bytes - Buffer.byteLength(text))));
    return PREFIX + Buffer.concat([this.#sign(content), content]).toString('base64');
  }

  /** The secret that goes with a key of ours. It follows from the key, so that it need not be kept to know it again. */
  secretOf(accessKeyId: string): string {
    const bytes = createHmac('sha256', this.#key).update(`secret of ${accessKeyId}`).digest();
    return bytes.subarray(0, SECRET_BYTES).toString('base64');
  }

  /** Undefined for a token that is not ours: of real AWS, or `test`, as people set for emulators. */
  read(token: string): Session | undefined {
    if (!token.startsWith(PREFIX)) return undefined;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64');
    const content = bytes.subarray(SIGNATURE_BYTES);
    const signature = bytes.subarray(0, SIGNATURE_BYTES);
    if (content.length === 0 || !timingSafeEqual(signature, this.#sign(content))) return undefined;
    return JSON.parse(content.toString()) as Session;
  }

  #sign(content: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(content).digest();
  }
}
