import type { CSV, ParseJSON, ParseKeyValue } from '@aws-sdk/client-cloudwatch-logs';
import {
  isObject,
  offerAt,
  type ProcessorStep,
  pathOf,
  setAt,
  sourcePath,
  sourceText,
  TransformerProblem,
  TransformFailure,
} from './event.ts';

export function parseJson({ source, destination }: ParseJSON): ProcessorStep {
  const from = sourcePath(source);
  const to = destination === undefined ? undefined : pathOf(destination);
  return (event, input) => {
    const value = jsonObject(sourceText(event, input, from));
    if (to) setAt(event, to, value);
    else for (const [key, item] of Object.entries(value)) setAt(event, [key], item);
  };
}

/** @throws TransformFailure */
export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new TransformFailure('it is no JSON object');
}

/** `\t` and `\s` are written out. */
const WRITTEN_DELIMITERS: Readonly<Record<string, string>> = { '\\t': '\t', '\\s': ' ' };

export function csv({
  source,
  destination,
  delimiter = ',',
  quoteCharacter = '"',
  columns = [],
}: CSV): ProcessorStep {
  const separator = WRITTEN_DELIMITERS[delimiter] ?? delimiter;
  if (separator.length !== 1) {
    throw new TransformerProblem('csv: the delimiter must be one character, \\t or \\s.');
  }
  const from = sourcePath(source);
  const parent = destination === undefined ? [] : pathOf(destination);
  const names = columns.map(pathOf);
  return (event, input) => {
    const values = splitColumns(sourceText(event, input, from), separator, quoteCharacter);
    for (const [index, value] of values.entries()) {
      setAt(event, [...parent, ...(names[index] ?? [`column_${index + 1}`])], value);
    }
  };
}

function splitColumns(text: string, separator: string, quote: string): string[] {
  const values: string[] = [];
  let value = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quoted) {
      if (char !== quote) value += char;
      else if (text[at + 1] === quote) value += text[++at];
      else quoted = false;
    } else if (char === separator) {
      values.push(value);
      value = '';
    } else if (char === quote && value === '') quoted = true;
    else value += char;
  }
  values.push(value);
  return values;
}

export function parseKeyValue(config: ParseKeyValue): ProcessorStep {
  const { fieldDelimiter = '&', keyValueDelimiter = '=', keyPrefix = '', nonMatchValue = null } = config;
  const from = sourcePath(config.source);
  const parent = config.destination === undefined ? [] : pathOf(config.destination);
  const overwrite = config.overwriteIfExists ?? false;
  return (event, input) => {
    for (const pair of sourceText(event, input, from).split(fieldDelimiter)) {
      if (pair === '') continue;
      const at = pair.indexOf(keyValueDelimiter);
      const key = at < 0 ? pair : pair.slice(0, at);
      const value = at < 0 ? nonMatchValue : pair.slice(at + keyValueDelimiter.length);
      offerAt(event, [...parent, keyPrefix + key], value, overwrite);
    }
  };
}
