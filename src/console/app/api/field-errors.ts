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
  const found: Partial<Record<Field, string>> = {};
  const rest: string[] = [];
  let add = (part: string) => void rest.push(part);
  for (const part of message.split('; ')) {
    const field = fields.find((name) => part.startsWith(`${name} `));
    if (field !== undefined)
      add = (text) => {
        const before = found[field];
        found[field] = before === undefined ? sentence(text) : `${before}; ${text}`;
      };
    add(part);
  }
  return { fields: found, rest: rest.length === 0 ? undefined : sentence(rest.join('; ')) };
}

/** `title must not be empty` as a sentence of its own. */
export function sentence(text: string): string {
  const end = /[.!?…]$/.test(text) ? '' : '.';
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1) + end;
}
