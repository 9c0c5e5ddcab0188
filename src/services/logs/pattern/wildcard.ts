import type { TextTest } from './regex.ts';

/** Texts like `a*b*c`, where `*` is any number of any characters. What lies between two stars is looked for once, so that it takes no longer than a text is long. */
export function wildcard(pattern: string): TextTest {
  const parts = pattern.split(/\*+/);
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const between = parts.slice(1, -1);
  return {
    test: (text) => {
      if (!text.startsWith(first) || !text.endsWith(last)) return false;
      let at = first.length;
      for (const part of between) {
        const found = text.indexOf(part, at);
        if (found < 0) return false;
        at = found + part.length;
      }
      return at <= text.length - last.length;
    },
  };
}
