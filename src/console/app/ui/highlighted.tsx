import { Fragment } from 'react';
import styles from './highlighted.module.css';

/** A text in which all that was searched for is marked. */
export function Highlighted({ text, search }: { text: string; search: string }) {
  if (search === '') return text;
  return partsOf(text, search).map(({ text: part, found, at }) =>
    found ? (
      <mark key={at} className={styles.mark}>
        {part}
      </mark>
    ) : (
      <Fragment key={at}>{part}</Fragment>
    ),
  );
}

interface Part {
  text: string;
  found: boolean;
  /** Where it begins. */
  at: number;
}

/** The text in parts, whether each is what was searched for. Case does not matter. */
export function partsOf(text: string, search: string): Part[] {
  const folded = text.toLowerCase();
  const needle = search.toLowerCase();
  // In some languages a letter has another length in lower case; then nothing is marked rather than the wrong thing.
  if (needle === '' || folded.length !== text.length) return [{ text, found: false, at: 0 }];
  const parts: Part[] = [];
  let end = 0;
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, end)) {
    if (at > end) parts.push({ text: text.slice(end, at), found: false, at: end });
    end = at + needle.length;
    parts.push({ text: text.slice(at, end), found: true, at });
  }
  if (end < text.length) parts.push({ text: text.slice(end), found: false, at: end });
  return parts;
}
