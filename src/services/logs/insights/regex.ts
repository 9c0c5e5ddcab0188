/**
 * A regular expression as Java has it, in JavaScript's notation: flags may stand at its beginning.
 *
 * @throws SyntaxError
 */
export function javaRegex(source: string): RegExp {
  const flags = new Set<string>();
  const body = source.replace(/^(?:\(\?([imsux]+)\))+/, (match) => {
    for (const [flag] of match.matchAll(/[ims]/g)) flags.add(flag);
    return '';
  });
  return new RegExp(
    body.replace(/\\([AzZ])/g, (_, anchor: string) => (anchor === 'A' ? '^' : '$')),
    [...flags].join(''),
  );
}

/** Finds values in a text, in the order of their names; undefined where the text does not fit. */
export type Extractor = (text: string) => readonly (string | undefined)[] | undefined;

/** What stands in a regular expression's groups: those of these names, else by their order. */
export function regexExtractor(regex: RegExp, names: readonly string[]): Extractor {
  return (text) => {
    const match = regex.exec(text);
    return match ? names.map((name, index) => match.groups?.[name] ?? match[index + 1]) : undefined;
  };
}

/** `user=*, latency := *`: each `*` is a value, as short as it can be; one at the end takes the rest. */
export function globExtractor(glob: string): { extract: Extractor; values: number } {
  const [first = '', ...rest] = glob.split('*');
  const extract: Extractor = (text) => {
    let at = text.indexOf(first);
    if (at < 0) return undefined;
    at += first.length;
    const values: string[] = [];
    for (const [index, part] of rest.entries()) {
      const end = part === '' && index === rest.length - 1 ? text.length : text.indexOf(part, at);
      if (end < 0) return undefined;
      values.push(text.slice(at, end));
      at = end + part.length;
    }
    return values;
  };
  return { extract, values: rest.length };
}
