export interface Position {
  line: number;
  column: number;
}

export interface Range {
  start: Position;
  end: Position;
}

/** Where in a policy's text each of its statements is, counted as IAM's simulator does: behind the brackets. */
export function statementPositions(text: string): Range[] {
  const ranges: Range[] = [];
  let start: Position | undefined;
  let depth = 0;
  let statementDepth: number | undefined;
  let key = '';
  for (const { token, at, end } of tokens(text)) {
    if (token === '{' || token === '[') {
      depth++;
      if (depth === 2 && key === 'Statement') statementDepth = token === '{' ? 2 : 3;
      if (token === '{' && depth === statementDepth) start = positionOf(text, at + 1);
    } else if (token === '}' || token === ']') {
      if (token === '}' && depth === statementDepth && start) {
        ranges.push({ start, end: positionOf(text, at + 1) });
        start = undefined;
      }
      depth--;
      if (depth === 1) statementDepth = undefined;
    } else if (depth === 1 && text.slice(end).trimStart().startsWith(':')) {
      key = JSON.parse(token) as string;
    }
  }
  return ranges;
}

/** Brackets and texts of JSON. */
function* tokens(text: string): Generator<{ token: string; at: number; end: number }> {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    yield { token: match[0], at: match.index, end: match.index + match[0].length };
  }
}

function positionOf(text: string, index: number): Position {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
