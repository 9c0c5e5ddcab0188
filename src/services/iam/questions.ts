import type { Call, Principal } from '../../aws/call.ts';
import type { Permission } from '../../aws/service.ts';
import { callContext } from './call-context.ts';
import type { Home } from './home.ts';
import { type Iam, roleArn } from './iam.ts';
import { RequestContext } from './policy/context.ts';
import { readDocument } from './policy/document.ts';
import { type Asking, evaluate } from './policy/evaluate.ts';
import { accountNames, namesOf, sessionRole } from './principals.ts';
import type { Role } from './store/model.ts';
import { tagRecord } from './tags.ts';

/** Whether a role is there, and lets somebody take it on. */
export type RoleTrust = 'missing' | 'distrusts' | 'trusts';

export interface AssumeRequest {
  roleArn: string;
  caller: Principal;
  /** `sts:ExternalId`, `sts:SourceIdentity` and others, as far as they were passed. */
  context: RequestContext;
}

/** Someone whom an identity provider vouches for asks for a role. */
export interface FederatedRequest {
  roleArn: string;
  /** `sts:AssumeRoleWithWebIdentity` or `sts:AssumeRoleWithSAML`. */
  action: string;
  /** An ARN, or a name such as `accounts.google.com`. */
  provider: string;
  context: RequestContext;
}

export interface IdentityProvider {
  /** The clients that its tokens may be for. Undefined for SAML. */
  clientIds: readonly string[] | undefined;
}

/** `account`: the role trusts the account, and leaves it to the caller's own policies. */
export type AssumeTrust = RoleTrust | 'account';

export interface KnownRole {
  id: string;
  maxSessionDuration: number;
}

/** Who a caller is for good: of a session its role. */
export interface IamIdentity {
  arn: string;
  tags: Readonly<Record<string, string>>;
}

/** What other services ask IAM. */
export interface IamQuestions {
  /** Whether a service, by its principal such as `lambda.amazonaws.com`, may take a role on. */
  roleTrust(arn: string, service: string): RoleTrust;
  /** Whether somebody may. */
  assumeTrust(request: AssumeRequest): AssumeTrust;
  federatedTrust(request: FederatedRequest): RoleTrust;
  /** By its ARN; undefined where its account does not have it. */
  identityProvider(arn: string): IdentityProvider | undefined;
  /** Undefined where there is no such role, in any account. */
  role(arn: string): KnownRole | undefined;
  identityOf(caller: Principal): IamIdentity;
  /** Whether a resource's own policies let whoever calls do something. Without a call: everyone. */
  resourceAllows(permission: Permission, call?: Call): boolean;
}

export function createQuestions(iam: Iam): IamQuestions {
  const ask = (
    role: Role,
    resource: string,
    asking: Asking,
    context = new RequestContext(),
    action = 'sts:AssumeRole',
  ) => evaluate([readDocument(role.trust)], { action, resource, context, asking }).decision;
  return {
    roleTrust: (arn, service) => {
      const role = roleByArn(iam, arn)?.role;
      if (!role) return 'missing';
      const decision = ask(role, arn, { kind: 'Service', names: [service] });
      return decision === 'allowed' ? 'trusts' : 'distrusts';
    },
    assumeTrust: ({ roleArn: arn, caller, context }) => {
      const found = roleByArn(iam, arn);
      if (!found) return 'missing';
      const { role, home } = found;
      const ownNames = namesOf(iam, caller);
      const all = [...ownNames, ...accountNames(caller.account, home.partition)];
      if (ask(role, arn, { kind: 'AWS', names: all }, context) !== 'allowed') return 'distrusts';
      const own = ask(role, arn, { kind: 'AWS', names: ownNames }, context);
      return own === 'allowed' && caller.account === home.account ? 'trusts' : 'account';
    },
    federatedTrust: ({ roleArn: arn, action, provider, context }) => {
      const role = roleByArn(iam, arn)?.role;
      if (!role) return 'missing';
      const decision = ask(role, arn, { kind: 'Federated', names: [provider] }, context, action);
      return decision === 'allowed' ? 'trusts' : 'distrusts';
    },
    identityProvider: (arn) => identityProvider(iam, arn),
    role: (arn) => roleByArn(iam, arn)?.role,
    identityOf: (caller) => identityOf(iam, caller),
    resourceAllows: ({ action, resource, resourcePolicies = [], context }, call) => {
      const known = call ? callContext(call, {}, context) : new RequestContext(Object.entries(context ?? {}));
      const request = { action, resource, context: known, asking: askingOf(iam, call) };
      return evaluate(resourcePolicies.map(readDocument), request).decision === 'allowed';
    },
  };
}

function identityProvider({ store }: Iam, arn: string): IdentityProvider | undefined {
  const [, partition, account, kind, name] =
    /^arn:([\w-]+):iam::(\d{12}):(oidc|saml)-provider\/(.+)$/.exec(arn) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  const home = { partition, account };
  if (kind === 'saml') return store.samlProviders.find(home, name) && { clientIds: undefined };
  return store.oidcProviders.find(home, name);
}

function identityOf(iam: Iam, caller: Principal): IamIdentity {
  const { kind, arn, userId } = caller;
  const session = sessionRole(iam, caller);
  if (session) return { arn: roleArn(session.home, session.role), tags: tagRecord(session.role.tags) };
  // A role that is not there is told of without a path.
  const known = arn.replace(/^(arn:[\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
  const user = kind === 'user' ? iam.store.users.get(userId) : undefined;
  return { arn: known, tags: tagRecord(user?.tags ?? []) };
}

function askingOf(iam: Iam, call: Call | undefined): Asking {
  if (!call) return { kind: 'AWS', names: [] };
  const { service, caller, partition } = call;
  if (service) return { kind: 'Service', names: service.principals };
  return { kind: 'AWS', names: [...namesOf(iam, caller), ...accountNames(caller.account, partition)] };
}

/** A role of any account. */
export function roleByArn({ store }: Iam, arn: string): { role: Role; home: Home } | undefined {
  const [, partition, account, name] =
    /^arn:(aws[\w-]*):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  const home = { partition, account };
  const role = store.roles.find(home, name);
  return role && roleArn(home, role) === arn ? { role, home } : undefined;
}
