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

/** `user=*, latency := *`: each `*` is a value, as short as it can be; one at the end takes the rest. */
export function globRegex(glob: string): { regex: RegExp; values: number } {
  const parts = glob.split('*');
  const source = parts.map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&')).join('(.*?)');
  return {
    regex: new RegExp(parts.at(-1) === '' ? source.replace(/\(\.\*\?\)$/, '(.*)') : source, 's'),
    values: parts.length - 1,
  };
}
