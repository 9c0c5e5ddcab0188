import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { Identities } from '../identities.ts';
import type { SessionTokens } from '../session-token.ts';
import { canonicalRequest } from './canonical.ts';
import type { SignatureClaim } from './claim.ts';
import { ChunkSignatures, Signer, sha256 } from './sign.ts';
import type { RefusalWords } from './words.ts';

export interface VerifierOptions {
  sessions: SessionTokens;
  identities: Identities;
  /** With which an account's root signs. */
  rootSecret: string;
  /** Clients sign with the time of the wall, however fast the daemon's own clock runs. */
  clock: Clock;
}

const SKEW: Milliseconds = 5 * 60_000;
const S3_SKEW: Milliseconds = 15 * 60_000;
/** A key id that stands for the default account's root, as twelve digits stand for another's. */
const ROOT_KEY = /^(test|\d{12})$/;
const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Whether requests are signed by who they say (SigV4). */
export class SignatureVerifier {
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /**
   * What can be said before the body is there: the key has to be known, and the time the present one.
   *
   * @throws WireError in `words`
   */
  checkKey(claim: SignatureClaim, words: RefusalWords, sessionToken: string | undefined): Signer {
    const secret = this.#secretOf(claim.accessKeyId, sessionToken);
    if (secret === undefined) throw words.unknownKey();
    this.#checkTime(claim, words);
    return new Signer(secret, claim.date, claim.scope);
  }

  /** @throws WireError in `words` */
  checkSignature(
    req: IncomingMessage,
    claim: SignatureClaim,
    signer: Signer,
    payloadHash: string,
    words: RefusalWords,
  ): void {
    const canonical = canonicalRequest(req, claim.signedHeaders, payloadHash, claim.service === 's3');
    const text = signer.stringToSign(ALGORITHM, sha256(canonical));
    if (!equal(signer.sign(text), claim.signature)) throw words.mismatch(canonical, text);
  }

  /** For a body in chunks of which each is signed. */
  chunksOf(claim: SignatureClaim, signer: Signer): ChunkSignatures {
    return new ChunkSignatures(signer, claim.signature);
  }

  #secretOf(accessKeyId: string, sessionToken: string | undefined): string | undefined {
    const { sessions, identities, rootSecret } = this.#options;
    if (sessionToken !== undefined) {
      const session = sessions.read(sessionToken);
      return session?.accessKeyId === accessKeyId ? sessions.secretOf(accessKeyId) : undefined;
    }
    if (ROOT_KEY.test(accessKeyId)) return rootSecret;
    const key = identities.key(accessKeyId);
    return key?.active ? key.secret : undefined;
  }

  #checkTime({ date, day, presigned, service }: SignatureClaim, words: RefusalWords): void {
    const now = this.#options.clock.now();
    const signed = timeOf(date);
    if (signed === undefined || !date.startsWith(day)) {
      throw words.skewed(
        `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`,
      );
    }
    const skew = service === 's3' ? S3_SKEW : SKEW;
    const minutes = `${skew / 60_000} min.`;
    if (signed - skew > now) {
      throw words.skewed(
        `Signature not yet current: ${date} is still later than ${amzDate(now + skew)} (${amzDate(now)} + ${minutes})`,
      );
    }
    if (presigned) {
      if (signed + presigned.seconds * 1000 < now) throw words.expired();
    } else if (signed + skew < now) {
      throw words.skewed(
        `Signature expired: ${date} is now earlier than ${amzDate(now - skew)} (${amzDate(now)} - ${minutes})`,
      );
    }
  }
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function timeOf(date: string): Milliseconds | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
}

function amzDate(milliseconds: Milliseconds): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
