import { fitWidth, textWidth } from './text-width.ts';

export interface Column {
  title: string;
  /** Left out when the terminal is narrow. */
  expendable?: boolean;
  /** Cut when the terminal is narrower still. */
  flexible?: boolean;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * Lines of an aligned table, the title row first. With `width` (of a terminal) expendable columns are left out and flexible
 * cells cut so that rows fit; `paint` colours a cell after it has been measured.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { width?: number | undefined; paint?: (text: string, row: number, column: number) => string } = {},
): string[] {
  const widths = columns.map(({ title }, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  let excess = options.width === undefined ? 0 : total - options.width;
  const shown = columns.map(({ expendable }, column) => {
    if (!expendable || excess <= 0) return true;
    excess -= widths[column]! + GAP.length;
    return false;
  });
  columns.forEach(({ flexible }, column) => {
    if (!flexible || excess <= 0) return;
    const cut = Math.min(excess, Math.max(0, widths[column]! - NARROWEST));
    widths[column]! -= cut;
    excess -= cut;
  });
  const line = (row: readonly string[], index: number) =>
    columns
      .map((_, column) => {
        const cell = fitWidth(row[column] ?? '', widths[column]!);
        const padding = column === columns.length - 1 ? '' : ' '.repeat(widths[column]! - textWidth(cell));
        return (options.paint?.(cell, index, column) ?? cell) + padding;
      })
      .filter((_, column) => shown[column])
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      -1,
    ),
    ...rows.map(line),
  ];
}
