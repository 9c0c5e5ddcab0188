/** What a variable in a policy stands for; undefined where the request says nothing of it. */
export type Variables = (name: string) => string | undefined;

const VARIABLE = /\$\{([^}]*)\}/g;
const MANY = Symbol('*');
const ONE = Symbol('?');
type Token = string | typeof MANY | typeof ONE;

/**
 * Whether the whole of a text is as a pattern of a policy says: `*` and `?` are wild, `${aws:username}` stands for a value, in
 * which nothing is wild. A pattern with a variable that has no value matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function matchesGlob(pattern: string, text: string, variables: Variables): boolean {
  if (!beginsAlike(pattern, text)) return false;
  const tokens = tokensOf(pattern, variables);
  return tokens !== undefined && matches(tokens, [...text]);
}

/** What stands before anything wild has to be the same. Some of AWS's policies have thousands of patterns, most of which end here. */
function beginsAlike(pattern: string, text: string): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '*' || character === '?' || character === '$') return true;
    if (character !== text[at]) return false;
  }
  return true;
}

/** A text in which variables are replaced, and nothing is wild. */
export function fillIn(text: string, variables: Variables): string | undefined {
  let complete = true;
  const filled = text.replaceAll(VARIABLE, (_, inner: string) => {
    const value = standsFor(inner, variables);
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? filled : undefined;
}

/**
 * Whether an ARN is one that a pattern means. The first five parts are compared one by one, so that a star in them does not
 * reach over a colon; a pattern that ends early leaves the rest open.
 */
export function matchesArn(pattern: string, arn: string, variables: Variables): boolean {
  if (pattern === '*') return true;
  const patterns = partsOf(pattern);
  return partsOf(arn).every((part, index) => matchesGlob(patterns[index] ?? '*', part, variables));
}

function tokensOf(pattern: string, variables: Variables): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of pattern.matchAll(VARIABLE)) {
    const value = standsFor(match[1]!, variables);
    if (value === undefined) return undefined;
    tokens.push(...[...pattern.slice(at, match.index)].map(wild), ...value);
    at = match.index + match[0].length;
  }
  tokens.push(...[...pattern.slice(at)].map(wild));
  return tokens;
}

function wild(character: string): Token {
  return character === '*' ? MANY : character === '?' ? ONE : character;
}

/** Goes back to the last star only, so that no pattern takes longer than its length times that of the text. */
function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let star = -1;
  let resume = 0;
  for (let at = 0; at < text.length; ) {
    if (tokens[token] === MANY) {
      star = token++;
      resume = at;
    } else if (token < tokens.length && (tokens[token] === ONE || tokens[token] === text[at])) {
      token++;
      at++;
    } else if (star !== -1) {
      token = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[token] === MANY) token++;
  return token === tokens.length;
}

/** `${*}`, `${?}` and `${$}` stand for themselves; `${aws:username, 'nobody'}` has a value for want of another. */
function standsFor(inner: string, variables: Variables): string | undefined {
  if (inner === '*' || inner === '?' || inner === '$') return inner;
  const [, name = inner, otherwise] = /^([^,]+?)\s*,\s*'([^']*)'$/.exec(inner) ?? [];
  return variables(name.trim()) ?? otherwise;
}

/** Colons in variables and in the resource itself do not part. */
function partsOf(arn: string): string[] {
  const hidden = arn.replaceAll(VARIABLE, (variable) => variable.replaceAll(':', '\0'));
  const parts = hidden.split(':');
  const rest = parts.slice(5);
  return [...parts.slice(0, 5), ...(rest.length > 0 ? [rest.join(':')] : [])].map((part) =>
    part.replaceAll('\0', ':'),
  );
}
