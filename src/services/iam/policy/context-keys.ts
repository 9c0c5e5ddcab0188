import type { PolicyDocument, Statement } from './document.ts';
import { type AccessRequest, applies } from './evaluate.ts';
import { parseOperator } from './operators.ts';

/** What AWS knows of every request. */
const KNOWN = new Set(['aws:currenttime', 'aws:epochtime']);

/** The keys that policies ask for, in conditions and as variables, each once. */
export function contextKeys(documents: readonly PolicyDocument[]): string[] {
  const keys = new Map<string, string>();
  for (const { statements } of documents) {
    for (const statement of statements) {
      for (const key of keysOf(statement)) keys.set(key.toLowerCase(), keys.get(key.toLowerCase()) ?? key);
    }
  }
  return [...keys.values()];
}

/** The keys that would have had a say in the answer to a request, and are not known. */
export function missingKeys(documents: readonly PolicyDocument[], request: AccessRequest): string[] {
  const missing = new Set<string>();
  for (const { statements, version } of documents) {
    for (const statement of statements) {
      if (!applies({ ...statement, conditions: [] }, request, version)) continue;
      for (const { key, operator } of statement.conditions) {
        if (parseOperator(operator)?.name === 'Null' || KNOWN.has(key.toLowerCase())) continue;
        if (request.context.get(key) === undefined) missing.add(key);
      }
    }
  }
  return [...missing];
}

function keysOf({ resources, conditions }: Statement): string[] {
  const texts = [...(resources?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
  const variables = texts.flatMap((text) =>
    [...text.matchAll(/\$\{([^},]*)/g)].map((match) => match[1]!.trim()),
  );
  const named = variables.filter((name) => name.includes(':'));
  return [...conditions.map(({ key }) => key), ...named];
}
