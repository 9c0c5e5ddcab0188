import type { Call } from './call.ts';
import { WireError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Permission, Service } from './service.ts';
import type { OperationModel, ProtocolName } from './shapes/model.ts';
import { readClaim } from './signature/claim.ts';
import { sha256 } from './signature/sign.ts';
import type { SignatureVerifier } from './signature/verifier.ts';
import { wordsOf } from './signature/words.ts';

/** What policies say to a call; undefined where they allow it. */
export type Authorizer = (permission: Permission, call: Call) => string | undefined;

export interface StrictOptions {
  verifier: SignatureVerifier;
  authorize: Authorizer;
}

const BODY_LIMIT = 10 * 2 ** 20;
const SIGNED_CHUNKS = /^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/;

/** With `--strict`: who calls has to prove it, and needs the right to. */
export class Strict {
  readonly #options: StrictOptions;

  constructor(options: StrictOptions) {
    this.#options = options;
  }

  /**
   * Verifies the signature of a request.
   *
   * @throws WireError in the words of the service's protocol
   */
  async authenticate(
    exchange: Exchange,
    operation: OperationModel,
    { model, unsigned = [] }: Service,
    protocol: ProtocolName,
  ): Promise<void> {
    const { req, parameters, credentials } = exchange;
    const { verifier } = this.#options;
    const words = wordsOf(protocol, model.identity);
    const claim = readClaim(req, parameters);
    if (!claim) {
      if (unsigned.includes(operation.name)) return;
      throw words.unsigned();
    }
    const signer = verifier.checkKey(claim, words, credentials?.sessionToken);
    const told = req.headers['x-amz-content-sha256'];
    let hash = typeof told === 'string' ? told : 'UNSIGNED-PAYLOAD';
    const named = /^(STREAMING-|UNSIGNED-PAYLOAD$)/.test(hash);
    const s3Presigned = model.identity.s3Like && claim.presigned && told === undefined;
    if (!s3Presigned && (told === undefined || !named)) {
      const bytes = model.identity.maxBodyBytes ?? BODY_LIMIT;
      hash = sha256(await exchange.readRaw({ bytes, operation: operation.name }));
      if (told !== undefined && told !== hash) throw words.badBody();
    }
    verifier.checkSignature(req, claim, signer, hash, words);
    if (SIGNED_CHUNKS.test(hash)) exchange.chunkSignatures = verifier.chunksOf(claim, signer);
  }

  /**
   * Asks the caller's policies.
   *
   * @throws WireError AccessDenied
   */
  authorize(
    service: Service,
    operation: OperationModel,
    input: unknown,
    call: Call,
    protocol: ProtocolName,
  ): void {
    const { identity } = service.model;
    const usual = { action: `${actionPrefix(identity.signingName)}:${operation.name}`, resource: '*' };
    const needed = service.permission?.(operation.name, input as never, call) ?? [usual];
    const problem = needed
      .map((permission) => this.#options.authorize(permission, call))
      .find((reason) => reason !== undefined);
    if (problem === undefined) return;
    const query = protocol === 'query' || protocol === 'rest-xml';
    if (protocol === 'ec2-query') throw new WireError('UnauthorizedOperation', 403, problem);
    const status = protocol === 'json-1.0' || protocol === 'json-1.1' ? 400 : 403;
    throw new WireError(query ? 'AccessDenied' : 'AccessDeniedException', status, problem);
  }
}

/** Actions begin with the name that a service signs with, but for CloudWatch. */
export function actionPrefix(signingName: string): string {
  return signingName === 'monitoring' ? 'cloudwatch' : signingName;
}
