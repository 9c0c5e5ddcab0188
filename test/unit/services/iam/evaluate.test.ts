import { describe, expect, test } from 'vitest';
import { RequestContext } from '../../../../src/services/iam/policy/context.ts';
import { readDocument } from '../../../../src/services/iam/policy/document.ts';
import { type AccessRequest, evaluate } from '../../../../src/services/iam/policy/evaluate.ts';
import { statementPositions } from '../../../../src/services/iam/policy/positions.ts';

type Values = Record<string, string | string[]>;

function ask(
  statements: object | object[],
  action: string,
  resource = '*',
  context: Values = {},
  asking?: AccessRequest['asking'],
) {
  const document = readDocument(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  const request = { action, resource, context: new RequestContext(Object.entries(context)) };
  return evaluate([document], asking ? { ...request, asking } : request).decision;
}

const allow = (rest: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...rest });
const when = (Condition: object) => allow({ Condition });

describe('actions and resources', () => {
  test.each([
    ['s3:GetObject', 's3:GetObject', true],
    ['s3:getobject', 'S3:GetObject', true],
    ['s3:Get*', 's3:GetObject', true],
    ['s3:?etObject', 's3:GetObject', true],
    ['s3:*Object', 's3:GetObject', true],
    ['s3:*', 'sqs:SendMessage', false],
    ['s3:Get', 's3:GetObject', false],
  ])('%s means %s: %s', (pattern, action, expected) => {
    expect(ask(allow({ Action: pattern }), action) === 'allowed').toBe(expected);
    const not = { Effect: 'Allow', NotAction: pattern, Resource: '*' };
    expect(ask(not, action) === 'allowed').toBe(!expected);
  });

  test.each([
    ['arn:aws:lambda:eu-west-1:000000000000:function:a', true],
    ['arn:aws:lambda:*:*:function:*', true],
    ['arn:aws:lambda:eu-*:000000000000:function:?', true],
    ['arn:aws:lambda*', true],
    ['arn:aws:lambda:*:function:a', false],
    ['arn:aws:lambda', true],
    ['arn:aws:lambda:eu-west-1:000000000000:function:a:1', false],
    ['arn:aws:lambda:eu-west-1:000000000000:function:A', false],
  ])('%s means the function: %s', (Resource, expected) => {
    const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:a';
    expect(ask(allow({ Resource }), 'lambda:InvokeFunction', arn) === 'allowed').toBe(expected);
  });

  test('what one statement denies is denied, whatever others allow', () => {
    const statements = [
      allow({}),
      { Effect: 'Deny', Action: 's3:Delete*', NotResource: 'arn:aws:s3:::mine/*' },
    ];
    expect(ask(statements, 's3:DeleteObject', 'arn:aws:s3:::mine/a')).toBe('allowed');
    expect(ask(statements, 's3:DeleteObject', 'arn:aws:s3:::theirs/a')).toBe('explicitDeny');
    expect(ask([], 's3:DeleteObject')).toBe('implicitDeny');
  });

  test('variables stand for what is known, in which nothing is wild', () => {
    const own = allow({ Resource: 'arn:aws:s3:::home/${aws:username}/*' });
    const home = (name: string) => `arn:aws:s3:::home/${name}/a`;
    expect(ask(own, 's3:GetObject', home('anna'), { 'aws:username': 'anna' })).toBe('allowed');
    expect(ask(own, 's3:GetObject', home('bert'), { 'aws:username': 'anna' })).toBe('implicitDeny');
    expect(ask(own, 's3:GetObject', home('bert'), { 'aws:username': '*' })).toBe('implicitDeny');
    expect(ask(own, 's3:GetObject', home('bert'))).toBe('implicitDeny');
    const team = allow({ Resource: "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}" });
    expect(ask(team, 's3:GetObject', 'arn:aws:s3:::none')).toBe('allowed');
    expect(ask(allow({ Resource: 'arn:aws:s3:::a${*}' }), 's3:GetObject', 'arn:aws:s3:::ab')).toBe(
      'implicitDeny',
    );
  });

  test('no pattern takes long', () => {
    const Resource = `arn:aws:s3:::${'*a'.repeat(2_000)}b`;
    const started = performance.now();
    expect(ask(allow({ Resource }), 's3:GetObject', `arn:aws:s3:::${'a'.repeat(2_000)}`)).toBe(
      'implicitDeny',
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('conditions', () => {
  test.each([
    [{ StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    [{ StringEquals: { K: 'a' } }, { k: 'a' }, true],
    [{ StringEquals: { k: 'a' } }, {}, false],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    [{ StringNotEquals: { k: 'a' } }, {}, true],
    [{ StringEqualsIfExists: { k: 'a' } }, {}, true],
    [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    [{ StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, true],
    [{ StringLike: { k: 'a*c?' } }, { k: 'abcd' }, true],
    [{ StringNotLike: { k: 'a*' } }, { k: 'b' }, true],
    [{ NumericLessThan: { k: 10 } }, { k: '9' }, true],
    [{ NumericGreaterThanEquals: { k: '10' } }, { k: '9' }, false],
    [{ NumericNotEquals: { k: '10' } }, { k: '9' }, true],
    [{ DateGreaterThan: { k: '2026-01-01T00:00:00Z' } }, { k: '2026-06-01T00:00:00Z' }, true],
    [{ DateLessThan: { k: '1700000000' } }, { k: '2026-06-01T00:00:00Z' }, false],
    [{ Bool: { k: true } }, { k: 'true' }, true],
    [{ Bool: { k: 'false' } }, { k: 'true' }, false],
    [{ IpAddress: { k: '10.0.0.0/8' } }, { k: '10.2.3.4' }, true],
    [{ IpAddress: { k: ['192.168.0.1', '2001:db8::/32'] } }, { k: '2001:db8::1' }, true],
    [{ NotIpAddress: { k: '10.0.0.0/8' } }, { k: '10.2.3.4' }, false],
    [{ IpAddress: { k: 'nonsense/8' } }, { k: '10.2.3.4' }, false],
    [{ ArnLike: { k: 'arn:aws:sns:*:*:t*' } }, { k: 'arn:aws:sns:eu-west-1:1:topic' }, true],
    [{ ArnNotEquals: { k: 'arn:aws:sns:*:*:t*' } }, { k: 'arn:aws:sns:eu-west-1:1:topic' }, false],
    [{ Null: { k: 'true' } }, {}, true],
    [{ Null: { k: 'false' } }, {}, false],
    [{ Null: { k: 'false' } }, { k: 'a' }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
    [{ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] }, true],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, {}, false],
    [{ StringEquals: { k: 'a' }, Bool: { l: 'true' } }, { k: 'a', l: 'false' }, false],
    [{ StringEquals: { k: '${l}' } }, { k: 'x', l: 'x' }, true],
  ] as [object, Values, boolean][])('%j with %j: %s', (condition, context, expected) => {
    expect(ask(when(condition), 'a:b', '*', context) === 'allowed').toBe(expected);
  });
});

describe('principals', () => {
  const trust = (Principal: unknown) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
  const lambda = { kind: 'Service', names: ['lambda.amazonaws.com'] } as const;
  const user = { kind: 'AWS', names: ['arn:aws:iam::1:user/a', '1'] } as const;

  test.each([
    [{ Service: 'lambda.amazonaws.com' }, lambda, true],
    [{ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }, lambda, true],
    [{ Service: 'ec2.amazonaws.com' }, lambda, false],
    [{ AWS: '1' }, user, true],
    [{ AWS: 'arn:aws:iam::1:user/b' }, user, false],
    [{ AWS: '*' }, user, true],
    ['*', user, true],
  ] as [unknown, AccessRequest['asking'], boolean][])('%j lets %j: %s', (principal, asking, expected) => {
    expect(ask(trust(principal), 'sts:AssumeRole', '*', {}, asking) === 'allowed').toBe(expected);
  });
});

test('statements are found where AWS says that they are', () => {
  const text =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}';
  expect(statementPositions(text)).toEqual([
    { start: { line: 1, column: 38 }, end: { line: 1, column: 167 } },
  ]);
  const two = '{ "Statement": [\n  {"Sid": "}"},\n  {"Sid": "b"}\n]}';
  expect(statementPositions(two)).toEqual([
    { start: { line: 2, column: 4 }, end: { line: 2, column: 15 } },
    { start: { line: 3, column: 4 }, end: { line: 3, column: 15 } },
  ]);
});
