import { PolicyLengthExceededException } from '@aws-sdk/client-lambda';
import { conflict, notFound } from './errors.ts';

/** A statement of a resource-based policy, with its members in the order in which AWS writes them. */
export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Principal: string | { AWS: string } | { Service: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

export interface Policy<S = Statement> {
  Version?: string;
  Id?: string;
  Statement: S[];
}

/** A policy of a function, whose statements may come from a document that a user wrote. */
export type FunctionPolicy = Policy<Statement | Readonly<Record<string, unknown>>>;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests */
const LARGEST_POLICY = 20_480;

/** @throws ResourceConflictException, PolicyLengthExceededException */
export function withStatement<S extends { Sid?: unknown }>(
  policy: Policy<S> | undefined,
  statement: S,
): Policy<S> {
  const { Statement = [] } = policy ?? {};
  if (Statement.some(({ Sid }) => Sid === statement.Sid)) {
    throw conflict(
      `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const longer = { Version: '2012-10-17', Id: 'default', ...policy, Statement: [...Statement, statement] };
  checkSize(longer);
  return longer;
}

/** @throws PolicyLengthExceededException */
export function checkSize(policy: object): void {
  const size = Buffer.byteLength(JSON.stringify(policy));
  if (size <= LARGEST_POLICY) return;
  throw new PolicyLengthExceededException({
    message: `The final policy size (${size}) is bigger than the limit (${LARGEST_POLICY}).`,
    Type: 'User',
    $metadata: {},
  });
}

/** Undefined when no statement is left. @throws ResourceNotFoundException */
export function withoutStatement<S extends { Sid?: unknown }>(
  policy: Policy<S> | undefined,
  sid: string,
): Policy<S> | undefined {
  if (!policy) throw notFound('No policy is associated with the given resource.');
  const rest = policy.Statement.filter(({ Sid }) => Sid !== sid);
  if (rest.length === policy.Statement.length) {
    throw notFound(`Statement ${sid} is not found in resource policy.`);
  }
  return rest.length === 0 ? undefined : { ...policy, Statement: rest };
}
