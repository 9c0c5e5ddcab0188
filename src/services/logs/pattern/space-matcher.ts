import { compareText } from './operand.ts';
import type { Extracted, FilterPattern } from './pattern.ts';
import type { Field, FieldCondition, SpacePattern } from './space-parser.ts';

/** What stands in brackets or quotation marks is one field. */
const FIELD = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g;

export function spaceMatcher({ left, right }: SpacePattern): FilterPattern {
  const align = (message: string): { values: string[]; fields: (Field | undefined)[] } | undefined => {
    const values = splitMessage(message);
    const least = left.length + (right?.length ?? 0);
    if (right ? values.length < least : values.length !== least) return undefined;
    const between = Array.from({ length: values.length - least }, () => undefined);
    const fields = [...left, ...between, ...(right ?? [])];
    const all = fields.every((field, index) => !field?.condition || holds(field.condition, values[index]!));
    return all ? { values, fields } : undefined;
  };
  return {
    matches: (message) => align(message) !== undefined,
    extract: (message) => {
      const found = align(message);
      if (!found) return undefined;
      const extracted: Extracted = {};
      for (const [index, value] of found.values.entries()) {
        extracted[`$${found.fields[index]?.name ?? index + 1}`] = value;
      }
      return extracted;
    },
  };
}

function splitMessage(message: string): string[] {
  return Array.from(message.matchAll(FIELD), ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain!);
}

function holds(condition: FieldCondition, value: string): boolean {
  if (condition.kind === 'compare') return compareText(value, condition.operator, condition.operand);
  return condition.kind === 'and'
    ? condition.conditions.every((inner) => holds(inner, value))
    : condition.conditions.some((inner) => holds(inner, value));
}
