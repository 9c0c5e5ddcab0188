import { malformedPolicy } from '../errors.ts';
import { listOf, textsOf } from './document.ts';
import { isRecord, type Raw, statementsOf } from './syntax.ts';
import { parse, requireUniqueSids } from './validate.ts';

const ACTION =
  /^sts:(\*|AssumeRole(WithSAML|WithWebIdentity)?|TagSession|SetSourceIdentity|SetContext|[\w*?]*\*[\w*?]*)$/i;

/** Whether a user or a role of this account is there. */
export type PrincipalExists = (arn: string) => boolean;

/**
 * Checks a role's trust policy as IAM does.
 *
 * @throws MalformedPolicyDocumentException
 */
export function validateTrustPolicy(text: string, exists: PrincipalExists): void {
  const document = parse(text);
  if (document === undefined) throw malformedPolicy('This policy contains invalid Json');
  const given = isRecord(document) ? listOf(document.Statement ?? []) : [];
  for (const statement of given) {
    if (!isRecord(statement)) continue;
    for (const name of ['Resource', 'NotResource']) {
      if (statement[name] !== undefined) throw malformedPolicy(`Has prohibited field ${name}`);
    }
    if (statement.Principal === undefined && statement.NotPrincipal === undefined) {
      throw malformedPolicy('Missing required field Principal');
    }
    if (statement.Effect === undefined) throw malformedPolicy('Missing required field Effect');
    if (statement.Action === undefined && statement.NotAction === undefined) {
      throw malformedPolicy('Missing required field Action');
    }
  }
  const statements = statementsOf(document);
  if (!statements) throw malformedPolicy('Syntax errors in policy.');
  requireUniqueSids(statements);
  for (const statement of statements) checkStatement(statement, exists);
}

function checkStatement(
  { Effect, Action, NotAction, Principal, NotPrincipal }: Raw,
  exists: PrincipalExists,
): void {
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy('Syntax errors in policy.');
  if (NotPrincipal !== undefined) throw malformedPolicy('AssumeRolePolicy may not use NotPrincipal.');
  for (const action of textsOf(Action ?? NotAction)) {
    if (!ACTION.test(action)) {
      throw malformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
    }
  }
  if (!isRecord(Principal)) return;
  for (const [kind, names] of Object.entries(Principal)) {
    for (const name of textsOf(names)) checkPrincipal(kind, name, exists);
  }
}

const PRINCIPAL_ARN = /^arn:aws[\w-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/.+)$/;

function checkPrincipal(kind: string, name: string, exists: PrincipalExists): void {
  const valid =
    (kind === 'AWS' && isAwsPrincipal(name, exists)) ||
    (kind === 'Service' && /^[\w-]+(\.[\w-]+)+$/.test(name)) ||
    kind === 'Federated' ||
    kind === 'CanonicalUser';
  const shown = kind === 'AWS' ? kind : kind.toUpperCase();
  if (!valid) throw malformedPolicy(`Invalid principal in policy: "${shown}":"${name}"`);
}

/** Ids of users and roles stand for such that were removed since. */
function isAwsPrincipal(name: string, exists: PrincipalExists): boolean {
  if (name === '*' || /^\d{12}$/.test(name) || /^A(IDA|ROA)[A-Z0-9]{12,}$/.test(name)) return true;
  return PRINCIPAL_ARN.test(name) && exists(name);
}
