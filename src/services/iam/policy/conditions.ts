import { BlockList, isIP } from 'node:net';
import type { RequestContext } from './context.ts';
import type { Condition } from './document.ts';
import { fillIn, matchesArn, matchesGlob, type Variables } from './glob.ts';
import { parseOperator } from './operators.ts';

/** Whether one value of a request is as one value of a condition asks. */
type Test = (value: string, wanted: string, variables: Variables) => boolean;

/**
 * Whether a condition holds. Of its values one has to match, or none where the operator is a negated one; a key that the
 * request does not have fulfils only negated ones, and what `IfExists` or `Null` say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds({ operator, key, values }: Condition, context: RequestContext): boolean {
  const parsed = parseOperator(operator);
  if (!parsed) return false;
  const found = context.get(key);
  if (parsed.name === 'Null') return values.some((value) => (value.toLowerCase() === 'true') === !found);
  if (parsed.quantifier === undefined && found === undefined && parsed.ifExists) return true;
  const { test, negated } = testOf(parsed.name);
  const matches = (value: string) =>
    values.some((wanted) => test(value, wanted, context.variable)) !== negated;
  if (parsed.quantifier === 'ForAllValues') return (found ?? []).every(matches);
  if (parsed.quantifier === 'ForAnyValue') {
    return found === undefined ? parsed.ifExists : found.some(matches);
  }
  if (found === undefined) return negated;
  return negated ? found.every(matches) : found.some(matches);
}

const NEGATED = /Not(?=Equals|Like|Ip)|^Not/;

function testOf(name: string): { test: Test; negated: boolean } {
  const negated = NEGATED.test(name);
  return { test: TESTS[name.replace(NEGATED, '')]!, negated };
}

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (value, wanted, variables) => value === fillIn(wanted, variables),
  StringEqualsIgnoreCase: (value, wanted, variables) =>
    value.toLowerCase() === fillIn(wanted, variables)?.toLowerCase(),
  StringLike: (value, wanted, variables) => matchesGlob(wanted, value, variables),
  ...comparisons('Numeric', Number),
  ...comparisons('Date', toTime),
  Bool: (value, wanted, variables) => value.toLowerCase() === fillIn(wanted, variables)?.toLowerCase(),
  BinaryEquals: (value, wanted) => value === wanted,
  IpAddress: (value, wanted) => isInside(value, wanted),
  ArnEquals: (value, wanted, variables) => matchesArn(wanted, value, variables),
  ArnLike: (value, wanted, variables) => matchesArn(wanted, value, variables),
};

function comparisons(kind: string, read: (text: string) => number): Record<string, Test> {
  const compare =
    (holds: (value: number, wanted: number) => boolean): Test =>
    (value, wanted, variables) =>
      holds(read(value), read(fillIn(wanted, variables) ?? ''));
  return {
    [`${kind}Equals`]: compare((value, wanted) => value === wanted),
    [`${kind}LessThan`]: compare((value, wanted) => value < wanted),
    [`${kind}LessThanEquals`]: compare((value, wanted) => value <= wanted),
    [`${kind}GreaterThan`]: compare((value, wanted) => value > wanted),
    [`${kind}GreaterThanEquals`]: compare((value, wanted) => value >= wanted),
  };
}

/** ISO 8601, or seconds since the epoch. */
function toTime(text: string): number {
  return /^-?\d{5,}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isInside(address: string, range: string): boolean {
  const [network = '', prefix] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(address, type);
}
