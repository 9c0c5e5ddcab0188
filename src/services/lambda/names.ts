import type { Call } from '../../aws/call.ts';
import type { Scope } from '../../storage/scope.ts';
import { accessDenied, invalidParameter, notFound } from './errors.ts';

/** A function, and which version or alias of it, as a request names them. */
export interface FunctionRef {
  scope: Scope;
  partition: string;
  name: string;
  /** `$LATEST`, a number, or the name of an alias; undefined where the request names none. */
  qualifier: string | undefined;
}

/** The parts of a name in any of its forms, as they are written. */
interface NameParts {
  partition: string | undefined;
  region: string | undefined;
  account: string | undefined;
  name: string;
  qualifier: string | undefined;
}

const REGION = String.raw`(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d`;
const QUALIFIER = String.raw`\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+`;
const FORMS = new RegExp(
  String.raw`^(?:arn:(aws[a-zA-Z-]*)?:lambda:)?(?:(${REGION}):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+?)(?::(${QUALIFIER}))?$`,
);
const LONGEST_NAME = 64;

export const LATEST = '$LATEST';

/**
 * The function that a request means by its FunctionName (a name, a partial or a full ARN, with or without a qualifier) and
 * its Qualifier.
 *
 * @throws InvalidParameterValueException where both name a qualifier and they differ; ResourceNotFoundException for another
 * region; WireError for another account
 */
export function resolveFunction(
  functionName: string,
  qualifier: string | undefined,
  call: Call,
  action: string,
): FunctionRef {
  const ref = resolveAnyFunction(functionName, qualifier, call);
  if (ref.scope.account !== call.account) throw noPolicyAllows(ref, call, action);
  return ref;
}

/** As `resolveFunction`, also for a function of another account. */
export function resolveAnyFunction(
  functionName: string,
  qualifier: string | undefined,
  call: Pick<Call, 'account' | 'region' | 'partition'>,
): FunctionRef {
  const parts = parseName(functionName);
  if (parts.qualifier !== undefined && qualifier !== undefined && parts.qualifier !== qualifier) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const { region, partition } = call;
  if (parts.region !== undefined && parts.region !== region) {
    throw notFound(`Functions from '${parts.region}' are not reachable in this region ('${region}')`);
  }
  return {
    scope: { account: parts.account ?? call.account, region },
    partition,
    name: parts.name,
    qualifier: qualifier ?? parts.qualifier,
  };
}

export function noPolicyAllows(ref: FunctionRef, { caller, service }: Call, action: string): Error {
  const what = `lambda:${action}`;
  const who = service ? service.principals[0] : `User: ${caller.arn}`;
  return accessDenied(
    `${who} is not authorized to perform: ${what} on resource: ${arnOf(ref)} because no resource-based policy allows the ${what} action`,
  );
}

/** The name under which a function is to be created. @throws as `resolveFunction` does, and for a name of over 64 characters */
export function resolveNewFunction(functionName: string, call: Call): FunctionRef {
  const ref = resolveFunction(functionName, undefined, call, 'CreateFunction');
  if (ref.name.length > LONGEST_NAME) {
    throw invalidParameter(
      `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_NAME}`,
    );
  }
  if (ref.qualifier !== undefined && ref.qualifier !== LATEST) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return ref;
}

/** `arn:aws:lambda:us-east-1:000000000000:function:name`, with a qualifier where one is given. */
export function functionArn(
  { partition, scope: { account, region }, name }: Pick<FunctionRef, 'partition' | 'scope' | 'name'>,
  qualifier?: string,
): string {
  const arn = `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** As the request named it. */
export function arnOf(ref: FunctionRef): string {
  return functionArn(ref, ref.qualifier);
}

/** What a full ARN of a function names; undefined for an ARN of anything else. */
export function parseFunctionArn(arn: string): FunctionRef | undefined {
  const match = FORMS.exec(arn);
  const [, partition, region, account, name, qualifier] = match ?? [];
  if (!partition || !region || !account || !name || !arn.includes(':function:')) return undefined;
  return { scope: { account, region }, partition, name, qualifier };
}

export function isVersionNumber(qualifier: string): boolean {
  return /^[0-9]+$/.test(qualifier);
}

/** Whether an alias can be called so. */
export function isAliasName(qualifier: string): boolean {
  return /^[a-zA-Z0-9-_]+$/.test(qualifier) && !isVersionNumber(qualifier);
}

export function functionNotFound(ref: FunctionRef): Error {
  return notFound(`Function not found: ${arnOf(ref)}`);
}

function parseName(text: string): NameParts {
  const match = FORMS.exec(text);
  if (!match) throw invalidParameter(`Invalid function name: ${text}`);
  const [, partition, region, account, name, qualifier] = match;
  return { partition, region, account, name: name!, qualifier };
}
