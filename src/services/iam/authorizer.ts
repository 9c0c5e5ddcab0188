import type { Call, Principal } from '../../aws/call.ts';
import type { Permission } from '../../aws/service.ts';
import type { SessionRestriction, SessionTokens } from '../../aws/session-token.ts';
import { callContext } from './call-context.ts';
import type { Home } from './home.ts';
import type { Iam } from './iam.ts';
import { defaultDocument, findManagedPolicy } from './managed-policies.ts';
import { boundaryDocument, policiesOf, policiesOfUser } from './policies-of.ts';
import { readDocument } from './policy/document.ts';
import { type AccessRequest, type Decision, evaluate } from './policy/evaluate.ts';
import { accountNames, namesOf, sessionRole } from './principals.ts';
import { tagRecord } from './tags.ts';

/** The policies that stand for a caller. */
interface Rights {
  /** Undefined for root, which may all that nothing else forbids. */
  identity: readonly string[] | undefined;
  boundary: string | undefined;
  tags: Readonly<Record<string, string>>;
}

/**
 * What `--strict` asks of each call: the caller's own policies, within its permissions boundary and the policies of its
 * session, or else the policy of what is called; for what another account has, both. The answer is the reason against it, in
 * AWS's words.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function createAuthorizer(iam: Iam, sessions: SessionTokens) {
  return (permission: Permission, call: Call): string | undefined => {
    const { caller, sessionToken } = call;
    const session = sessionToken === undefined ? undefined : sessions.read(sessionToken);
    const rights = rightsOf(iam, caller, session?.creator);
    const { action, resource, context } = permission;
    const tags = { ...rights.tags, ...session?.tags };
    const request = { action, resource, context: callContext(call, tags, context) };
    const words = reasonAgainst(iam, rights, session?.restrictions ?? [], request, permission, call);
    if (words === undefined) return undefined;
    return `User: ${caller.arn} is not authorized to perform: ${permission.action} on resource: ${permission.resource} ${words}`;
  };
}

function reasonAgainst(
  iam: Iam,
  { identity, boundary }: Rights,
  restrictions: readonly SessionRestriction[],
  request: AccessRequest,
  { action, resource, resourcePolicies }: Permission,
  { caller, account, partition }: Call,
): string | undefined {
  const home = { account, partition };
  const own = identity === undefined ? 'allowed' : ask(identity, request);
  const itself = namesOf(iam, caller);
  const asItself = asked(resourcePolicies, request, itself);
  const asAny = asked(resourcePolicies, request, [...itself, ...accountNames(caller.account, partition)]);
  const bounded = boundary === undefined ? 'allowed' : ask([boundary], request);
  const sessions = restrictions.map((one) => ask(documentsOf(iam, home, one), request));
  if (own === 'explicitDeny') return 'with an explicit deny in an identity-based policy';
  if (asAny === 'explicitDeny') return 'with an explicit deny in a resource-based policy';
  if (bounded === 'explicitDeny') return 'with an explicit deny in a permissions boundary';
  if (sessions.includes('explicitDeny')) return 'with an explicit deny in a session policy';
  const foreign = resourcePolicies !== undefined && accountOf(resource) !== caller.account;
  if (foreign && asAny !== 'allowed') return `because no resource-based policy allows the ${action} action`;
  if (!foreign && asItself === 'allowed') return undefined;
  if (own !== 'allowed') return `because no identity-based policy allows the ${action} action`;
  if (bounded !== 'allowed') return `because no permissions boundary allows the ${action} action`;
  if (sessions.some((decision) => decision !== 'allowed')) {
    return `because no session policy allows the ${action} action`;
  }
  return undefined;
}

/** What the policies of a resource say to one who has these names. */
function asked(
  documents: readonly string[] | undefined,
  request: AccessRequest,
  names: readonly string[],
): Decision {
  return documents ? ask(documents, { ...request, asking: { kind: 'AWS', names } }) : 'implicitDeny';
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}

function ask(documents: readonly string[], request: AccessRequest): Decision {
  return evaluate(documents.map(readDocument), request).decision;
}

function documentsOf(iam: Iam, home: Home, { documents, arns }: SessionRestriction): string[] {
  const managed = arns.flatMap((arn) => findManagedPolicy(iam, home, arn) ?? []);
  return [...documents, ...managed.map(({ policy }) => defaultDocument(policy))];
}

function rightsOf(iam: Iam, caller: Principal, creator: Principal | undefined): Rights {
  const nothing: Rights = { identity: [], boundary: undefined, tags: {} };
  if (caller.kind === 'root') return { ...nothing, identity: undefined };
  if (caller.kind === 'federated-user') return creator ? rightsOf(iam, creator, undefined) : nothing;
  const found = caller.kind === 'user' ? iam.store.users.get(caller.userId) : undefined;
  const session = sessionRole(iam, caller);
  const entity = found ?? session?.role;
  const home = found?.home ?? session?.home;
  if (!entity || !home) return nothing;
  const policies = found ? policiesOfUser(iam, home, found) : policiesOf(iam, home, entity);
  const boundary = boundaryDocument(iam, home, entity.boundary);
  return {
    identity: policies.map(({ document }) => document),
    // One that is gone allows nothing.
    boundary: entity.boundary === undefined ? undefined : (boundary ?? '{"Statement":[]}'),
    tags: tagRecord(entity.tags),
  };
}
