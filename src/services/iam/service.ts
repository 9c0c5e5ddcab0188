import { readConstraints } from '../../aws/constraints.ts';
import type { AnyOperation, Service } from '../../aws/service.ts';
import constraints from './constraints.json' with { type: 'json' };
import type { Iam } from './iam.ts';
import { checkNames, withoutNamePatterns } from './names.ts';
import { policyOperations } from './operations/all-policies.ts';
import { roleOperations } from './operations/all-roles.ts';
import { userOperations } from './operations/all-users.ts';
import { iamModel } from './schemas.ts';

/** Identity and Access Management: users, groups, roles, and what they may. */
export function createIam(iam: Iam): Service {
  const operations = { ...policyOperations(iam), ...roleOperations(iam), ...userOperations(iam) };
  return {
    model: iamModel(),
    constraints: withoutNamePatterns(readConstraints(constraints)),
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, checkNames(operation as AnyOperation)]),
    ),
  };
}
