import { listOf, textsOf } from '../iam/policy/document.ts';
import { matchesArn } from '../iam/policy/glob.ts';
import { isRecord, type Raw, statementsOf } from '../iam/policy/syntax.ts';
import { invalidParameter } from './errors.ts';
import type { FunctionPolicy } from './policy.ts';

/**
 * Reads a policy that a user wrote for a function, a version or an alias, whose ARN is `arn`. AWS does not document its words
 * for what is wrong with one.
 *
 * @throws InvalidParameterValueException
 */
export function readFunctionPolicy(text: string, arn: string): FunctionPolicy {
  const document = parsed(text);
  const statements = statementsOf(document);
  if (!statements) throw invalidParameter('The provided policy document is malformed.');
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size < sids.length) {
    throw invalidParameter('Statement IDs (SID) in a single policy must be unique.');
  }
  for (const statement of statements) checkStatement(statement, arn);
  const { Version, Id } = document as Raw;
  return {
    ...(Version === undefined ? {} : { Version: String(Version) }),
    ...(Id === undefined ? {} : { Id: String(Id) }),
    Statement: statements,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function checkStatement(statement: Raw, arn: string): void {
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw invalidParameter('Effect must be Allow or Deny.');
  if (Principal === undefined && NotPrincipal === undefined) {
    throw invalidParameter('Policy statement must contain principals.');
  }
  checkPrincipals(Principal ?? NotPrincipal);
  const actions = textsOf(Action ?? NotAction ?? []);
  if (actions.length === 0) throw invalidParameter('Policy statement must contain actions.');
  const strange = actions.find((action) => action !== '*' && !/^lambda:[\w*?]+$/i.test(action));
  if (strange !== undefined) {
    throw invalidParameter(`Action ${strange} is not valid for a resource-based policy of Lambda.`);
  }
  const resources = textsOf(Resource ?? NotResource ?? []);
  if (resources.length === 0) throw invalidParameter('Policy statement must contain resources.');
  const foreign = resources.find((resource) => !isAbout(resource, arn));
  if (foreign !== undefined) throw invalidParameter(`Resource ${foreign} is not ${arn}.`);
}

/** The function itself; of an unqualified one also its versions and aliases. */
function isAbout(pattern: string, arn: string): boolean {
  return matchesArn(pattern, arn, () => undefined) || pattern.startsWith(`${arn}:`);
}

const AWS = /^(\*|\d{12}|A(IDA|ROA)[A-Z0-9]{12,}|arn:aws[\w-]*:(iam|sts)::\d{12}:.+)$/;
const SERVICE = /^[\w-]+(\.[\w-]+)+$/;

function checkPrincipals(value: unknown): void {
  if (!isRecord(value)) return;
  const valid = Object.entries(value).every(([kind, names]) =>
    listOf(names).every((name) => {
      if (kind === 'AWS') return AWS.test(String(name));
      return kind === 'Service' ? SERVICE.test(String(name)) : kind === 'Federated';
    }),
  );
  if (!valid) {
    throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
  }
}
