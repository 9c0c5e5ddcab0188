import type { Constraints } from '../../aws/constraints.ts';
import type { AnyOperation } from '../../aws/service.ts';
import { validationError } from './errors.ts';

const NAME = /^[\w+=,.@-]+$/;
const PATH = /^\/([!-~]+\/)?$/;
const PREFIX = /^\/[!-\x7f]*$/;

/** Members that IAM checks by itself, behind all constraints, and in words of its own. */
const PROBLEMS: Readonly<Record<string, (value: string) => string | undefined>> = {
  Path: pathProblem('path'),
  NewPath: pathProblem('newPath'),
  PathPrefix: (value) =>
    PREFIX.test(value)
      ? undefined
      : 'The specified value for pathPrefix is invalid. It must begin with / and contain only alphanumeric characters and/or / characters.',
  ...Object.fromEntries(
    [
      'UserName',
      'NewUserName',
      'GroupName',
      'NewGroupName',
      'RoleName',
      'PolicyName',
      'InstanceProfileName',
      'ServerCertificateName',
      'NewServerCertificateName',
      'VirtualMFADeviceName',
    ].map((name) => [name, nameProblem(name)]),
  ),
};

/** Constraints without the patterns that `checkNames` looks after. */
export function withoutNamePatterns(constraints: Constraints): Constraints {
  return Object.fromEntries(
    Object.entries(constraints).map(([shape, members]) => [
      shape,
      Object.fromEntries(
        Object.entries(members).map(([name, { pattern, ...rest }]) => [
          name,
          pattern === undefined || Object.hasOwn(PROBLEMS, name) ? rest : { ...rest, pattern },
        ]),
      ),
    ]),
  );
}

/** An operation that is told only of well-formed names and paths. */
export function checkNames(operation: AnyOperation): AnyOperation {
  return (input, call) => {
    for (const [name, value] of Object.entries(input as Readonly<Record<string, unknown>>)) {
      if (typeof value !== 'string' || !Object.hasOwn(PROBLEMS, name)) continue;
      const problem = PROBLEMS[name]!(value);
      if (problem !== undefined) throw validationError(problem);
    }
    return operation(input, call);
  };
}

function nameProblem(member: string): (value: string) => string | undefined {
  const shown = member.charAt(0).toLowerCase() + member.slice(1);
  const text = `The specified value for ${shown} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
  return (value) => (NAME.test(value) ? undefined : text);
}

function pathProblem(shown: string): (value: string) => string | undefined {
  const text = `The specified value for ${shown} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`;
  return (value) => (PATH.test(value) ? undefined : text);
}
