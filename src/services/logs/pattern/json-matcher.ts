import { ANY, type JsonCondition, type Path, type Selector } from './json-parser.ts';
import { compareText } from './operand.ts';
import type { Extracted, FilterPattern } from './pattern.ts';

/** A message that is no JSON object or list matches no pattern for JSON. */
export function jsonMatcher(condition: JsonCondition): FilterPattern {
  const selectors = selectorsOf(condition);
  return {
    matches: (message) => {
      const value = parseMessage(message);
      return value !== undefined && holds(condition, value);
    },
    extract: (message) => {
      const value = parseMessage(message);
      return value !== undefined && holds(condition, value) ? extract(selectors, value) : undefined;
    },
  };
}

function parseMessage(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

function holds(condition: JsonCondition, root: object): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((inner) => holds(inner, root));
    case 'or':
      return condition.conditions.some((inner) => holds(inner, root));
    case 'exists':
      return select(root, condition.selector.path).length > 0 === condition.wanted;
    case 'is':
      return select(root, condition.selector.path).some((value) => value === condition.value);
    case 'compare': {
      const { selector, operator, operand } = condition;
      return select(root, selector.path).some((value) => {
        const text = textOf(value);
        return text !== undefined && compareText(text, operator, operand);
      });
    }
  }
}

/** Objects, lists and null are not compared. */
function textOf(value: unknown): string | undefined {
  return value === null || typeof value === 'object' ? undefined : String(value);
}

/** Every value that a path leads to: one at most, unless it says `*`. */
function select(root: unknown, path: Path): unknown[] {
  let values = [root];
  for (const step of path) {
    values = values.flatMap((value) => stepInto(value, step));
    if (values.length === 0) break;
  }
  return values;
}

function stepInto(value: unknown, step: Path[number]): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === ANY) return Object.values(value);
  if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step]] : [];
  return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}

function extract(selectors: readonly Selector[], root: object): Extracted {
  const extracted: Extracted = {};
  for (const { text, path } of selectors) {
    const [value] = select(root, path);
    if (value !== undefined) {
      extracted[text] = typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
  }
  return extracted;
}

function selectorsOf(condition: JsonCondition): Selector[] {
  return 'conditions' in condition ? condition.conditions.flatMap(selectorsOf) : [condition.selector];
}
