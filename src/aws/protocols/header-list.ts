import type { Shape } from '../shapes/shape.ts';

/** Splits a header at its commas: not at those in quotes, nor at the one that every HTTP date has. */
export function readHeaderList(element: Shape, text: string): string[] {
  if (text.trim() === '') return [];
  if (element.kind === 'timestamp' && (element.timestampFormat ?? 'http-date') === 'http-date') {
    return [...text.matchAll(/[^,]+,[^,]+/g)].map(([date]) => date.trim());
  }
  return [...text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g)]
    .filter((match, index, all) => match[0] !== '' || index < all.length - 1)
    .map(([, quoted, plain]) => (quoted === undefined ? plain!.trim() : quoted.replace(/\\(.)/g, '$1')));
}

export function writeHeaderList(items: readonly string[], element: Shape): string {
  const plain = element.kind === 'timestamp';
  return items
    .map((item) => (!plain && /[",]/.test(item) ? `"${item.replace(/(["\\])/g, '\\$1')}"` : item))
    .join(', ');
}
