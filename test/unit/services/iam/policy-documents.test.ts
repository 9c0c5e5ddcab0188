import { describe, expect, test } from 'vitest';
import { validateIdentityPolicy } from '../../../../src/services/iam/policy/validate.ts';
import { validateTrustPolicy } from '../../../../src/services/iam/policy/validate-trust.ts';

const SYNTAX = 'Syntax errors in policy.';
const LEGACY = 'The policy failed legacy parsing';

function problem(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('policies of users, groups and roles', () => {
  const statement = { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' };
  const of = (changes: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, ...changes } });

  test.each([
    ['no JSON', SYNTAX],
    [JSON.stringify({ Version: '2012-10-17', Statement: [] }), SYNTAX],
    [JSON.stringify({ Version: '2020-01-01', Statement: statement }), SYNTAX],
    [JSON.stringify({ Statement: statement }), 'Policy document must be version 2012-10-17 or greater.'],
    [of({ Other: 1 }), SYNTAX],
    [of({ Effect: 'Maybe' }), SYNTAX],
    [of({ Effect: 'ALLOW' }), LEGACY],
    [of({ NotAction: 'a:b' }), SYNTAX],
    [of({ Condition: { Nonsense: { a: 'b' } } }), SYNTAX],
    [of({ Condition: { DateLessThan: { a: 'soon' } } }), LEGACY],
    [of({ Action: undefined }), 'Policy statement must contain actions.'],
    [of({ Resource: undefined }), 'Policy statement must contain resources.'],
    [of({ Principal: '*' }), 'Policy document should not specify a principal.'],
    [of({ Action: 'put' }), 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    [of({ Action: 'a:b:c' }), 'Actions/Condition can contain only one colon.'],
    [of({ Action: 'a b:c' }), 'Vendor a b is not valid'],
    [of({ Resource: 'bucket' }), 'Resource bucket must be in ARN format or "*".'],
    [of({ Resource: 'arn:moon:s3:::a' }), 'Partition "moon" is not valid for resource "arn:moon:s3:::a".'],
    [
      of({ Resource: 'arn:aws:s3:eu-west-1::a' }),
      'Resource arn:aws:s3:eu-west-1::a can not contain region information.',
    ],
    [
      of({ Resource: 'arn:aws:iam::123456789012:people/a' }),
      expect.stringContaining('IAM resource path must either be'),
    ],
    [
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { ...statement, Sid: 'a' },
          { ...statement, Sid: 'a' },
        ],
      }),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ])('%s', (document, message) => {
    expect(problem(() => validateIdentityPolicy(document))).toEqual(message);
  });

  test.each([
    {},
    { Action: '*' },
    { Action: ['logs:*', 's3:Get*'], Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'] },
    { Resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/*' },
    { Resource: 'arn:aws:iam::*:role/${aws:username}' },
    { Resource: 'arn:aws-cn:s3:::a' },
    {
      Condition: {
        'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a', 'b'] },
        Bool: { 'aws:SecureTransport': true },
      },
    },
    { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } } },
  ])('%j is right', (changes) => {
    expect(problem(() => validateIdentityPolicy(of(changes)))).toBeUndefined();
  });
});

describe('trust policies', () => {
  const statement = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'lambda.amazonaws.com' },
  };
  const check = (changes: object) =>
    problem(() =>
      validateTrustPolicy(
        JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...changes }] }),
        (arn) => !arn.endsWith('/nobody'),
      ),
    );

  test.each([
    [{}, undefined],
    [{ Principal: { AWS: ['123456789012', 'arn:aws:iam::123456789012:root'] } }, undefined],
    [{ Principal: { Federated: 'accounts.google.com' }, Action: 'sts:AssumeRoleWithWebIdentity' }, undefined],
    [{ Action: ['sts:AssumeRole', 'sts:TagSession'] }, undefined],
    [{ Resource: '*' }, 'Has prohibited field Resource'],
    [{ Principal: undefined }, 'Missing required field Principal'],
    [{ Action: 's3:GetObject' }, 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [
      { Principal: { AWS: 'arn:aws:iam::123456789012:user/nobody' } },
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/nobody"',
    ],
    [{ Principal: { Service: 'lambda' } }, 'Invalid principal in policy: "SERVICE":"lambda"'],
  ])('%j: %s', (changes, message) => {
    expect(check(changes)).toBe(message);
  });

  test('no JSON', () => {
    expect(problem(() => validateTrustPolicy('{', () => true))).toBe('This policy contains invalid Json');
  });
});
