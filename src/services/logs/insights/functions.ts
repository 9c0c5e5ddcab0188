import { isIP } from 'node:net';
import type { Value } from './ast.ts';
import { inSubnet } from './subnets.ts';
import { asNumber, asText, compareValues, Moment } from './values.ts';

export interface InsightsFunction {
  /** The least and the most arguments it takes. */
  arity: readonly [least: number, most: number];
  apply(args: readonly Value[]): Value;
}

const MANY = 100;

function numeric(compute: (n: number) => number): InsightsFunction {
  return {
    arity: [1, 1],
    apply: ([value]) => {
      const number = asNumber(value);
      const result = number === undefined ? undefined : compute(number);
      return Number.isFinite(result) ? result : undefined;
    },
  };
}

function textual(compute: (text: string) => Value): InsightsFunction {
  return {
    arity: [1, 1],
    apply: ([value]) => {
      const text = asText(value);
      return text === undefined ? undefined : compute(text);
    },
  };
}

/** The values that are wanted by order: of `greatest`, `least` and aggregates that go by it. */
export function pick(values: readonly Value[], wanted: 1 | -1): Value {
  let best: Value;
  for (const value of values) {
    if (value === undefined) continue;
    if (best === undefined || compareValues(value, best)! * wanted > 0) best = value;
  }
  return best;
}

function trimmer(trim: (text: string) => string, pattern: (chars: string) => RegExp): InsightsFunction {
  return {
    arity: [1, 2],
    apply: ([value, chars]) => {
      const [text, set] = [asText(value), asText(chars)];
      if (text === undefined) return undefined;
      return set === undefined ? trim(text) : text.replace(pattern(set.replace(/[\\\]^-]/g, '\\$&')), '');
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
export const FUNCTIONS: Readonly<Record<string, InsightsFunction>> = {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  log: numeric(Math.log),
  sqrt: numeric(Math.sqrt),
  greatest: { arity: [1, MANY], apply: (args) => pick(args, 1) },
  least: { arity: [1, MANY], apply: (args) => pick(args, -1) },

  ispresent: { arity: [1, 1], apply: ([value]) => value !== undefined },
  coalesce: { arity: [1, MANY], apply: (args) => args.find((value) => value !== undefined) },
  if: { arity: [3, 3], apply: ([condition, yes, no]) => (condition === true ? yes : no) },

  isempty: { arity: [1, 1], apply: ([value]) => value === undefined || value === '' },
  isblank: {
    arity: [1, 1],
    apply: ([value]) => value === undefined || (typeof value === 'string' && value.trim() === ''),
  },
  concat: { arity: [1, MANY], apply: (args) => args.map((value) => asText(value) ?? '').join('') },
  ltrim: trimmer(
    (text) => text.trimStart(),
    (chars) => new RegExp(`^[${chars}]+`),
  ),
  rtrim: trimmer(
    (text) => text.trimEnd(),
    (chars) => new RegExp(`[${chars}]+$`),
  ),
  trim: trimmer(
    (text) => text.trim(),
    (chars) => new RegExp(`^[${chars}]+|[${chars}]+$`, 'g'),
  ),
  strlen: textual((text) => [...text].length),
  toupper: textual((text) => text.toUpperCase()),
  tolower: textual((text) => text.toLowerCase()),
  substr: {
    arity: [2, 3],
    apply: ([value, from, length]) => {
      const [text, start, count] = [asText(value), asNumber(from), asNumber(length)];
      if (text === undefined || start === undefined) return undefined;
      return text.slice(start, count === undefined ? undefined : start + count);
    },
  },
  replace: {
    arity: [3, 3],
    apply: ([value, searched, replacement]) => {
      const [text, search, by] = [asText(value), asText(searched), asText(replacement)];
      if (text === undefined || search === undefined || by === undefined) return text;
      return search === '' ? text : text.replaceAll(search, () => by);
    },
  },
  strcontains: {
    arity: [2, 2],
    apply: ([value, searched]) => {
      const [text, search] = [asText(value), asText(searched)];
      return text !== undefined && search !== undefined && text.includes(search) ? 1 : 0;
    },
  },

  now: { arity: [0, 0], apply: () => undefined },
  frommillis: {
    arity: [1, 1],
    apply: ([value]) => {
      const time = asNumber(value);
      return time === undefined ? undefined : new Moment(time);
    },
  },
  tomillis: { arity: [1, 1], apply: ([value]) => asNumber(value) },
  // Their arguments are periods, which are no values: src/services/logs/insights/evaluate.ts
  bin: { arity: [1, 2], apply: () => undefined },
  datefloor: { arity: [2, 2], apply: () => undefined },
  dateceil: { arity: [2, 2], apply: () => undefined },

  jsonparse: textual((text) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? value : undefined;
    } catch {
      return undefined;
    }
  }),
  jsonstringify: { arity: [1, 1], apply: ([value]) => asText(value) },

  isvalidip: { arity: [1, 1], apply: ([value]) => isIP(asText(value) ?? '') !== 0 },
  isvalidipv4: { arity: [1, 1], apply: ([value]) => isIP(asText(value) ?? '') === 4 },
  isvalidipv6: { arity: [1, 1], apply: ([value]) => isIP(asText(value) ?? '') === 6 },
  isipinsubnet: { arity: [2, 2], apply: ([ip, subnet]) => inSubnet(asText(ip), asText(subnet)) },
  isipv4insubnet: { arity: [2, 2], apply: ([ip, subnet]) => inSubnet(asText(ip), asText(subnet), 4) },
  isipv6insubnet: { arity: [2, 2], apply: ([ip, subnet]) => inSubnet(asText(ip), asText(subnet), 6) },
};
