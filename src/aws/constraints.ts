/** What AWS asks of a member. The SDK's schemas do not carry it: `scripts/constraints.mjs` writes it from AWS's models. */
export interface Constraint {
  /** Of a text, a blob, a list or a map. */
  minLength?: number;
  maxLength?: number;
  /** Of a number. */
  min?: number;
  max?: number;
  pattern?: AwsPattern;
  values?: readonly string[];
  /** What messages list, where it is in another order than `values`, or less. */
  listed?: readonly string[];
  /** Of an item: the service says in its messages that there must be one. */
  notNull?: boolean;
}

/** As it stands in a file. */
export type ConstraintData = Omit<Constraint, 'pattern'> & { pattern?: string };

type ByMember<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** By the names of shape and member: `{ AssumeRoleRequest: { RoleArn: { minLength: 20 } } }`. */
export type Constraints = ByMember<Constraint>;
export type ConstraintsData = ByMember<ConstraintData>;

/** Behind a member's name, for what its items, and a map's keys and values, are asked besides. */
export const ITEM = '[]';
export const KEY = '{}';
export const VALUE = '{=}';

/** Makes constraints of what a service's `constraints.json` says. */
export function readConstraints(data: ConstraintsData): Constraints {
  const each = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
  return each(data, (members) =>
    each(members, ({ pattern, ...rest }) =>
      pattern === undefined ? rest : { ...rest, pattern: new AwsPattern(pattern) },
    ),
  );
}

/** What the whole of a text has to match. Compiled when it is first needed: most never are. */
export class AwsPattern {
  /** As AWS writes it in its messages. */
  readonly text: string;
  #whole: RegExp | undefined;

  constructor(text: string) {
    this.text = text;
  }

  matches(value: string): boolean {
    this.#whole ??= compile(this.text);
    return this.#whole.test(value);
  }
}

/** Java's notation writes characters beyond the first 65,536 as `\u10000`, and is lax about `-` in a class. */
function compile(text: string): RegExp {
  const source = `^(?:${text.replaceAll('\\u10000-\\u10FFFF', '\\u{10000}-\\u{10FFFF}')})$`;
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}
