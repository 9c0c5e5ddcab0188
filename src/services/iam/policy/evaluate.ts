import { holds } from './conditions.ts';
import type { RequestContext } from './context.ts';
import type { Matched, PolicyDocument, Principals, Statement } from './document.ts';
import { matchesArn, matchesGlob } from './glob.ts';

/** Who asks, as the principals of resource and trust policies name them. */
export interface Asking {
  kind: 'AWS' | 'Service' | 'Federated';
  /** The names that stand for whoever asks: ARNs and accounts, or `lambda.amazonaws.com`. */
  names: readonly string[];
}

export interface AccessRequest {
  /** `lambda:InvokeFunction`. */
  action: string;
  /** An ARN, or `*` where an action is about nothing in particular. */
  resource: string;
  context: RequestContext;
  /** Needed for policies that name principals. */
  asking?: Asking;
}

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

export interface Verdict {
  decision: Decision;
  /** The statements that decided, with the place of their policy in the list. */
  matched: { policy: number; statement: number }[];
}

/**
 * What policies say to a request: what one denies is denied, what one allows is allowed, all else is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly PolicyDocument[], request: AccessRequest): Verdict {
  const allows: Verdict['matched'] = [];
  const denies: Verdict['matched'] = [];
  for (const [policy, { statements, version }] of policies.entries()) {
    for (const [statement, content] of statements.entries()) {
      if (!applies(content, request, version)) continue;
      (content.effect === 'Deny' ? denies : allows).push({ policy, statement });
    }
  }
  if (denies.length > 0) return { decision: 'explicitDeny', matched: denies };
  return { decision: allows.length > 0 ? 'allowed' : 'implicitDeny', matched: allows };
}

/** Whether a statement is about a request, whatever it says to it. */
export function applies(statement: Statement, request: AccessRequest, version = '2012-10-17'): boolean {
  const { actions, resources, principals, conditions } = statement;
  const { action, resource, context, asking } = request;
  return (
    fits(actions, (pattern) => matchesGlob(pattern.toLowerCase(), action.toLowerCase(), NONE)) &&
    (resources === undefined ||
      fits(resources, (pattern) => matchesArn(pattern, resource, variablesOf(context, version)))) &&
    (principals === undefined || fitsPrincipals(principals, asking)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

/** In actions a `$` is one. */
const NONE = (name: string) => `\${${name}}`;

/** Policies of the old version know no variables: a `$` is one. */
function variablesOf(context: RequestContext, version: string) {
  return version === '2012-10-17' ? context.variable : NONE;
}

function fits({ negated, patterns }: Matched, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== negated;
}

function fitsPrincipals(
  { negated, everyone, byKind }: Principals & { negated: boolean },
  asking: Asking | undefined,
): boolean {
  const named = byKind[asking?.kind ?? 'AWS'] ?? [];
  const found =
    everyone || (asking?.names.some((name) => named.includes(name)) ?? false) || named.includes('*');
  return found !== negated;
}
