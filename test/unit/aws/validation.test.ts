import { CreateAlias$, CreateFunction$ } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { readConstraints } from '../../../src/aws/constraints.ts';
import { OperationModel } from '../../../src/aws/shapes/model.ts';
import { validate } from '../../../src/aws/validation.ts';
import constraints from '../../../src/services/lambda/constraints.json' with { type: 'json' };

const RULES = readConstraints(constraints);
const ROLE = 'arn:aws:iam::000000000000:role/r';

function problems(schema: ConstructorParameters<typeof OperationModel>[0], input: object): string {
  try {
    validate(new OperationModel(schema).input, input, RULES, { code: 'ValidationException' });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('constraints are told in the words of AWS', () => {
  test('of a member, each that is broken by itself', () => {
    const input = { FunctionName: 'f', Code: {}, Role: ROLE, MemorySize: 1, Timeout: 0 };
    expect(problems(CreateFunction$, input)).toBe(
      "2 validation errors detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
        "Value '1' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
    );
  });

  test('of items, with the whole list and all that is asked', () => {
    const input = { FunctionName: 'f', Code: {}, Role: ROLE, Architectures: ['foo'] };
    expect(problems(CreateFunction$, input)).toBe(
      "1 validation error detected: Value '[foo]' at 'architectures' failed to satisfy constraint: " +
        'Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]',
    );
  });

  test("of a map's keys", () => {
    const weights = { AdditionalVersionWeights: { latest: 0.5 } };
    const input = { FunctionName: 'f', Name: 'a', FunctionVersion: '1', RoutingConfig: weights };
    expect(problems(CreateAlias$, input)).toBe(
      "1 validation error detected: Value '{latest=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: " +
        'Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, ' +
        'Member must satisfy regular expression pattern: [0-9]+, Member must not be null]',
    );
  });

  test('without values that are secret', () => {
    const input = { FunctionName: 'f', Code: {}, Role: ROLE, Environment: { Variables: { '1': 'secret' } } };
    const said = problems(CreateFunction$, input);
    expect(said).toMatch(
      /^1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys/,
    );
    expect(said).not.toContain('secret');
  });
});
