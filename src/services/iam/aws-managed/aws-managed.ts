import { createHash } from 'node:crypto';
import { base32 } from '../../../aws/access-key.ts';
import type { Policy } from '../store/model.ts';
import { DEFINITIONS, type Definition, type ShortStatement } from './definitions.ts';

/** AWS's policies are older than anything made here; the day is that of most of them. */
const CREATED = Date.UTC(2015, 1, 6, 18, 39, 46);

/** AWS's own policy at a path such as `/service-role/`. Its ARN has `aws` where an account would stand. */
export function awsManagedPolicy(path: string, name: string, partition: string): Policy | undefined {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  if (!definition || (definition.path ?? '/') !== path) return undefined;
  return policyOf(name, definition, partition);
}

export function awsManagedPolicies(partition: string): Policy[] {
  return Object.entries(DEFINITIONS).map(([name, definition]) => policyOf(name, definition, partition));
}

function policyOf(
  name: string,
  { path = '/', description, version, statements }: Definition,
  partition: string,
): Policy {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements.map(toStatement) });
  const document = partition === 'aws' ? text : text.replaceAll('"arn:aws:', `"arn:${partition}:`);
  return {
    id: `ANPA${base32(
      createHash('sha256')
        .update(path + name)
        .digest(),
    ).slice(0, 17)}`,
    name,
    path,
    created: CREATED,
    updated: CREATED,
    description,
    tags: [],
    defaultVersion: version,
    lastVersion: version,
    versions: [{ number: version, created: CREATED, document }],
  };
}

function toStatement({ actions, notActions, resources = ['*'], condition }: ShortStatement): object {
  return {
    Effect: 'Allow',
    ...(actions === undefined ? {} : { Action: oneOrMore(actions.split(' ')) }),
    ...(notActions === undefined ? {} : { NotAction: oneOrMore(notActions.split(' ')) }),
    Resource: oneOrMore(resources),
    ...(condition ? { Condition: condition } : {}),
  };
}

function oneOrMore(items: readonly string[]): string | readonly string[] {
  return items.length === 1 ? items[0]! : items;
}
