import type {
  ContextEntry,
  EvaluationResult,
  SimulateCustomPolicyCommandInput,
  SimulateCustomPolicyCommandOutput,
  SimulatePrincipalPolicyCommandInput,
  SimulatePrincipalPolicyCommandOutput,
  Statement as StatementShape,
} from '@aws-sdk/client-iam';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { invalidInput } from '../errors.ts';
import { homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { pageOf } from '../paging.ts';
import { boundaryDocument, type NamedDocument } from '../policies-of.ts';
import { RequestContext } from '../policy/context.ts';
import { missingKeys } from '../policy/context-keys.ts';
import { readDocument } from '../policy/document.ts';
import { type AccessRequest, evaluate, type Verdict } from '../policy/evaluate.ts';
import { statementPositions } from '../policy/positions.ts';
import { validateIdentityPolicy } from '../policy/validate.ts';
import { policySource } from '../policy-source.ts';

type Input = Omit<SimulateCustomPolicyCommandInput, 'PolicyInputList'>;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
export function simulateCustomPolicy(): Operation<
  SimulateCustomPolicyCommandInput,
  SimulateCustomPolicyCommandOutput
> {
  return (input, call) => simulate(input, call, inputPolicies(input.PolicyInputList), input.CallerArn);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export function simulatePrincipalPolicy(
  iam: Iam,
): Operation<SimulatePrincipalPolicyCommandInput, SimulatePrincipalPolicyCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const source = policySource(iam, home, input.PolicySourceArn!);
    const boundary = boundaryDocument(iam, home, source.boundary);
    const boundaries = input.PermissionsBoundaryPolicyInputList ?? (boundary === undefined ? [] : [boundary]);
    const policies = [...source.policies, ...inputPolicies(input.PolicyInputList)];
    const caller = input.CallerArn ?? input.PolicySourceArn;
    return simulate({ ...input, PermissionsBoundaryPolicyInputList: boundaries }, call, policies, caller);
  };
}

function inputPolicies(list: readonly string[] | undefined): NamedDocument[] {
  return (list ?? []).map((document, index) => {
    validateIdentityPolicy(document);
    return { name: `PolicyInputList.${index + 1}`, document };
  });
}

function simulate(input: Input, call: Call, policies: readonly NamedDocument[], caller: string | undefined) {
  const { ActionNames = [], ResourceArns = ['*'] } = input;
  const context = contextOf(input.ContextEntries ?? [], call, caller);
  const requests = (ActionNames ?? []).flatMap((action) =>
    ResourceArns.map((resource) => ({ action, resource, context })),
  );
  const simulator = new Simulator(input, policies, caller);
  const { items, rest } = pageOf(requests, input, ({ action, resource }) => `${action} ${resource}`);
  return { EvaluationResults: items.map((request) => simulator.run(request)), ...rest };
}

/** What AWS knows by itself, and what it is told to take for known. */
function contextOf(entries: readonly ContextEntry[], call: Call, caller: string | undefined): RequestContext {
  const now = call.clock.now();
  const context = new RequestContext([
    ['aws:CurrentTime', new Date(now).toISOString()],
    ['aws:EpochTime', String(Math.floor(now / 1000))],
    ['aws:PrincipalArn', caller],
    ['aws:username', /:user\/(?:.*\/)?([^/]+)$/.exec(caller ?? '')?.[1]],
    ['aws:PrincipalAccount', /^arn:[^:]*:[^:]*:[^:]*:(\d{12})/.exec(caller ?? '')?.[1]],
  ]);
  for (const { ContextKeyName, ContextKeyValues } of entries) {
    if (ContextKeyName === undefined) throw invalidInput('Every context entry needs a key name.');
    context.set(ContextKeyName, ContextKeyValues ?? []);
  }
  return context;
}

class Simulator {
  readonly #policies: readonly NamedDocument[];
  readonly #documents;
  readonly #boundaries;
  readonly #resourcePolicy;
  readonly #caller: string | undefined;

  constructor(
    { PermissionsBoundaryPolicyInputList: boundaries, ResourcePolicy }: Input,
    policies: readonly NamedDocument[],
    caller: string | undefined,
  ) {
    this.#policies = policies;
    this.#documents = policies.map(({ document }) => readDocument(document));
    this.#boundaries = boundaries?.map((document) => readDocument(document)) ?? [];
    this.#resourcePolicy = ResourcePolicy === undefined ? undefined : readDocument(ResourcePolicy);
    this.#caller = caller;
  }

  run(request: AccessRequest): EvaluationResult {
    const identity = evaluate(this.#documents, request);
    const bounded = this.#boundaries.length === 0 ? undefined : evaluate(this.#boundaries, request);
    const resource = this.#resourcePolicy && evaluate([this.#resourcePolicy], this.#asked(request));
    const decision = decide(identity, bounded, resource);
    const missing = missingKeys([...this.#documents, ...this.#boundaries], request);
    return {
      EvalActionName: request.action,
      EvalResourceName: request.resource,
      EvalDecision: decision,
      MatchedStatements: identity.matched.map((place) => this.#statement(place)),
      MissingContextValues: missing,
      ...(bounded
        ? {
            PermissionsBoundaryDecisionDetail: {
              AllowedByPermissionsBoundary: bounded.decision === 'allowed',
            },
          }
        : {}),
    };
  }

  #asked(request: AccessRequest): AccessRequest {
    const caller = this.#caller ?? '';
    const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12})/.exec(caller)?.[1] ?? '';
    const names = [caller, account, `arn:aws:iam::${account}:root`];
    return { ...request, asking: { kind: 'AWS', names } };
  }

  #statement({ policy, statement }: Verdict['matched'][number]): StatementShape {
    const { name, document } = this.#policies[policy]!;
    const range = statementPositions(document)[statement];
    return {
      SourcePolicyId: name,
      SourcePolicyType: 'IAM Policy' as string as NonNullable<StatementShape['SourcePolicyType']>,
      ...(range
        ? {
            StartPosition: { Line: range.start.line, Column: range.start.column },
            EndPosition: { Line: range.end.line, Column: range.end.column },
          }
        : {}),
    };
  }
}

/** In one account, a resource's policy allows as much as an identity's. */
function decide(
  identity: Verdict,
  bounded: Verdict | undefined,
  resource: Verdict | undefined,
): Verdict['decision'] {
  const all = [identity, bounded, resource];
  if (all.some((verdict) => verdict?.decision === 'explicitDeny')) return 'explicitDeny';
  if (resource?.decision === 'allowed') return 'allowed';
  const within = bounded === undefined || bounded.decision === 'allowed';
  return within ? identity.decision : 'implicitDeny';
}
