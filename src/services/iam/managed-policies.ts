import { accessDenied, invalidInput, noSuchEntity, validationError } from './errors.ts';
import { arnOf, type Home } from './home.ts';
import type { Iam } from './iam.ts';
import type { Policy, PolicyVersion } from './store/model.ts';

/** A policy that can be attached, of this account or one of AWS's own. */
export interface ManagedPolicy {
  arn: string;
  policy: Policy;
  awsManaged: boolean;
}

const ARN = /^arn:(aws[\w-]*):iam::(\d{12}|aws):policy(\/(?:[\x21-\x7e]*\/)?)([\w+=,.@-]+)$/;

export function policyArn(home: Home, { path, name }: Policy): string {
  return arnOf(home, 'policy', path, name);
}

export function findManagedPolicy(
  { store, awsManaged }: Iam,
  home: Home,
  arn: string,
): ManagedPolicy | undefined {
  const [, partition, account, path, name] = ARN.exec(arn) ?? [];
  if (partition !== home.partition || path === undefined || name === undefined) return undefined;
  if (account === 'aws') {
    const policy = awsManaged.find(path, name, home.partition);
    return policy && { arn, policy, awsManaged: true };
  }
  if (account !== home.account) return undefined;
  const policy = store.policies.find(home, name);
  if (!policy || policy.path !== path) return undefined;
  return { arn: policyArn(home, policy), policy, awsManaged: false };
}

/** @throws WireError ValidationError, NoSuchEntityException */
export function managedPolicy(iam: Iam, home: Home, arn: string): ManagedPolicy {
  checkArn(arn);
  const found = findManagedPolicy(iam, home, arn);
  if (!found) throw noSuchEntity(`Policy ${arn} was not found.`);
  return found;
}

/** As `managedPolicy`, for what is to be attached. */
export function attachablePolicy(iam: Iam, home: Home, arn: string): ManagedPolicy {
  checkArn(arn);
  const found = findManagedPolicy(iam, home, arn);
  if (!found) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return found;
}

/** As `managedPolicy`, for what is to be changed: AWS's own can't be. @throws WireError AccessDenied */
export function ownPolicy(iam: Iam, home: Home, arn: string): ManagedPolicy {
  const found = managedPolicy(iam, home, arn);
  if (found.awsManaged) throw accessDenied(`Policy ${arn} is outside your own account.`);
  return found;
}

/** @throws InvalidInputException, NoSuchEntityException */
export function checkBoundary(iam: Iam, home: Home, arn: string): void {
  if (!ARN.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
  if (!findManagedPolicy(iam, home, arn)) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  }
}

export function defaultDocument({ versions, defaultVersion }: Policy): string {
  return versions.find(({ number }) => number === defaultVersion)!.document;
}

/** `v3` or `v3.word` → the version; undefined where there is none. */
export function versionOf({ versions }: Policy, id: string): PolicyVersion | undefined {
  const number = Number(/^v(\d+)/.exec(id)?.[1]);
  return versions.find((version) => version.number === number);
}

export function checkArn(arn: string): void {
  if (!ARN.test(arn)) throw validationError(`ARN ${arn} is not valid.`);
}
