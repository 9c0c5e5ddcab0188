import type { Credentials } from '@aws-sdk/client-sts';
import { newAccessKeyId } from '../../aws/access-key.ts';
import type { Call, Principal } from '../../aws/call.ts';
import type { ParityWarnings } from '../../aws/parity-warnings.ts';
import type { Session, SessionTokens } from '../../aws/session-token.ts';
import type { TokenIssuers } from '../iam/outbound/token-issuers.ts';
import type { IamQuestions } from '../iam/questions.ts';

/** What the operations of STS share. */
export interface Sts {
  sessions: SessionTokens;
  iam: IamQuestions;
  /** Who signs tokens for the world outside of AWS. */
  issuers: TokenIssuers;
  parity: ParityWarnings;
  /** With `--strict`: whether the caller's own policies allow something. */
  allows?(call: Call, action: string, resource: string): boolean;
}

/** Without `--strict` all is allowed. */
export function strictlyAllowed(sts: Sts, call: Call, action: string, resource: string): boolean {
  return sts.allows?.(call, action, resource) ?? true;
}

export interface IssueOptions {
  principal: Principal;
  expires: number;
  /** What else the session carries. */
  session?: Partial<Session>;
  /** The least size of the token, in bytes. */
  minimumSize: number | undefined;
}

/** Credentials, and the members of an answer that tell of the token's size. */
export interface Issued {
  Credentials: Credentials;
  SessionTokenSize: number;
  SessionTokenUtilization: number;
}

const LARGEST_TOKEN_BYTES = 4096;

/** The session behind the caller's own credentials; undefined for keys that are not temporary. */
export function callerSession({ sessions }: Sts, { sessionToken }: Call): Session | undefined {
  return sessionToken === undefined ? undefined : sessions.read(sessionToken);
}

/** Makes up temporary credentials that stand for `principal`. AWS's answers tell their end in whole seconds. */
export function issue(
  { sessions }: Pick<Sts, 'sessions'>,
  { principal, expires, session, minimumSize }: IssueOptions,
): Issued {
  const accessKeyId = newAccessKeyId('ASIA', principal.account);
  const end = Math.floor(expires / 1000) * 1000;
  const content: Session = { ...session, principal, accessKeyId, expires: end };
  const token = sessions.write(content, minimumSize);
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: sessions.secretOf(accessKeyId),
      SessionToken: token,
      Expiration: new Date(end),
    },
    SessionTokenSize: token.length,
    SessionTokenUtilization: Math.min(100, Math.ceil((token.length / LARGEST_TOKEN_BYTES) * 100)),
  };
}
