import type { IncomingMessage } from 'node:http';
import type { Call } from '../../../aws/call.ts';
import { type Credentials, readCredentials } from '../../../aws/credentials.ts';
import { type ScopeOptions, scopeOf } from '../../../aws/scope.ts';
import { readClaim } from '../../../aws/signature/claim.ts';
import { sha256 } from '../../../aws/signature/sign.ts';
import { wordsOf } from '../../../aws/signature/words.ts';
import type { StrictOptions } from '../../../aws/strict.ts';
import { LAMBDA } from '../identity.ts';
import { forbidden, type InvokeRights } from '../invoke-rights.ts';
import type { FunctionRef } from '../names.ts';
import type { UrlRecord } from '../store/url-store.ts';
import type { UrlCaller } from './url-event.ts';

export interface UrlGateOptions {
  scope: ScopeOptions;
  rights: InvokeRights;
  /** With `--strict`. */
  strict: StrictOptions | undefined;
}

/** A request that wants to a function. */
export interface UrlVisitor {
  req: IncomingMessage;
  /** Path and query as the function is to see them. */
  target: string;
  body: Uint8Array;
  ref: FunctionRef;
  authType: UrlRecord['authType'];
  /** As who has the URL, to be answered for whoever signed. */
  call: Call;
}

/** Who may call functions by their URLs. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export class UrlGate {
  readonly #options: UrlGateOptions;

  constructor(options: UrlGateOptions) {
    this.#options = options;
  }

  /** Who signed, where the URL wants that. @throws WireError */
  admit(visitor: UrlVisitor): UrlCaller | undefined {
    const { rights, strict, scope } = this.#options;
    const { ref, authType } = visitor;
    if (authType !== 'AWS_IAM') {
      rights.checkUrl(ref, authType);
      return undefined;
    }
    const credentials = credentialsOf(visitor);
    if (credentials?.service !== 'lambda' || credentials.region !== ref.scope.region) throw forbidden();
    if (strict) verify(strict, visitor, credentials);
    const { account, caller } = scopeOf(credentials, scope);
    const { accessKeyId, sessionToken } = credentials;
    const call: Call = { ...visitor.call, account, caller, accessKeyId, sessionToken };
    if (strict) {
      const permissions = rights.urlPermissions(ref, authType);
      if (permissions.some((permission) => strict.authorize(permission, call) !== undefined))
        throw forbidden();
    } else if (account !== ref.scope.account) {
      rights.checkUrl(ref, authType, call);
    }
    return { ...caller, accessKeyId };
  }
}

function credentialsOf({ req, target }: UrlVisitor): Credentials | undefined {
  return readCredentials(req.headers, queryOf(target));
}

/** What is signed is the address that the client has, which may say more than the function is to see. @throws WireError */
function verify({ verifier }: StrictOptions, { req, body }: UrlVisitor, { sessionToken }: Credentials): void {
  const words = wordsOf('rest-json', LAMBDA);
  const claim = readClaim(req, queryOf(req.url!));
  if (!claim) throw forbidden();
  const signer = verifier.checkKey(claim, words, sessionToken);
  const told = req.headers['x-amz-content-sha256'];
  const hash = told === 'UNSIGNED-PAYLOAD' ? told : sha256(body);
  if (told !== undefined && told !== hash) throw words.badBody();
  verifier.checkSignature(req, claim, signer, hash, words);
}

function queryOf(target: string): URLSearchParams {
  const question = target.indexOf('?');
  return new URLSearchParams(question === -1 ? '' : target.slice(question + 1));
}
