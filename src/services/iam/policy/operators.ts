/** The operators of conditions, without what may stand around them. */
export const OPERATORS: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Null',
]);

export interface Operator {
  name: string;
  /** For keys that have several values. */
  quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  /** A key that is not there is no reason to say no. */
  ifExists: boolean;
}

/**
 * `ForAllValues:StringLikeIfExists` and simpler ones; undefined for what is no operator.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseOperator(text: string): Operator | undefined {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text);
  const name = parts?.[2];
  if (name === undefined || !OPERATORS.has(name)) return undefined;
  const ifExists = parts?.[3] !== undefined;
  if (ifExists && name === 'Null') return undefined;
  return { name, quantifier: parts?.[1] as Operator['quantifier'], ifExists };
}
