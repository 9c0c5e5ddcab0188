export interface FieldErrors<Field extends string> {
  fields: Partial<Record<Field, string>>;
  /** What is about none of the fields. */
  rest: string | undefined;
}

/**
 * The daemon's message about wrong input, by field: each part begins with the field that it is about, and parts are joined by "; ". What
 * follows a "; " and names no field belongs to the part before.
 */
export function fieldErrors<Field extends string>(
  message: string,
  fields: readonly Field[],
): FieldErrors<Field> {
  const about = new Map<Field | undefined, string[]>();
  let field: Field | undefined;
  for (const part of message.split('; ')) {
    field = fields.find((name) => part.startsWith(`${name} `)) ?? field;
    about.set(field, [...(about.get(field) ?? []), part]);
  }
  const sentences = [...about].map(([name, parts]) => [name, sentence(parts.join('; '))] as const);
  return {
    fields: Object.fromEntries(
      sentences.filter(([name]) => name !== undefined),
    ) as FieldErrors<Field>['fields'],
    rest: sentences.find(([name]) => name === undefined)?.[1],
  };
}

/** `title must not be empty` as a sentence of its own. */
export function sentence(text: string): string {
  const end = /[.!?…]$/.test(text) ? '' : '.';
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1) + end;
}
