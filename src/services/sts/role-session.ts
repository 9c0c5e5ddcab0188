import type { AssumedRoleUser, PolicyDescriptorType, Tag } from '@aws-sdk/client-sts';
import type { Session } from '../../aws/session-token.ts';
import { assumedRole, type Role } from './arns.ts';
import { packedPolicySize, restrictionsOf } from './session-policy.ts';
import { type SessionTags, sessionTags, tagBytes } from './session-tags.ts';
import { type Issued, issue, type Sts } from './sts.ts';

export interface RoleSessionOptions {
  role: Role;
  name: string;
  expires: number;
  /** What the three ways to assume a role have in common. */
  input: {
    Policy?: string | undefined;
    PolicyArns?: PolicyDescriptorType[] | undefined;
    MinimumSessionTokenSize?: number | undefined;
  };
  tags?: readonly Tag[] | undefined;
  transitiveTagKeys?: readonly string[] | undefined;
  /** The session that calls, whose tags may be handed on. */
  calling?: SessionTags | undefined;
  sourceIdentity: string | undefined;
  federatedProvider?: string;
}

export interface RoleSession extends Issued {
  AssumedRoleUser: AssumedRoleUser;
  PackedPolicySize: number | undefined;
  SourceIdentity: string | undefined;
}

/** Gives a role out, in the members of an answer. @throws what is wrong with policies and tags */
export function roleSession(sts: Sts, options: RoleSessionOptions): RoleSession {
  const { role, name, expires, input, tags, sourceIdentity, federatedProvider } = options;
  const principal = assumedRole(role, name);
  const size = packedPolicySize(input.Policy, input.PolicyArns, tagBytes(tags));
  const session: Partial<Session> = {
    ...sessionTags(tags, options.transitiveTagKeys, options.calling),
    ...restrictionsOf(input.Policy, input.PolicyArns),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(federatedProvider === undefined ? {} : { federatedProvider }),
  };
  const issued = issue(sts, { principal, expires, session, minimumSize: input.MinimumSessionTokenSize });
  return {
    ...issued,
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
    PackedPolicySize: size,
    SourceIdentity: sourceIdentity,
  };
}
