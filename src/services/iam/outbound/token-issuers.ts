import { generateKeyPair, type JsonWebKey, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Home } from '../home.ts';
import type { AccountSettingsTable } from '../store/settings.ts';
import { issuerUrl } from './address.ts';

/** An account's own issuer of tokens. */
export interface TokenIssuer {
  url: string;
  /** With their private parts. */
  keys: IssuerKeys;
}

export type SigningAlgorithm = 'RS256' | 'ES384';

export type IssuerKeys = Readonly<Record<SigningAlgorithm, JsonWebKey>>;

const generate = promisify(generateKeyPair);

/**
 * Outbound identity federation: IAM turns it on for an account, and STS signs tokens with the account's keys. Who turns it off and
 * on again finds the same issuer.
 */
export class TokenIssuers {
  readonly #settings: AccountSettingsTable;
  readonly #base: () => string;

  /** `base` is where the daemon is reached: `http://127.0.0.1:4566`. */
  constructor(settings: AccountSettingsTable, base: () => string) {
    this.#settings = settings;
    this.#base = base;
  }

  /** Undefined where it is on already. */
  async enable(home: Home): Promise<TokenIssuer | undefined> {
    if (this.of(home)) return undefined;
    if (this.#settings.get(home, 'token-issuer') === undefined) {
      const keys = await newKeys();
      if (this.#settings.get(home, 'token-issuer') === undefined) {
        this.#settings.set(home, 'token-issuer', randomUUID());
        this.#settings.set(home, 'token-issuer-keys', keys);
      }
    }
    if (this.of(home)) return undefined; // turned on by another call, meanwhile
    this.#settings.set(home, 'token-issuer-enabled', true);
    return this.of(home);
  }

  /** False where it is off already. */
  disable(home: Home): boolean {
    return this.#settings.remove(home, 'token-issuer-enabled');
  }

  /** Undefined where it is off. */
  of(home: Home): TokenIssuer | undefined {
    return this.#settings.get(home, 'token-issuer-enabled') ? this.#issuer(home) : undefined;
  }

  /** By the id in its URL; also of accounts that have turned it off, as tokens of before stay good. */
  withId(id: string): TokenIssuer | undefined {
    const home = this.#settings.owners('token-issuer', id)[0];
    return home && this.#issuer(home);
  }

  #issuer(home: Home): TokenIssuer {
    const url = issuerUrl(this.#base(), this.#settings.get(home, 'token-issuer')!);
    return { url, keys: this.#settings.get(home, 'token-issuer-keys')! };
  }
}

async function newKeys(): Promise<IssuerKeys> {
  const [rsa, ec] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-384' }),
  ]);
  return {
    RS256: rsa.privateKey.export({ format: 'jwk' }),
    ES384: ec.privateKey.export({ format: 'jwk' }),
  };
}
