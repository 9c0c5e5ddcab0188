import type {
  LowerCaseString,
  SplitString,
  SubstituteString,
  TrimString,
  TypeConverter,
  UpperCaseString,
} from '@aws-sdk/client-cloudwatch-logs';
import { type ProcessorStep, pathOf, setAt, TransformerProblem, valueAt } from './event.ts';

export function lowerCaseString({ withKeys }: LowerCaseString): ProcessorStep {
  return changing(withKeys!, (text) => text.toLowerCase());
}

export function upperCaseString({ withKeys }: UpperCaseString): ProcessorStep {
  return changing(withKeys!, (text) => text.toUpperCase());
}

export function trimString({ withKeys }: TrimString): ProcessorStep {
  return changing(withKeys!, (text) => text.trim());
}

export function splitString({ entries }: SplitString): ProcessorStep {
  return inTurn(
    entries!.map(({ source, delimiter }) => changing([source!], (text) => text.split(delimiter!))),
  );
}

export function substituteString({ entries }: SubstituteString): ProcessorStep {
  return inTurn(
    entries!.map(({ source, from, to }) => {
      const pattern = javaPattern(from!);
      const replacement = readReplacement(to!);
      return changing([source!], (text) =>
        text.replace(pattern, (...found: unknown[]) => {
          const groups = found.at(-1);
          const named = typeof groups === 'object' ? (groups as Record<string, string | undefined>) : {};
          return replacement
            .map((part) => {
              if (typeof part === 'string') return part;
              return typeof part.group === 'number' ? (found[part.group] ?? '') : (named[part.group] ?? '');
            })
            .join('');
        }),
      );
    }),
  );
}

/** Java's regular expressions, as far as JavaScript's are the same. @throws TransformerProblem */
function javaPattern(text: string): RegExp {
  try {
    return new RegExp(text.replaceAll('(?P<', '(?<'), 'g');
  } catch (error) {
    throw new TransformerProblem(`substituteString: invalid regular expression: ${(error as Error).message}`);
  }
}

type ReplacementPart = string | { group: number | string };

/** `$1` and `${name}` stand for groups, and a backslash takes what is behind it as it is. */
function readReplacement(text: string): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  for (const [whole, escaped, number, name] of text.matchAll(/\\(.)|\$(\d)|\$\{(\w+)\}|[^\\$]+|[\\$]/gs)) {
    if (number !== undefined) parts.push({ group: Number(number) });
    else if (name !== undefined) parts.push({ group: name });
    else parts.push(escaped ?? whole);
  }
  return parts;
}

export function typeConverter({ entries }: TypeConverter): ProcessorStep {
  const conversions = entries!.map(({ key, type }) => ({ path: pathOf(key!), convert: CONVERSIONS[type!]! }));
  return (event) => {
    for (const { path, convert } of conversions) {
      const converted = convert(valueAt(event, path));
      if (converted !== undefined) setAt(event, path, converted);
    }
  };
}

/** Undefined for what can't be converted, which stays as it is. */
const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  integer: (value) => {
    const number = toNumber(value);
    return number === undefined ? undefined : Math.trunc(number);
  },
  double: toNumber,
  string: (value) =>
    value === undefined || value === null || typeof value === 'object' ? undefined : `${value}`,
  boolean: (value) => {
    if (typeof value === 'number') return value !== 0;
    if (typeof value !== 'string' || !/^(true|false)$/i.test(value)) return undefined;
    return value.toLowerCase() === 'true';
  },
};

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function changing(keys: readonly string[], change: (text: string) => unknown): ProcessorStep {
  const paths = keys.map(pathOf);
  return (event) => {
    for (const path of paths) {
      const value = valueAt(event, path);
      if (typeof value === 'string') setAt(event, path, change(value));
    }
  };
}

function inTurn(steps: readonly ProcessorStep[]): ProcessorStep {
  return (event, input) => {
    for (const step of steps) step(event, input);
  };
}
